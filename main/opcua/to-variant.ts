import { coerceLocalizedText, coerceQualifiedName, DataType, Variant, VariantArrayType } from 'node-opcua';
import { isArrayValue, type MetricValue, type ScalarValue } from '../../shared/domain/metric.ts';

/** What a node takes: its own data type, and whether it holds one value or a list. */
export interface NodeShape {
  readonly dataType: DataType;
  readonly isArray: boolean;
  /** Its value of now: a text keeps the locale, a qualified name the namespace that it has. */
  readonly present: unknown;
}

export type VariantOutcome =
  | { readonly isFit: true; readonly variant: Variant }
  | { readonly isFit: false; readonly reason: 'wrong-type' | 'out-of-range'; readonly text: string };

type Item = Exclude<ScalarValue, null>;
type Given = { readonly item: unknown } | { readonly refused: 'wrong-type' | 'out-of-range' };

const INTEGER_LIMITS: Partial<Record<DataType, readonly [least: bigint, most: bigint]>> = {
  [DataType.SByte]: [-(2n ** 7n), 2n ** 7n - 1n],
  [DataType.Byte]: [0n, 2n ** 8n - 1n],
  [DataType.Int16]: [-(2n ** 15n), 2n ** 15n - 1n],
  [DataType.UInt16]: [0n, 2n ** 16n - 1n],
  [DataType.Int32]: [-(2n ** 31n), 2n ** 31n - 1n],
  [DataType.UInt32]: [0n, 2n ** 32n - 1n],
  [DataType.Int64]: [-(2n ** 63n), 2n ** 63n - 1n],
  [DataType.UInt64]: [0n, 2n ** 64n - 1n],
};
const LARGEST_FLOAT = 3.4028234663852886e38;
const UUID_TEXT = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const EARLIEST_MS = Date.UTC(1601, 0, 1);
const LATEST_MS = Date.UTC(9999, 11, 31, 23, 59, 59);

const given = (item: unknown): Given => ({ item });
const WRONG_TYPE: Given = { refused: 'wrong-type' };
const OUT_OF_RANGE: Given = { refused: 'out-of-range' };

/**
 * The inverse of `convertValue`: a value of ours in the node's own data type. Nothing is cut or guessed; only a Double
 * for a Float is rounded to the nearest one, and what the node then holds is read back.
 */
export function toVariant(value: Exclude<MetricValue, null>, shape: NodeShape): VariantOutcome {
  const { dataType, isArray } = shape;
  if (dataType === DataType.ByteString && !isArray) return bytesVariant(value);
  if (dataType === DataType.Byte && isArray && value instanceof Uint8Array) {
    return fit(dataType, true, Array.from(value));
  }
  if (isArrayValue(value) !== isArray)
    return unfit('wrong-type', isArray ? 'the node is an array' : 'the node is none');
  const items: unknown[] = [];
  for (const item of isArrayValue(value) ? value : [value]) {
    const outcome = toItem(item, shape);
    if ('refused' in outcome) {
      return unfit(outcome.refused, `the node is of ${DataType[dataType]}, which does not take ${describe(item)}`);
    }
    items.push(outcome.item);
  }
  return fit(dataType, isArray, isArray ? items : items[0]);
}

const unfit = (reason: 'wrong-type' | 'out-of-range', text: string): VariantOutcome => ({ isFit: false, reason, text });

function fit(dataType: DataType, isArray: boolean, value: unknown): VariantOutcome {
  const arrayType = isArray ? VariantArrayType.Array : VariantArrayType.Scalar;
  return { isFit: true, variant: new Variant({ dataType, arrayType, value }) };
}

/** A byte string is read as Bytes and as UInt8Array. */
function bytesVariant(value: Exclude<MetricValue, null>): VariantOutcome {
  const isBytes = isArrayValue(value) && value.every(isByte);
  if (!(value instanceof Uint8Array) && !isBytes) return unfit('wrong-type', 'the node is a byte string');
  return fit(DataType.ByteString, false, Buffer.from(value as Uint8Array | readonly number[]));
}

const isByte = (item: unknown): boolean =>
  typeof item === 'number' && Number.isInteger(item) && item >= 0 && item <= 255;

const describe = (item: Item): string => (item instanceof Uint8Array ? 'bytes' : String(item).slice(0, 100));

function toItem(item: Item, { dataType, present }: NodeShape): Given {
  const limits = INTEGER_LIMITS[dataType];
  if (limits !== undefined) return toInteger(item, dataType, limits);
  switch (dataType) {
    case DataType.Float:
    case DataType.Double:
      return toReal(item, dataType);
    case DataType.Boolean:
      return typeof item === 'boolean' ? given(item) : WRONG_TYPE;
    case DataType.String:
    case DataType.XmlElement:
      return typeof item === 'string' ? given(item) : WRONG_TYPE;
    case DataType.LocalizedText: {
      const { locale = null } = (present ?? {}) as { locale?: string | null };
      return typeof item === 'string' ? given(coerceLocalizedText({ text: item, locale })) : WRONG_TYPE;
    }
    case DataType.QualifiedName: {
      const { namespaceIndex = 0 } = (present ?? {}) as { namespaceIndex?: number };
      return typeof item === 'string' ? given(coerceQualifiedName({ name: item, namespaceIndex })) : WRONG_TYPE;
    }
    case DataType.Guid:
      return typeof item === 'string' && UUID_TEXT.test(item) ? given(item) : WRONG_TYPE;
    case DataType.DateTime:
      if (typeof item !== 'number') return WRONG_TYPE;
      return item >= EARLIEST_MS && item <= LATEST_MS ? given(new Date(item)) : OUT_OF_RANGE;
    case DataType.ByteString:
      return item instanceof Uint8Array ? given(Buffer.from(item)) : WRONG_TYPE;
    default:
      return WRONG_TYPE;
  }
}

function toInteger(item: Item, dataType: DataType, [least, most]: readonly [bigint, bigint]): Given {
  if (typeof item !== 'number' && typeof item !== 'bigint') return WRONG_TYPE;
  if (typeof item === 'number' && !Number.isInteger(item)) return OUT_OF_RANGE;
  const exact = BigInt(item);
  if (exact < least || exact > most) return OUT_OF_RANGE;
  if (dataType !== DataType.Int64 && dataType !== DataType.UInt64) return given(Number(exact));
  // As node-opcua holds them: high and low word, both unsigned.
  const unsigned = BigInt.asUintN(64, exact);
  return given([Number(unsigned >> 32n), Number(unsigned & 0xffffffffn)]);
}

function toReal(item: Item, dataType: DataType): Given {
  if (typeof item !== 'number' && typeof item !== 'bigint') return WRONG_TYPE;
  const value = Number(item);
  if (typeof item === 'bigint' && BigInt(value) !== item) return OUT_OF_RANGE;
  if (dataType === DataType.Double) return given(value);
  if (Number.isFinite(value) && Math.abs(value) > LARGEST_FLOAT) return OUT_OF_RANGE;
  const nearest = Math.fround(value);
  return typeof item === 'bigint' && nearest !== value ? OUT_OF_RANGE : given(nearest);
}

import { DataType, VariantArrayType } from 'node-opcua';
import type { Datatype, MetricValue } from '../../shared/domain/metric.ts';

/** What an OPC UA variant holds, as node-opcua decodes it. */
export interface DecodedVariant {
  readonly dataType: DataType;
  readonly arrayType: VariantArrayType;
  readonly value: unknown;
}

/** Why a value cannot be a value of the configured datatype. */
export type ValueRefusal = 'is an array' | 'is a structure' | 'has another datatype' | 'is out of range';

export type Conversion =
  { readonly isFit: true; readonly value: MetricValue } | { readonly isFit: false; readonly refusal: ValueRefusal };

const INTEGER_RANGES = {
  Int8: [-(2n ** 7n), 2n ** 7n - 1n],
  Int16: [-(2n ** 15n), 2n ** 15n - 1n],
  Int32: [-(2n ** 31n), 2n ** 31n - 1n],
  Int64: [-(2n ** 63n), 2n ** 63n - 1n],
  UInt8: [0n, 2n ** 8n - 1n],
  UInt16: [0n, 2n ** 16n - 1n],
  UInt32: [0n, 2n ** 32n - 1n],
  UInt64: [0n, 2n ** 64n - 1n],
} as const;

const LARGEST_FLOAT = 3.4028234663852886e38;
const UUID_TEXT = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const fit = (value: MetricValue): Conversion => ({ isFit: true, value });
const refuse = (refusal: ValueRefusal): Conversion => ({ isFit: false, refusal });

/**
 * The value of a variant as a value of the configured datatype. Nothing is rounded, clipped or guessed: a
 * value that does not fit exactly is refused with the reason. An empty variant is `null`.
 */
export function convertValue(variant: DecodedVariant, datatype: Datatype): Conversion {
  if (variant.dataType === DataType.Null || variant.value === null || variant.value === undefined) return fit(null);
  if (variant.arrayType !== VariantArrayType.Scalar) return refuse('is an array');
  if (variant.dataType === DataType.ExtensionObject) return refuse('is a structure');
  switch (datatype) {
    case 'Int8':
    case 'Int16':
    case 'Int32':
    case 'UInt8':
    case 'UInt16':
    case 'UInt32':
    case 'Int64':
    case 'UInt64':
      return toInteger(variant, datatype);
    case 'Float':
    case 'Double':
      return toReal(variant, datatype);
    case 'Boolean':
      return variant.dataType === DataType.Boolean ? fit(variant.value === true) : refuse('has another datatype');
    case 'String':
    case 'Text':
      return toText(variant);
    case 'UUID':
      return toUuid(variant);
    case 'DateTime':
      return toInstant(variant);
    case 'Bytes':
      return variant.dataType === DataType.ByteString && variant.value instanceof Uint8Array
        ? fit(new Uint8Array(variant.value))
        : refuse('has another datatype');
  }
}

/** node-opcua decodes 64-bit integers as [high word, low word], both unsigned. */
function fromWords(words: unknown, isSigned: boolean): bigint | undefined {
  if (!Array.isArray(words)) return undefined;
  const [high, low] = words as unknown[];
  if (typeof high !== 'number' || typeof low !== 'number') return undefined;
  const unsigned = (BigInt.asUintN(32, BigInt(high)) << 32n) | BigInt.asUintN(32, BigInt(low));
  return isSigned ? BigInt.asIntN(64, unsigned) : unsigned;
}

/** Any number of OPC UA: `bigint` when it is an integer type, `number` when it is a real type. */
function readNumber(variant: DecodedVariant): number | bigint | undefined {
  switch (variant.dataType) {
    case DataType.SByte:
    case DataType.Byte:
    case DataType.Int16:
    case DataType.UInt16:
    case DataType.Int32:
    case DataType.UInt32:
      return typeof variant.value === 'number' ? BigInt(variant.value) : undefined;
    case DataType.Int64:
      return fromWords(variant.value, true);
    case DataType.UInt64:
      return fromWords(variant.value, false);
    case DataType.Float:
    case DataType.Double:
      return typeof variant.value === 'number' ? variant.value : undefined;
    default:
      return undefined;
  }
}

function toInteger(variant: DecodedVariant, datatype: keyof typeof INTEGER_RANGES): Conversion {
  const read = readNumber(variant);
  if (read === undefined) return refuse('has another datatype');
  if (typeof read === 'number' && !Number.isInteger(read)) return refuse('is out of range');
  const exact = BigInt(read);
  const [least, most] = INTEGER_RANGES[datatype];
  if (exact < least || exact > most) return refuse('is out of range');
  return fit(datatype === 'Int64' || datatype === 'UInt64' ? exact : Number(exact));
}

function toReal(variant: DecodedVariant, datatype: 'Float' | 'Double'): Conversion {
  const read = readNumber(variant);
  if (read === undefined) return refuse('has another datatype');
  const value = Number(read);
  if (typeof read === 'bigint' && BigInt(value) !== read) return refuse('is out of range');
  if (datatype === 'Float' && Number.isFinite(value) && Math.abs(value) > LARGEST_FLOAT) {
    return refuse('is out of range');
  }
  return fit(value);
}

function toText({ dataType, value }: DecodedVariant): Conversion {
  if (typeof value === 'string') {
    const isText = dataType === DataType.String || dataType === DataType.Guid || dataType === DataType.XmlElement;
    return isText ? fit(value) : refuse('has another datatype');
  }
  if (dataType === DataType.LocalizedText) return fit((value as { text?: string | null }).text ?? null);
  if (dataType === DataType.QualifiedName) return fit((value as { name?: string | null }).name ?? null);
  return refuse('has another datatype');
}

function toUuid({ dataType, value }: DecodedVariant): Conversion {
  if (typeof value !== 'string') return refuse('has another datatype');
  if (dataType !== DataType.Guid && dataType !== DataType.String) return refuse('has another datatype');
  return UUID_TEXT.test(value) ? fit(value.toLowerCase()) : refuse('is out of range');
}

function toInstant({ dataType, value }: DecodedVariant): Conversion {
  if (dataType !== DataType.DateTime || !(value instanceof Date)) return refuse('has another datatype');
  const instantMs = value.getTime();
  return Number.isFinite(instantMs) ? fit(instantMs) : refuse('is out of range');
}

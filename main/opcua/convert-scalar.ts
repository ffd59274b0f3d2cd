import { DataType } from 'node-opcua';
import type { MetricValue, ScalarDatatype, ScalarValue } from '../../shared/domain/metric.ts';

/** One value of OPC UA, as node-opcua decodes it: a scalar variant or an item of an array. */
export interface DecodedScalar {
  readonly dataType: DataType;
  readonly value: unknown;
}

/** Why a value cannot be a value of the configured datatype. */
export type ValueRefusal =
  | 'is an array'
  | 'is no array'
  | 'is a matrix'
  | 'is a structure'
  | 'has another datatype'
  | 'is out of range'
  | 'is too large'
  | 'has an item that is null'
  | 'has an item with a NUL character';

export type Conversion<Value extends MetricValue = MetricValue> =
  { readonly isFit: true; readonly value: Value } | { readonly isFit: false; readonly refusal: ValueRefusal };

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

/** OPC 10000-6, 5.2.2.5: zero ticks, which also says "no time"; it is passed on as the instant it stands for. */
const EARLIEST_MS = Date.UTC(1601, 0, 1);
/** The largest Int64 of ticks stands for the end of the year 9999; node-opcua reads it as an instant of its own. */
const MOST_TICKS_MS = 910_692_730_085_477;
const LATEST_MS = Date.UTC(9999, 11, 31, 23, 59, 59);

const fit = (value: ScalarValue): Conversion<ScalarValue> => ({ isFit: true, value });
export const refuse = (refusal: ValueRefusal): Conversion<never> => ({ isFit: false, refusal });

/**
 * One value as a value of the configured datatype. Nothing is cut or guessed: a value that does not fit exactly is
 * refused with the reason. Only a Double that is configured as Float is rounded, to the nearest Float, here and
 * nowhere else. No value, and a text without text, is `null`.
 */
export function convertScalar(scalar: DecodedScalar, datatype: ScalarDatatype): Conversion<ScalarValue> {
  if (scalar.dataType === DataType.Null || scalar.value === null || scalar.value === undefined) return fit(null);
  if (isStructure(scalar.dataType)) return refuse('is a structure');
  switch (datatype) {
    case 'Int8':
    case 'Int16':
    case 'Int32':
    case 'UInt8':
    case 'UInt16':
    case 'UInt32':
    case 'Int64':
    case 'UInt64':
      return toInteger(scalar, datatype);
    case 'Float':
    case 'Double':
      return toReal(scalar, datatype);
    case 'Boolean':
      return scalar.dataType === DataType.Boolean ? fit(scalar.value === true) : refuse('has another datatype');
    case 'String':
    case 'Text':
      return toText(scalar);
    case 'UUID':
      return toUuid(scalar);
    case 'DateTime':
      return toInstant(scalar);
    case 'Bytes':
      return scalar.dataType === DataType.ByteString && scalar.value instanceof Uint8Array
        ? fit(new Uint8Array(scalar.value))
        : refuse('has another datatype');
  }
}

/** Several values in one: no metric of ours can say what they mean. */
const isStructure = (dataType: DataType): boolean =>
  dataType === DataType.ExtensionObject || dataType === DataType.DataValue || dataType === DataType.DiagnosticInfo;

/** node-opcua decodes 64-bit integers as [high word, low word], both unsigned. */
function fromWords(words: unknown, isSigned: boolean): bigint | undefined {
  if (!Array.isArray(words)) return undefined;
  const [high, low] = words as unknown[];
  if (typeof high !== 'number' || typeof low !== 'number') return undefined;
  const unsigned = (BigInt.asUintN(32, BigInt(high)) << 32n) | BigInt.asUintN(32, BigInt(low));
  return isSigned ? BigInt.asIntN(64, unsigned) : unsigned;
}

function readStatusCode(status: unknown): bigint | undefined {
  const code = typeof status === 'object' && status !== null && 'value' in status ? status.value : undefined;
  return typeof code === 'number' ? BigInt(code) : undefined;
}

/** Any number of OPC UA: `bigint` when it is an integer type or a status code, `number` when it is a real type. */
function readNumber(scalar: DecodedScalar): number | bigint | undefined {
  switch (scalar.dataType) {
    case DataType.SByte:
    case DataType.Byte:
    case DataType.Int16:
    case DataType.UInt16:
    case DataType.Int32:
    case DataType.UInt32:
      return Number.isInteger(scalar.value) ? BigInt(scalar.value as number) : undefined;
    case DataType.StatusCode:
      return readStatusCode(scalar.value);
    case DataType.Int64:
      return fromWords(scalar.value, true);
    case DataType.UInt64:
      return fromWords(scalar.value, false);
    case DataType.Float:
    case DataType.Double:
      return typeof scalar.value === 'number' ? scalar.value : undefined;
    default:
      return undefined;
  }
}

function toInteger(scalar: DecodedScalar, datatype: keyof typeof INTEGER_RANGES): Conversion<ScalarValue> {
  const read = readNumber(scalar);
  if (read === undefined) return refuse('has another datatype');
  if (typeof read === 'number' && !Number.isInteger(read)) return refuse('is out of range');
  const exact = BigInt(read);
  const [least, most] = INTEGER_RANGES[datatype];
  if (exact < least || exact > most) return refuse('is out of range');
  return fit(datatype === 'Int64' || datatype === 'UInt64' ? exact : Number(exact));
}

function toReal(scalar: DecodedScalar, datatype: 'Float' | 'Double'): Conversion<ScalarValue> {
  const read = readNumber(scalar);
  if (read === undefined) return refuse('has another datatype');
  const value = Number(read);
  if (typeof read === 'bigint' && BigInt(value) !== read) return refuse('is out of range');
  if (datatype === 'Double') return fit(value);
  if (Number.isFinite(value) && Math.abs(value) > LARGEST_FLOAT) return refuse('is out of range');
  const nearest = Math.fround(value);
  return typeof read === 'bigint' && nearest !== value ? refuse('is out of range') : fit(nearest);
}

function toText({ dataType, value }: DecodedScalar): Conversion<ScalarValue> {
  switch (dataType) {
    case DataType.String:
    case DataType.Guid:
    case DataType.XmlElement:
      return typeof value === 'string' ? fit(value) : refuse('has another datatype');
    case DataType.LocalizedText:
      return fit((value as { text?: string | null }).text ?? null);
    case DataType.QualifiedName:
      return fit((value as { name?: string | null }).name ?? null);
    case DataType.NodeId:
    case DataType.ExpandedNodeId:
      return fit(String(value));
    default:
      return refuse('has another datatype');
  }
}

function toUuid({ dataType, value }: DecodedScalar): Conversion<ScalarValue> {
  if (typeof value !== 'string') return refuse('has another datatype');
  if (dataType !== DataType.Guid && dataType !== DataType.String) return refuse('has another datatype');
  return UUID_TEXT.test(value) ? fit(value.toLowerCase()) : refuse('is out of range');
}

/** Milliseconds: what a DateTime holds below them (100 ns) has no place in Sparkplug and is left out. */
function toInstant({ dataType, value }: DecodedScalar): Conversion<ScalarValue> {
  if (dataType !== DataType.DateTime || !(value instanceof Date)) return refuse('has another datatype');
  const instantMs = value.getTime();
  if (instantMs === MOST_TICKS_MS) return fit(LATEST_MS);
  return instantMs >= EARLIEST_MS && instantMs < LATEST_MS + 1_000 ? fit(instantMs) : refuse('is out of range');
}

import {
  type Datatype,
  isArrayDatatype,
  type MetricValue,
  type ScalarDatatype,
  type ScalarValue,
} from '../../shared/domain/metric.ts';
import { decodeArray } from './array-value.ts';
import type { WireKind, WireValue } from './payload.ts';
import { PAYLOAD_DATATYPES, type PayloadMetric, type PayloadValue, toDatatype } from './payload.ts';

const TWO_POW_32 = 4_294_967_296;

/**
 * A signed integer of `bits` bits. Senders write the two's complement in 32 bits, in the type's own width, or (old
 * Tahu) in 64; anything that fits none of these is refused rather than cut.
 */
function toSigned(kind: WireKind, raw: WireValue, bits: 8 | 16 | 32): number | undefined {
  const half = 2 ** (bits - 1);
  let number: number;
  if (kind === 'int' && typeof raw === 'number') number = raw;
  else if (kind === 'long' && typeof raw === 'bigint') number = Number(BigInt.asIntN(64, raw));
  else return undefined;
  if (number >= -half && number < half) return number;
  if (number >= half && number < 2 * half) return number - 2 * half;
  return number >= TWO_POW_32 - half && number < TWO_POW_32 ? number - TWO_POW_32 : undefined;
}

/** UInt32 comes in `int_value` (the specification) or in `long_value` (old Tahu): both are read. */
function toUnsigned(kind: WireKind, raw: WireValue, bits: 8 | 16 | 32): number | undefined {
  const isReadable = (kind === 'int' && typeof raw === 'number') || (kind === 'long' && typeof raw === 'bigint');
  if (!isReadable) return undefined;
  const number = Number(raw);
  return number < 2 ** bits ? number : undefined;
}

function toInt64(raw: WireValue): bigint | undefined {
  if (typeof raw === 'bigint') return BigInt.asIntN(64, raw);
  return typeof raw === 'number' ? BigInt(raw | 0) : undefined;
}

function toUInt64(raw: WireValue): bigint | undefined {
  if (typeof raw === 'bigint') return raw;
  return typeof raw === 'number' ? BigInt(raw) : undefined;
}

/** Read as signed, so that an instant before 1970 survives. */
function toDateTime(raw: WireValue): number | undefined {
  const exact = toInt64(raw);
  return exact === undefined ? undefined : Number(exact);
}

/** The scalar of a datatype; undefined where the wire value cannot be one. */
function toScalar(datatype: ScalarDatatype, kind: WireKind, raw: WireValue): Exclude<ScalarValue, null> | undefined {
  switch (datatype) {
    case 'Int8':
      return toSigned(kind, raw, 8);
    case 'Int16':
      return toSigned(kind, raw, 16);
    case 'Int32':
      return toSigned(kind, raw, 32);
    case 'UInt8':
      return toUnsigned(kind, raw, 8);
    case 'UInt16':
      return toUnsigned(kind, raw, 16);
    case 'UInt32':
      return toUnsigned(kind, raw, 32);
    case 'Int64':
      return kind === 'long' || kind === 'int' ? toInt64(raw) : undefined;
    case 'UInt64':
      return kind === 'long' || kind === 'int' ? toUInt64(raw) : undefined;
    case 'DateTime':
      return kind === 'long' || kind === 'int' ? toDateTime(raw) : undefined;
    case 'Float':
    case 'Double':
      return (kind === 'float' || kind === 'double') && typeof raw === 'number' ? raw : undefined;
    case 'Boolean':
      return typeof raw === 'boolean' ? raw : undefined;
    case 'String':
    case 'Text':
    case 'UUID':
      return typeof raw === 'string' ? raw : undefined;
    case 'Bytes':
      return raw instanceof Uint8Array ? raw : undefined;
  }
}

/** The value of a datatype; undefined where the wire value cannot be one. */
export function toValue(datatype: Datatype, kind: WireKind, raw: WireValue): Exclude<MetricValue, null> | undefined {
  if (!isArrayDatatype(datatype)) return toScalar(datatype, kind, raw);
  return raw instanceof Uint8Array ? decodeArray(datatype, raw) : undefined;
}

/** A scalar inside a DataSet, a template parameter or a property: no value there means null, and arrays are not legal. */
export function toCell(typeCode: number, kind: WireKind, raw: WireValue): ScalarValue | undefined {
  if (kind === 'none') return null;
  const datatype = toDatatype(typeCode);
  return datatype === undefined || isArrayDatatype(datatype) ? undefined : toScalar(datatype, kind, raw);
}

/**
 * The value of a metric under a datatype code (its own, or the birth's for DATA); undefined where the two do not go
 * together: a missing value that is not declared null is never read as 0.
 */
export function toMetricValue(metric: PayloadMetric, typeCode: number): PayloadValue | undefined {
  if (metric.isNull) return null;
  const { wireKind, wireValue } = metric;
  const datatype = toDatatype(typeCode);
  if (datatype !== undefined) return toValue(datatype, wireKind, wireValue);
  switch (PAYLOAD_DATATYPES[typeCode]) {
    case 'File':
      return wireValue instanceof Uint8Array ? wireValue : undefined;
    case 'DataSet':
      return wireKind === 'dataset' && typeof wireValue === 'object' ? wireValue : undefined;
    case 'Template':
      return wireKind === 'template' && typeof wireValue === 'object' ? wireValue : undefined;
    default:
      return undefined;
  }
}

import { Buffer } from 'node:buffer';
import sparkplugProto from 'sparkplug-payload/lib/sparkplugPayloadProto.js';
import {
  type ArrayDatatype,
  type Datatype,
  DATATYPE_CODES,
  isArrayDatatype,
  isArrayValue,
  type MetricValue,
  type ScalarDatatype,
} from '../../shared/domain/metric.ts';
import { type Quality, toQualityCode } from '../../shared/domain/quality.ts';
import { encodeArray } from './encode-array.ts';
import { isWithin } from './integer-limits.ts';
import { QUALITY_PROPERTY, STATUS_CODE_PROPERTY } from './payload.ts';

// The generated static module only: `encodePayload` of the same package writes UInt32 into the wrong field, turns
// bigint into 0 and always adds the datatype.
const { Payload } = sparkplugProto.org.eclipse.tahu.protobuf;

/** A metric in the form of the generated encoder; made by `toWireMetric`. */
export type WireMetric = NonNullable<Parameters<typeof Payload.encode>[0]['metrics']>[number];

export interface OutgoingValue {
  readonly datatype: Datatype;
  readonly value: MetricValue;
  readonly quality: Quality;
  /** OPC UA status code (uint32), 0 when good. */
  readonly statusCode: number;
  readonly timestampMs: number;
}

/** How the metric is named: births give name, alias and datatype, DATA the alias only, commands name and datatype. */
export interface MetricHead {
  readonly name?: string;
  readonly alias?: number;
  readonly hasDatatype: boolean;
  readonly isHistorical: boolean;
}

/** OPC UA BadTypeMismatch: what a value becomes that its datatype cannot hold. */
const BAD_TYPE_MISMATCH = 0x8074_0000;

const LARGEST_FLOAT = 3.4028234663852886e38;
/** Half a character: written as UTF-8 it would make the receiver refuse the whole message. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** The two halves that the generated encoder accepts for 64-bit fields; it cannot read a bigint. */
function toHalves(value: bigint): { low: number; high: number; unsigned: boolean } {
  return { low: Number(value & 0xffff_ffffn) | 0, high: Number((value >> 32n) & 0xffff_ffffn) | 0, unsigned: true };
}

function setArray(metric: WireMetric, datatype: ArrayDatatype, value: MetricValue): boolean {
  const bytes = isArrayValue(value) ? encodeArray(datatype, value) : undefined;
  if (bytes === undefined) return false;
  metric.bytesValue = bytes;
  return true;
}

/** Puts the value into its field; false when the datatype cannot hold it. */
function setScalar(metric: WireMetric, datatype: ScalarDatatype, value: MetricValue): boolean {
  switch (datatype) {
    case 'Int8':
    case 'Int16':
    case 'Int32':
    case 'UInt8':
    case 'UInt16':
    case 'UInt32':
      if (!isWithin(datatype, value)) return false;
      metric.intValue = value;
      return true;
    case 'Int64':
      if (typeof value !== 'bigint' || BigInt.asIntN(64, value) !== value) return false;
      metric.longValue = toHalves(value);
      return true;
    case 'UInt64':
      if (typeof value !== 'bigint' || BigInt.asUintN(64, value) !== value) return false;
      metric.longValue = toHalves(value);
      return true;
    case 'DateTime':
      if (typeof value !== 'number' || !Number.isSafeInteger(value)) return false;
      metric.longValue = value;
      return true;
    case 'Float':
    case 'Double':
      if (typeof value !== 'number') return false;
      if (datatype === 'Double') metric.doubleValue = value;
      else if (Number.isFinite(value) && Math.abs(value) > LARGEST_FLOAT) return false;
      else metric.floatValue = value;
      return true;
    case 'Boolean':
      if (typeof value !== 'boolean') return false;
      metric.booleanValue = value;
      return true;
    case 'String':
    case 'Text':
    case 'UUID':
      if (typeof value !== 'string' || LONE_SURROGATE.test(value)) return false;
      metric.stringValue = value;
      return true;
    case 'Bytes':
      if (!(value instanceof Uint8Array)) return false;
      metric.bytesValue = value;
      return true;
  }
}

function toProperties(quality: Quality, statusCode: number): NonNullable<WireMetric['properties']> {
  const keys: string[] = [];
  const values: { type: number; intValue: number }[] = [];
  if (quality !== 'good') {
    keys.push(QUALITY_PROPERTY);
    values.push({ type: DATATYPE_CODES.Int32, intValue: toQualityCode(quality) });
  }
  if (statusCode !== 0) {
    keys.push(STATUS_CODE_PROPERTY);
    values.push({ type: DATATYPE_CODES.UInt32, intValue: statusCode });
  }
  return { keys, values };
}

/**
 * One metric for `encodePayload`. Quality (Int32) is written where it is not good, StatusCode (UInt32) where it is
 * not 0. A value that does not fit its datatype goes out as null, bad, BadTypeMismatch: visible, never cut.
 */
export function toWireMetric(head: MetricHead, outgoing: OutgoingValue): WireMetric {
  const { datatype, value } = outgoing;
  const metric: WireMetric = { timestamp: outgoing.timestampMs };
  let { quality, statusCode } = outgoing;
  if (head.name !== undefined) metric.name = head.name;
  if (head.alias !== undefined) metric.alias = head.alias;
  if (head.hasDatatype) metric.datatype = DATATYPE_CODES[datatype];
  if (head.isHistorical) metric.isHistorical = true;
  if (value === null) metric.isNull = true;
  else if (!(isArrayDatatype(datatype) ? setArray(metric, datatype, value) : setScalar(metric, datatype, value))) {
    metric.isNull = true;
    quality = 'bad';
    statusCode = BAD_TYPE_MISMATCH;
  }
  if (quality !== 'good' || statusCode !== 0) metric.properties = toProperties(quality, statusCode);
  return metric;
}

/** Bytes of a text, byte string or array in the message, 0 for the values of fixed length. */
export function countValueBytes({ stringValue, bytesValue }: WireMetric): number {
  return stringValue ? Buffer.byteLength(stringValue) : (bytesValue?.length ?? 0);
}

/** A payload that lacks only its seq. */
export interface StartedPayload {
  /** At most so many, with any seq. */
  readonly byteCount: number;
  finish(seq: number): Uint8Array;
}

/** Field 3 as varint, and 0 … 255. */
const SEQ_TAG = 24;
const MAX_SEQ_BYTES = 3;

/** Encodes all but the seq, so that a payload that cannot be made, or is too large, takes no number. May throw. */
export function startPayload(timestampMs: number, metrics: WireMetric[]): StartedPayload {
  const writer = Payload.encode({ timestamp: timestampMs, metrics });
  return {
    byteCount: writer.len + MAX_SEQ_BYTES,
    finish: (seq) => writer.uint32(SEQ_TAG).uint32(seq).finish(),
  };
}

/**
 * Bytes of a payload. `seq` is null for NDEATH and commands, which carry none (tck-id-topics-ndeath-seq,
 * tck-id-payloads-ncmd-seq); 0 is written like every other number. `timestampMs` is the time of sending, UTC.
 */
export function encodePayload(timestampMs: number, seq: number | null, metrics: WireMetric[]): Uint8Array {
  return Payload.encode(
    seq === null ? { timestamp: timestampMs, metrics } : { timestamp: timestampMs, metrics, seq },
  ).finish();
}

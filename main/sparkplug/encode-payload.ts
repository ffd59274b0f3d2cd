import { Buffer } from 'node:buffer';
import {
  type ArrayDatatype,
  type Datatype,
  DATATYPE_CODES,
  isArrayDatatype,
  isArrayValue,
  type MetricValue,
} from '../../shared/domain/metric.ts';
import type { Quality } from '../../shared/domain/quality.ts';
import { encodeArray } from './encode-array.ts';
import { EncodeFault } from './encode-fault.ts';
import { setScalar } from './encode-scalar.ts';
import { toGeneratedDataSet, toGeneratedMetaData } from './encode-structures.ts';
import { type Definitions, toGeneratedTemplate } from './encode-template.ts';
import type { DataSet, MetaData, Template } from './payload.ts';
import { PAYLOAD_DATATYPES, QUALITY_PROPERTY, STATUS_CODE_PROPERTY } from './payload.ts';
import { PayloadWriter, type WireMetric } from './payload-writer.ts';

export type { WireMetric };

interface OutgoingState {
  readonly quality: Quality;
  /** OPC UA status code (uint32), 0 when good. */
  readonly statusCode: number;
  readonly timestampMs: number;
}

export interface OutgoingValue extends OutgoingState {
  readonly datatype: Datatype;
  readonly value: MetricValue;
}

/** A value of a datatype that no tag may have. */
type OutgoingStructure = OutgoingState & { readonly metadata?: MetaData } & (
    | { readonly datatype: 'DataSet'; readonly value: DataSet | null }
    | { readonly datatype: 'File'; readonly value: Uint8Array | null }
    | { readonly datatype: 'Template'; readonly value: Template | null; readonly definitions?: Definitions }
  );

/** How the metric is named: births give name, alias and datatype, DATA the alias only, commands name and datatype. */
export interface MetricHead {
  readonly name?: string;
  readonly alias?: number;
  readonly hasDatatype: boolean;
  readonly isHistorical: boolean;
}

/** OPC UA BadTypeMismatch: what a value becomes that its datatype cannot hold. */
const BAD_TYPE_MISMATCH = 0x8074_0000;

const NO_DEFINITIONS: Definitions = new Map();

function setArray(metric: WireMetric, datatype: ArrayDatatype, value: MetricValue): boolean {
  const bytes = isArrayValue(value) ? encodeArray(datatype, value) : undefined;
  if (bytes === undefined) return false;
  metric.bytesValue = bytes;
  return true;
}

/** Throws `EncodeFault` where the structure breaks the rules of its kind. */
function setStructure(metric: WireMetric, outgoing: OutgoingStructure): void {
  if (outgoing.metadata !== undefined) metric.metadata = toGeneratedMetaData(outgoing.metadata);
  if (outgoing.value === null) return;
  if (outgoing.datatype === 'DataSet') metric.datasetValue = toGeneratedDataSet(outgoing.value);
  else if (outgoing.datatype === 'File') metric.bytesValue = outgoing.value;
  else metric.templateValue = toGeneratedTemplate(outgoing.value, outgoing.definitions ?? NO_DEFINITIONS, 2);
}

const isStructure = (outgoing: OutgoingValue | OutgoingStructure): outgoing is OutgoingStructure =>
  outgoing.datatype === 'DataSet' || outgoing.datatype === 'Template' || outgoing.datatype === 'File';

/** Puts the value into its field; false when the datatype cannot hold it. */
function setValue(metric: WireMetric, { datatype, value }: OutgoingValue): boolean {
  return isArrayDatatype(datatype) ? setArray(metric, datatype, value) : setScalar(metric, datatype, value);
}

/**
 * The only codes that the specification knows (tck-id-payloads-propertyset-quality-value-value). What is uncertain goes
 * out as bad; its StatusCode says what it is.
 */
const WIRE_QUALITY: Readonly<Record<Quality, number>> = { good: 192, uncertain: 0, bad: 0, stale: 500 };
/** OPC UA Uncertain, for a value that brings no status code of its own. */
const UNCERTAIN = 0x4000_0000;

function toProperties(quality: Quality, givenCode: number): NonNullable<WireMetric['properties']> {
  const statusCode = quality === 'uncertain' && givenCode === 0 ? UNCERTAIN : givenCode;
  const keys: string[] = [];
  const values: { type: number; intValue: number }[] = [];
  if (quality !== 'good') {
    keys.push(QUALITY_PROPERTY);
    values.push({ type: DATATYPE_CODES.Int32, intValue: WIRE_QUALITY[quality] });
  }
  if (statusCode !== 0) {
    keys.push(STATUS_CODE_PROPERTY);
    values.push({ type: DATATYPE_CODES.UInt32, intValue: statusCode });
  }
  return { keys, values };
}

function trySetStructure(metric: WireMetric, outgoing: OutgoingStructure): boolean {
  try {
    setStructure(metric, outgoing);
    return true;
  } catch (error) {
    if (error instanceof EncodeFault) return false;
    throw error;
  }
}

/**
 * One metric for `encodePayload`. Quality (Int32) is written where it is not good, StatusCode (UInt32) where it is
 * not 0. A value that does not fit its datatype goes out as null, bad, BadTypeMismatch: visible, never cut.
 */
export function toWireMetric(head: MetricHead, outgoing: OutgoingValue | OutgoingStructure): WireMetric {
  // All with the same fields in the same order, which is what the engine reads fastest.
  const metric: WireMetric = {
    name: head.name ?? null,
    alias: head.alias ?? null,
    timestamp: outgoing.timestampMs,
    datatype: head.hasDatatype ? toCode(outgoing.datatype) : null,
    isHistorical: head.isHistorical ? true : null,
    isNull: null,
    properties: null,
    intValue: null,
    longValue: null,
    floatValue: null,
    doubleValue: null,
    booleanValue: null,
    stringValue: null,
    bytesValue: null,
  };
  let { quality, statusCode } = outgoing;
  if (outgoing.value === null) metric.isNull = true;
  const isWritten = isStructure(outgoing)
    ? trySetStructure(metric, outgoing)
    : outgoing.value === null || setValue(metric, outgoing);
  if (!isWritten) {
    metric.isNull = true;
    quality = 'bad';
    statusCode = BAD_TYPE_MISMATCH;
  }
  if (quality !== 'good' || statusCode !== 0) metric.properties = toProperties(quality, statusCode);
  return metric;
}

const toCode = (datatype: (OutgoingValue | OutgoingStructure)['datatype']): number =>
  datatype in DATATYPE_CODES ? DATATYPE_CODES[datatype as Datatype] : PAYLOAD_DATATYPES.indexOf(datatype);

/** Bytes of a text, byte string or array in the message, 0 for the values of fixed length. */
export function countValueBytes({ stringValue, bytesValue }: WireMetric): number {
  return stringValue ? Buffer.byteLength(stringValue) : (bytesValue?.length ?? 0);
}

/** A payload that lacks only its seq. */
export interface StartedPayload {
  /** At most so many, with any seq. */
  readonly byteCount: number;
  /** To be called once: a second call would write its seq over the first. */
  finish(seq: number): Uint8Array;
}

/** Field 3 as varint, and 0 … 255. */
const SEQ_TAG = 24;
const MAX_SEQ_BYTES = 3;

/** One for all messages: each is begun and taken in one synchronous step. */
const writer = new PayloadWriter();

function write(timestampMs: number, metrics: readonly WireMetric[], spareBytes: number): Buffer {
  writer.begin(timestampMs);
  for (const metric of metrics) writer.metric(metric);
  return writer.take(spareBytes);
}

/** Encodes all but the seq, so that a payload that cannot be made, or is too large, takes no number. May throw. */
export function startPayload(timestampMs: number, metrics: readonly WireMetric[]): StartedPayload {
  const bytes = write(timestampMs, metrics, MAX_SEQ_BYTES);
  return { byteCount: bytes.length, finish: (seq) => writeSeq(bytes, seq) };
}

/** Into the room at the end, 0 … 255. */
function writeSeq(bytes: Buffer, seq: number): Buffer {
  const at = bytes.length - MAX_SEQ_BYTES;
  bytes[at] = SEQ_TAG;
  bytes[at + 1] = seq > 127 ? (seq & 127) | 128 : seq;
  bytes[at + 2] = seq >>> 7;
  return seq > 127 ? bytes : bytes.subarray(0, at + 2);
}

/**
 * Bytes of a payload. `seq` is null for NDEATH and commands, which carry none (tck-id-topics-ndeath-seq,
 * tck-id-payloads-ncmd-seq); 0 is written like every other number. `timestampMs` is the time of sending, UTC.
 */
export function encodePayload(timestampMs: number, seq: number | null, metrics: readonly WireMetric[]): Uint8Array {
  return seq === null ? write(timestampMs, metrics, 0) : writeSeq(write(timestampMs, metrics, MAX_SEQ_BYTES), seq);
}

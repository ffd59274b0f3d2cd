import { Buffer } from 'node:buffer';
import { isArrayDatatype } from '../../../shared/domain/metric.ts';
import { decodePayload } from '../../sparkplug/decode-payload.ts';
import { encodeMessage } from '../../sparkplug/encode-message.ts';
import { toWireMetric } from '../../sparkplug/encode-payload.ts';
import { toMetricValue } from '../../sparkplug/metric-value.ts';
import { type Payload, PAYLOAD_DATATYPES, type PayloadMetric, toDatatype } from '../../sparkplug/payload.ts';
import type { Random } from './random.ts';

/** What the codec made of the payloads so far. */
export interface CodecTally {
  decodedCount: number;
  /** Per reason of the decoder. */
  readonly faults: Map<string, number>;
  readableCount: number;
  undecodableCount: number;
  encodedCount: number;
  /** Per reason of the encoder: what a peer may say and we would not. */
  readonly refusals: Map<string, number>;
}

export const createCodecTally = (): CodecTally => ({
  decodedCount: 0,
  faults: new Map(),
  readableCount: 0,
  undecodableCount: 0,
  encodedCount: 0,
  refusals: new Map(),
});

export const count = (counts: Map<string, number>, reason: string): void => {
  counts.set(reason, (counts.get(reason) ?? 0) + 1);
};

/**
 * Decodes a payload, reads its metrics under their own datatype and under one of a birth that has nothing to do with
 * it, and encodes it again. Throws where the codec does, and where it breaks its word: a value that was read is one
 * that can be sent, and what was encoded once comes out of the second round as the same bytes.
 */
export function examine(bytes: Buffer, random: Random, tally: CodecTally): void {
  const result = decodePayload(bytes);
  if (result.kind === 'fault') return count(tally.faults, result.reason);
  tally.decodedCount += 1;
  for (const metric of result.payload.metrics) {
    readAs(metric, metric.datatype ?? 0, tally);
    readAs(metric, random.below(PAYLOAD_DATATYPES.length + 2), tally);
  }
  encodeTwice(result.payload, tally);
}

function readAs(metric: PayloadMetric, typeCode: number, tally: CodecTally): void {
  const value = toMetricValue(metric, typeCode);
  if (value === undefined) {
    tally.undecodableCount += 1;
    return;
  }
  tally.readableCount += 1;
  const datatype = toDatatype(typeCode);
  // Exempt is what a wider field than the datatype's own may hold: a double as Float, an instant beyond 2^53.
  const name = datatype !== undefined && isArrayDatatype(datatype) ? datatype.slice(0, -'Array'.length) : datatype;
  if (datatype === undefined || name === 'Float' || name === 'DateTime' || value === null) return;
  if (typeof value === 'object' && 'columns' in value) throw new Error(`a DataSet was read as ${datatype}`);
  if (typeof value === 'object' && 'isDefinition' in value) throw new Error(`a template was read as ${datatype}`);
  const head = { alias: 1, hasDatatype: true, isHistorical: false };
  const wire = toWireMetric(head, { datatype, value, quality: 'good', statusCode: 0, timestampMs: 0 });
  if (wire.isNull) throw new Error(`a ${datatype} was read that no ${datatype} can be`);
}

function encodeTwice(payload: Payload, tally: CodecTally): void {
  const first = encodeMessage(payload);
  if (first.kind === 'fault') return count(tally.refusals, first.reason);
  tally.encodedCount += 1;
  const again = decodePayload(first.bytes);
  if (again.kind === 'fault') throw new Error(`what was encoded cannot be decoded: ${again.reason}`);
  const second = encodeMessage(again.payload);
  if (second.kind === 'fault') throw new Error(`what was encoded is refused: ${second.reason} at ${second.at}`);
  if (Buffer.compare(first.bytes, second.bytes) !== 0) throw new Error('two rounds give other bytes than one');
}

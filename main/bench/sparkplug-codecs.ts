import { get as getPackage } from 'sparkplug-payload';
import type { UMetric } from 'sparkplug-payload/lib/sparkplugbpayload.js';
import proto from 'sparkplug-payload/lib/sparkplugPayloadProto.js';
import { type Datatype, DATATYPE_CODES, type ScalarDatatype, type ScalarValue } from '../../shared/domain/metric.ts';
import { decodePayload } from '../sparkplug/decode-payload.ts';
import { type MetricHead, type OutgoingValue, startPayload, toWireMetric } from '../sparkplug/encode-payload.ts';

const { Payload } = proto.org.eclipse.tahu.protobuf;

/** One way to and from the wire. Each call is one whole message; the result only proves that the work was done. */
export interface Codec {
  readonly encode: () => number;
  readonly decode: () => number;
}

/** The same message in the form that each codec takes, made before the clock runs. */
export interface Codecs {
  readonly ours: Codec;
  /** The generated static module of the package, from objects that stand ready. */
  readonly raw: Codec;
  /** `encodePayload` and `decodePayload` of the package, on its own bytes. */
  readonly wrapper: Codec;
}

/** What a message holds. Births carry name, alias and datatype, data the alias only. */
export interface MessageShape {
  readonly isBirth: boolean;
  readonly metricCount: number;
  /** Taken in turn. */
  readonly kinds: readonly ValueKind[];
}

export interface ValueKind {
  readonly datatype: ScalarDatatype;
  readonly valueAt: (index: number) => Exclude<ScalarValue, null | Uint8Array>;
}

const SENT_MS = 1_764_000_000_000;
const SEQ = 17;

type RawMetric = NonNullable<Parameters<typeof Payload.encode>[0]['metrics']>[number];

const toHalves = (value: bigint): { low: number; high: number; unsigned: boolean } => ({
  low: Number(value & 0xffff_ffffn) | 0,
  high: Number((value >> 32n) & 0xffff_ffffn) | 0,
  unsigned: true,
});

function toRawValue(datatype: Datatype, value: ScalarValue): RawMetric {
  if (typeof value === 'bigint') return { longValue: toHalves(value) };
  if (typeof value === 'boolean') return { booleanValue: value };
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value !== 'number') throw new Error(`no value of this bench: ${String(value)}`);
  if (datatype === 'Double') return { doubleValue: value };
  if (datatype === 'Float') return { floatValue: value };
  return datatype === 'DateTime' ? { longValue: value } : { intValue: value };
}

interface Row {
  readonly head: MetricHead;
  readonly outgoing: OutgoingValue & { readonly value: Exclude<ScalarValue, null | Uint8Array> };
}

const toRows = ({ isBirth, metricCount, kinds }: MessageShape): readonly Row[] =>
  Array.from({ length: metricCount }, (_unused, index) => {
    const kind = kinds[index % kinds.length];
    if (kind === undefined) throw new Error('a message needs kinds of values');
    const { datatype } = kind;
    const value = kind.valueAt(index);
    const alias = index + 1;
    const head = { alias, hasDatatype: isBirth, isHistorical: false };
    return {
      head: isBirth ? { ...head, name: `Line 1/Station ${index % 20}/Value ${index}` } : head,
      outgoing: { datatype, value, quality: 'good', statusCode: 0, timestampMs: SENT_MS + index },
    };
  });

function encodeOurs(rows: readonly Row[]): Uint8Array {
  const metrics = rows.map(({ head, outgoing }) => toWireMetric(head, outgoing));
  return startPayload(SENT_MS, metrics).finish(SEQ);
}

function toRawMessage(rows: readonly Row[]): Parameters<typeof Payload.encode>[0] {
  const metrics = rows.map(({ head, outgoing }) => ({
    ...(head.name === undefined ? {} : { name: head.name, datatype: DATATYPE_CODES[outgoing.datatype] }),
    alias: head.alias ?? null,
    timestamp: outgoing.timestampMs,
    ...toRawValue(outgoing.datatype, outgoing.value),
  }));
  return { timestamp: SENT_MS, metrics, seq: SEQ };
}

/** 64-bit values as numbers: a bigint becomes 0 in the package. */
const toWrapperMetrics = (rows: readonly Row[]): UMetric[] =>
  rows.map(({ head, outgoing: { datatype, value, timestampMs } }) => ({
    ...(head.name === undefined ? {} : { name: head.name }),
    alias: head.alias ?? null,
    timestamp: timestampMs,
    type: datatype as UMetric['type'],
    value: typeof value === 'bigint' ? Number(value) : value,
  }));

export function openCodecs(shape: MessageShape): Codecs {
  const wrapper = getPackage('spBv1.0');
  if (!wrapper) throw new Error('sparkplug-payload knows no spBv1.0');
  const rows = toRows(shape);
  const bytes = encodeOurs(rows);
  const rawMessage = toRawMessage(rows);
  const wrapperMessage = { timestamp: SENT_MS, seq: SEQ, metrics: toWrapperMetrics(rows) };
  const wrapperBytes = wrapper.encodePayload(wrapperMessage);
  if (Buffer.compare(bytes, Payload.encode(rawMessage).finish()) !== 0) throw new Error('the codecs write other bytes');
  return {
    ours: { encode: () => encodeOurs(rows).length, decode: () => countOurs(bytes) },
    raw: {
      encode: () => Payload.encode(rawMessage).finish().length,
      decode: () => Payload.decode(bytes).metrics.length,
    },
    wrapper: {
      encode: () => wrapper.encodePayload(wrapperMessage).length,
      decode: () => wrapper.decodePayload(wrapperBytes).metrics?.length ?? 0,
    },
  };
}

function countOurs(bytes: Uint8Array): number {
  const decoded = decodePayload(bytes);
  return decoded.kind === 'ok' ? decoded.payload.metrics.length : 0;
}

import { decodePayload } from '../sparkplug/decode-payload.ts';
import {
  AliasBook,
  type BirthMetric,
  encodeDeviceBirth,
  encodeNodeBirth,
  encodeNodeDeath,
} from '../sparkplug/edge-node-births.ts';
import { encodePayload, toWireMetric } from '../sparkplug/encode-payload.ts';
import type { IncomingMessage } from '../sparkplug/host-node.ts';
import { toDeviceId } from '../sparkplug/topic.ts';

/** Where every birth of this stream says its values come from. */
const BIRTH_MS = 1_000;

const metric = (metricName: string, value: number): BirthMetric => ({
  metricName,
  datatype: 'Double',
  value,
  quality: 'good',
  statusCode: 0,
  timestampMs: BIRTH_MS,
});

/** Messages of an edge node as a host receives them, with their seq; each call is the next message. */
export class EdgeNodeStream {
  bdSeq: number;
  #seq = 0;
  readonly #aliases = new AliasBook();

  constructor(bdSeq = 0) {
    this.bdSeq = bdSeq;
  }

  /** Leaves a gap of `count` messages. */
  skip(count = 1): void {
    this.#seq = (this.#seq + count) % 256;
  }

  nodeBirth(metricNames: readonly string[] = ['load']): IncomingMessage {
    this.#seq = 0;
    const birth = { bdSeq: this.bdSeq, seq: this.#take(), nowMs: BIRTH_MS, dataTopic: '' };
    const metrics = metricNames.map((name) => metric(name, 0));
    return toIncoming('NBIRTH', null, encodeNodeBirth(birth, metrics, this.#aliases).payload);
  }

  deviceBirth(deviceId: string, metricNames: readonly string[] = ['speed']): IncomingMessage {
    const birth = { seq: this.#take(), nowMs: BIRTH_MS, dataTopic: '' };
    const device = { deviceId, isOnline: true, metrics: metricNames.map((name) => metric(name, 0)) };
    return toIncoming('DBIRTH', deviceId, encodeDeviceBirth(birth, device, this.#aliases).payload);
  }

  /** DDATA, or NDATA for null, by alias only; the value stands for the message in the test. */
  data(deviceId: string | null, metricName: string, value: number, timestampMs = 2_000): IncomingMessage {
    const head = { alias: this.#aliases.aliasOf(deviceId, metricName), hasDatatype: false, isHistorical: false };
    const wire = toWireMetric(head, { ...metric(metricName, value), timestampMs });
    return toIncoming(
      deviceId === null ? 'NDATA' : 'DDATA',
      deviceId,
      encodePayload(timestampMs, this.#take(), [wire]),
    );
  }

  deviceDeath(deviceId: string, atMs: number): IncomingMessage {
    return toIncoming('DDEATH', deviceId, encodePayload(atMs, this.#take(), []));
  }

  nodeDeath(bdSeq = this.bdSeq): IncomingMessage {
    return toIncoming('NDEATH', null, encodeNodeDeath(bdSeq, BIRTH_MS));
  }

  #take(): number {
    const seq = this.#seq;
    this.#seq = (seq + 1) % 256;
    return seq;
  }
}

export function toIncoming(
  verb: IncomingMessage['verb'],
  deviceId: string | null,
  bytes: Uint8Array,
  isRetained = false,
): IncomingMessage {
  return {
    verb,
    deviceId: deviceId === null ? null : toDeviceId(deviceId),
    result: decodePayload(bytes),
    bytes,
    isRetained,
  };
}

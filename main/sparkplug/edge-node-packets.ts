import { describeError } from '../platform/engine-error.ts';
import type { PoisonedRow } from './edge-node.ts';
import type { DataMessage } from './edge-node-data.ts';
import { type StartedPayload, startPayload } from './encode-payload.ts';

/** The largest remaining length that MQTT can say (3.1.1, section 2.2.3). */
const MQTT_MAX_BYTES = 268_435_455;
/** Fixed header, and the length of the topic. */
const PACKET_HEAD_BYTES = 5 + 2;

/** What of a packet is left for the payload. */
export const maxPayloadBytes = (topic: string, maxPacketBytes = MQTT_MAX_BYTES): number =>
  Math.min(maxPacketBytes, MQTT_MAX_BYTES) - PACKET_HEAD_BYTES - Buffer.byteLength(topic);

export interface PayloadLimits {
  /** Of a payload of one row. */
  readonly maxBytes: number;
  /** Of a payload of several. */
  readonly splitBytes: number;
}

export interface EncodedRows<Row> {
  /** In the order of the rows; each message gets its seq when it is published. */
  readonly payloads: StartedPayload[];
  readonly poisoned: PoisonedRow<Row>[];
}

type Rows<Row> = Pick<DataMessage<Row>, 'topic' | 'rows' | 'metrics'>;

/**
 * The rows of a message as one payload, or as several where one would be too large. A row of which no payload can
 * be made, or one that is too large by itself, is found by halving: all others go out.
 */
export function encodeRows<Row>(message: Rows<Row>, timestampMs: number, limits: PayloadLimits): EncodedRows<Row> {
  const encoded: EncodedRows<Row> = { payloads: [], poisoned: [] };
  encodePart(message, timestampMs, limits, encoded);
  return encoded;
}

function encodePart<Row>(
  { topic, rows, metrics }: Rows<Row>,
  timestampMs: number,
  limits: PayloadLimits,
  encoded: EncodedRows<Row>,
): void {
  if (rows.length === 0) return;
  const { maxBytes, splitBytes } = limits;
  const result = tryPart(metrics, timestampMs, rows.length === 1 ? maxBytes : Math.min(maxBytes, splitBytes));
  if (typeof result !== 'string') {
    encoded.payloads.push(result);
    return;
  }
  const [row] = rows;
  if (rows.length === 1 && row !== undefined) {
    encoded.poisoned.push({ row, reason: result });
    return;
  }
  const half = rows.length >>> 1;
  encodePart({ topic, rows: rows.slice(0, half), metrics: metrics.slice(0, half) }, timestampMs, limits, encoded);
  encodePart({ topic, rows: rows.slice(half), metrics: metrics.slice(half) }, timestampMs, limits, encoded);
}

/** The payload, or why it cannot be. */
function tryPart(
  metrics: DataMessage<unknown>['metrics'],
  timestampMs: number,
  maxBytes: number,
): StartedPayload | string {
  try {
    const payload = startPayload(timestampMs, metrics);
    if (payload.byteCount <= maxBytes) return payload;
    return `its message has ${payload.byteCount} bytes, the largest packet of the broker leaves ${maxBytes}`;
  } catch (error) {
    return `it cannot be encoded: ${describeError(error)}`;
  }
}

import type { MetricChange } from '../../shared/domain/metric.ts';
import type { BornScope } from './edge-node-births.ts';
import { countValueBytes, toWireMetric, type WireMetric } from './encode-payload.ts';

/** Keeps a message near 5 kB: small enough for any broker's limit, large enough that the header costs nothing. */
const MAX_METRICS_PER_MESSAGE = 200;
/** Long texts and arrays: the next metric then begins a message of its own. */
const MAX_VALUE_BYTES_PER_MESSAGE = 256 * 1024;

/** DATA of one device, or of the node, still without its seq. */
interface DataMessage {
  readonly topic: string;
  readonly metrics: WireMetric[];
  valueBytes: number;
}

export interface FramedRows<Row> {
  readonly messages: readonly DataMessage[];
  /** Their device is not born, or the birth does not hold their metric with that datatype. */
  readonly notTaken: readonly Row[];
}

/**
 * Live metrics stand in chronological order over the whole list
 * (tck-id-operational-behavior-data-publish-dbirth-order); rows nearly always come so.
 */
function toChronological<Row extends MetricChange>(rows: readonly Row[]): readonly Row[] {
  let lastMs = -Infinity;
  for (const { timestampMs } of rows) {
    if (timestampMs < lastMs) return rows.toSorted((one, other) => one.timestampMs - other.timestampMs);
    lastMs = timestampMs;
  }
  return rows;
}

const isFull = ({ metrics, valueBytes }: DataMessage): boolean =>
  metrics.length >= MAX_METRICS_PER_MESSAGE || valueBytes >= MAX_VALUE_BYTES_PER_MESSAGE;

/** Rows to messages, one open message per scope, each cut at the limits; the order of a scope's rows is kept. */
export function frameRows<Row extends MetricChange>(
  rows: readonly Row[],
  scopes: ReadonlyMap<string | null, BornScope>,
  isHistorical: boolean,
): FramedRows<Row> {
  const messages: DataMessage[] = [];
  const open = new Map<BornScope, DataMessage>();
  const notTaken: Row[] = [];
  for (const row of isHistorical ? rows : toChronological(rows)) {
    const scope = scopes.get(row.deviceId);
    const born = scope?.metrics.get(row.metricName);
    if (scope === undefined || born === undefined || born.datatype !== row.datatype) {
      notTaken.push(row);
      continue;
    }
    let message = open.get(scope);
    if (message === undefined || isFull(message)) {
      message = { topic: scope.dataTopic, metrics: [], valueBytes: 0 };
      open.set(scope, message);
      messages.push(message);
    }
    const metric = toWireMetric(isHistorical ? born.historicalHead : born.liveHead, row);
    message.metrics.push(metric);
    message.valueBytes += countValueBytes(metric);
  }
  return { messages, notTaken };
}

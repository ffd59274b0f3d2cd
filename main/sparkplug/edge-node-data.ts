import type { MetricChange } from '../../shared/domain/metric.ts';
import type { BornScope } from './edge-node-births.ts';
import { toWireMetric, type WireMetric } from './encode-payload.ts';

/** Keeps a message near 5 kB: small enough for any broker's limit, large enough that the header costs nothing. */
const MAX_METRICS_PER_MESSAGE = 200;

/** DATA of one device, or of the node, still without its seq. */
interface DataMessage {
  readonly topic: string;
  readonly metrics: WireMetric[];
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

/** Rows to messages, one open message per scope, each cut at the limit; the order of a scope's rows is kept. */
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
    if (message === undefined || message.metrics.length >= MAX_METRICS_PER_MESSAGE) {
      message = { topic: scope.dataTopic, metrics: [] };
      open.set(scope, message);
      messages.push(message);
    }
    message.metrics.push(toWireMetric(isHistorical ? born.historicalHead : born.liveHead, row));
  }
  return { messages, notTaken };
}

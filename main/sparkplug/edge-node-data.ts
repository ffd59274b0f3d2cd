import type { MetricChange } from '../../shared/domain/metric.ts';
import { describeError } from '../platform/engine-error.ts';
import type { PoisonedRow } from './edge-node.ts';
import type { BornScope } from './edge-node-births.ts';
import { countValueBytes, toWireMetric, type WireMetric } from './encode-payload.ts';

/** Keeps a message near 5 kB: small enough for any broker's limit, large enough that the header costs nothing. */
const MAX_METRICS_PER_MESSAGE = 200;
/** Long texts and arrays: the next metric then begins a message of its own. */
const MAX_VALUE_BYTES_PER_MESSAGE = 256 * 1024;

/** DATA of one device, or of the node, still without its seq. */
export interface DataMessage<Row> {
  readonly topic: string;
  readonly rows: Row[];
  /** One for each row. */
  readonly metrics: WireMetric[];
  valueBytes: number;
}

export interface FramedRows<Row> {
  readonly messages: readonly DataMessage<Row>[];
  /** Their device is not born. */
  readonly notTaken: readonly Row[];
  /** Rows of which no metric can be made: of no value, or the birth does not hold it with that datatype. */
  readonly poisoned: readonly PoisonedRow<Row>[];
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

const isFull = ({ metrics, valueBytes }: DataMessage<unknown>): boolean =>
  metrics.length >= MAX_METRICS_PER_MESSAGE || valueBytes >= MAX_VALUE_BYTES_PER_MESSAGE;

/** Rows outlive their tag in the buffer; under another datatype they would be read wrongly. */
const toRefusal = ({ deviceId, metricName, datatype }: MetricChange, bornAs: string | undefined): string =>
  bornAs === undefined
    ? `${deviceId ?? 'the edge node'} has no metric ${metricName} any more: the site file does not name it`
    : `${deviceId ?? 'the edge node'} has ${metricName} as ${bornAs} now, and this row is of datatype ${datatype}`;

/** Rows to messages, one open message per scope, each cut at the limits; the order of a scope's rows is kept. */
export function frameRows<Row extends MetricChange>(
  rows: readonly Row[],
  scopes: ReadonlyMap<string | null, BornScope>,
  isHistorical: boolean,
): FramedRows<Row> {
  const messages: DataMessage<Row>[] = [];
  const open = new Map<BornScope, DataMessage<Row>>();
  const notTaken: Row[] = [];
  const poisoned: PoisonedRow<Row>[] = [];
  for (const row of isHistorical ? rows : toChronological(rows)) {
    const scope = scopes.get(row.deviceId);
    const born = scope?.metrics.get(row.metricName);
    if (scope === undefined) {
      notTaken.push(row);
      continue;
    }
    if (born?.datatype !== row.datatype) {
      poisoned.push({ row, reason: toRefusal(row, born?.datatype) });
      continue;
    }
    let metric: WireMetric;
    try {
      metric = toWireMetric(isHistorical ? born.historicalHead : born.liveHead, row);
    } catch (error) {
      poisoned.push({ row, reason: `it cannot be encoded: ${describeError(error)}` });
      continue;
    }
    let message = open.get(scope);
    if (message === undefined || isFull(message)) {
      message = { topic: scope.dataTopic, rows: [], metrics: [], valueBytes: 0 };
      open.set(scope, message);
      messages.push(message);
    }
    message.rows.push(row);
    message.metrics.push(metric);
    message.valueBytes += countValueBytes(metric);
  }
  return { messages, notTaken, poisoned };
}

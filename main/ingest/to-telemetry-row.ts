import { type JsonItem, toJsonItems } from '../../shared/domain/array-json.ts';
import { type Datatype, isArrayValue, type MetricValue } from '../../shared/domain/metric.ts';
import { type Quality, toQualityCode } from '../../shared/domain/quality.ts';
import { type TelemetryRow, toMachineId } from '../../shared/domain/telemetry-row.ts';

/** A metric as the host session hands it over: names resolved, in order of its edge node. */
export interface ReceivedMetric {
  readonly groupId: string;
  readonly edgeNodeId: string;
  /** Null = the edge node's own metric. */
  readonly deviceId: string | null;
  readonly metricName: string;
  readonly datatype: Datatype;
  readonly value: MetricValue;
  readonly quality: Quality;
  readonly statusCode: number;
  /** Null when neither the metric nor its payload carried one. */
  readonly timestampMs: number | null;
  readonly isHistorical: boolean;
  readonly isBirth: boolean;
}

/** Why a value cannot be stored under its time: a wild time would make a wild chunk in the historian. */
export type TimestampFault =
  'timestamp-missing' | 'timestamp-zero' | 'timestamp-in-seconds' | 'timestamp-before-2000' | 'timestamp-in-future';

export type RowOutcome =
  | { readonly kind: 'row'; readonly row: TelemetryRow }
  /** No process data: the session's own metrics (bdSeq, commands), and births of metrics without a value. */
  | { readonly kind: 'skipped' }
  /** `row` where it may be stored once its time has come. */
  | { readonly kind: 'rejected'; readonly reason: TimestampFault; readonly row: TelemetryRow | null };

const YEAR_2000_MS = Date.UTC(2000, 0, 1);
/** Seconds since 1970 stay below this until the year 5138; milliseconds passed it in 1973. */
const SECONDS_BELOW = 100_000_000_000;

/**
 * A received metric as a row of the historian. Value, quality and time pass unchanged; what is more than
 * `futureToleranceMs` ahead of the receipt is a fault of a clock, not a difference of clocks.
 */
export function toTelemetryRow(metric: ReceivedMetric, receivedAtMs: number, futureToleranceMs: number): RowOutcome {
  if (isSessionMetric(metric) || isUnknownInBirth(metric)) return { kind: 'skipped' };
  const { timestampMs } = metric;
  const fault = findTimestampFault(timestampMs, receivedAtMs + futureToleranceMs);
  if (timestampMs === null || (fault !== undefined && fault !== 'timestamp-in-future')) {
    return { kind: 'rejected', reason: fault ?? 'timestamp-missing', row: null };
  }
  const { value, meta } = toColumns(metric);
  if (metric.statusCode !== 0) meta.statusCode = metric.statusCode;
  const row = {
    timeMs: timestampMs,
    machineId: toMachineId(metric.groupId, metric.edgeNodeId, metric.deviceId),
    metricName: metric.metricName,
    value,
    quality: toQualityCode(metric.quality),
    meta: Object.keys(meta).length > 0 ? meta : null,
    isHistorical: metric.isHistorical,
    receivedAtMs,
  };
  return fault === undefined ? { kind: 'row', row } : { kind: 'rejected', reason: fault, row };
}

/**
 * A birth must name every metric; one that has no value yet comes as null, stamped with any time. Stored, it would
 * take the place of the value that is found later to have been measured in that millisecond.
 */
const isUnknownInBirth = ({ isBirth, value }: ReceivedMetric): boolean => isBirth && value === null;

const isSessionMetric = ({ deviceId, metricName }: ReceivedMetric): boolean =>
  deviceId === null
    ? metricName === 'bdSeq' || metricName.startsWith('Node Control/')
    : metricName.startsWith('Device Control/');

function findTimestampFault(timestampMs: number | null, latestMs: number): TimestampFault | undefined {
  if (timestampMs === null || !Number.isFinite(timestampMs)) return 'timestamp-missing';
  if (timestampMs === 0) return 'timestamp-zero';
  if (timestampMs > 0 && timestampMs < SECONDS_BELOW) return 'timestamp-in-seconds';
  if (timestampMs < YEAR_2000_MS) return 'timestamp-before-2000';
  return timestampMs > latestMs ? 'timestamp-in-future' : undefined;
}

type Meta = Record<string, string | number | readonly JsonItem[]>;

function toColumns({ value, datatype }: ReceivedMetric): { value: number | null; meta: Meta } {
  if (typeof value === 'number') return { value, meta: {} };
  if (typeof value === 'boolean') return { value: value ? 1 : 0, meta: {} };
  if (typeof value === 'string') return { value: null, meta: { text: value } };
  if (typeof value === 'bigint') {
    const rounded = Number(value);
    return { value: rounded, meta: Number.isSafeInteger(rounded) ? {} : { exact: String(value) } };
  }
  if (value === null) return { value: null, meta: {} };
  // The datatype says what the items are: the text "1" and the 64-bit integer 1 look alike.
  if (isArrayValue(value)) return { value: null, meta: { items: toJsonItems(value), datatype } };
  return { value: null, meta: { bytesBase64: Buffer.from(value).toString('base64') } };
}

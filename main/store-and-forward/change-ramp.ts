/** Changes for tests: a ramp, so that a lost, repeated or misplaced one shows. */
import type { MetricChange } from '../../shared/domain/metric.ts';

export const BASE_MS = 1_767_600_000_000;
export const EVERYTHING = { afterRowId: 0, upToRowId: Number.MAX_SAFE_INTEGER, maxRows: 1_000_000 };

/** Change number `index` of a ramp: every value and time is different. */
export function changeOf(index: number, more: Partial<MetricChange> = {}): MetricChange {
  return {
    deviceId: 'press-1',
    metricName: 'Count',
    datatype: 'Double',
    value: index,
    quality: 'good',
    statusCode: 0,
    timestampMs: BASE_MS + index,
    ...more,
  };
}

export const changesOf = (from: number, count: number): readonly MetricChange[] =>
  Array.from({ length: count }, (_, index) => changeOf(from + index));

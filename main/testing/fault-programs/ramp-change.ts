import type { MetricChange } from '../../../shared/domain/metric.ts';

const BASE_MS = 1_767_600_000_000;

/** Change number `value` of a ramp: value and time are different in each, so that one that is missing shows. */
export const rampChange = (value: number): MetricChange => ({
  deviceId: 'press-1',
  metricName: 'Count',
  datatype: 'Double',
  value,
  quality: 'good',
  statusCode: 0,
  timestampMs: BASE_MS + value,
});

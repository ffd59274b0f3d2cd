import type { MetricChange } from '../../../shared/domain/metric.ts';
import { type Clock, systemClock } from '../../platform/clock.ts';
import type { BirthMetric } from '../../sparkplug/edge-node-births.ts';

/** What the scenarios of edge node, buffer and link share. */

export const HOST = 'scada';

const SPEED_UP = 20;
/** The edge node waits less between its connections; the network keeps its pace. */
export const fastClock: Clock = {
  nowMs: () => systemClock.nowMs(),
  monotonicMs: () => systemClock.monotonicMs() * SPEED_UP,
  after: (delayMs, action) => systemClock.after(delayMs / SPEED_UP, action),
  every: (periodMs, action) => systemClock.every(periodMs / SPEED_UP, action),
};

export const metric = (metricName: string, value: number): BirthMetric => ({
  metricName,
  datatype: 'Double',
  value,
  quality: 'good',
  statusCode: 0,
  timestampMs: Date.now(),
});

export const change = (
  deviceId: string | null,
  metricName: string,
  value: number,
  timestampMs: number,
): MetricChange => ({ ...metric(metricName, value), deviceId, timestampMs });

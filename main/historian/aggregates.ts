/** A continuous aggregate over `telemetry`: what it holds and how it is kept fresh by the server. */
export interface Aggregate {
  readonly viewName: 'telemetry_1min' | 'telemetry_5min' | 'telemetry_1hour';
  readonly bucketMs: number;
  /** Percentiles it holds, as in `p95_value`. */
  readonly percentiles: readonly (50 | 95 | 99)[];
  /**
   * The window that is refreshed often. It ends a bucket before now, so that what runs is read from the raw rows, and
   * tolerates rows that come late by `startHours` less a bucket less a period.
   */
  readonly hot: { readonly startHours: number; readonly end: string; readonly every: string };
  /** The rest, up to the retention of the raw rows, is refreshed seldom. It begins where the hot window does. */
  readonly coldEvery: string;
}

/** Finest first: that is the order in which they are refreshed. Windows of the hot policies as in the seed. */
export const AGGREGATES: readonly Aggregate[] = [
  {
    viewName: 'telemetry_1min',
    bucketMs: 60_000,
    percentiles: [],
    hot: { startHours: 3, end: '1 minute', every: '1 minute' },
    coldEvery: '1 hour',
  },
  {
    viewName: 'telemetry_5min',
    bucketMs: 300_000,
    percentiles: [50, 95],
    hot: { startHours: 24, end: '5 minutes', every: '5 minutes' },
    coldEvery: '1 hour',
  },
  {
    viewName: 'telemetry_1hour',
    bucketMs: 3_600_000,
    percentiles: [50, 95, 99],
    hot: { startHours: 7 * 24, end: '1 hour', every: '1 hour' },
    coldEvery: '1 day',
  },
];

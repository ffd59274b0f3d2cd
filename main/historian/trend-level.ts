import { type Aggregate, AGGREGATES } from './aggregates.ts';

/** Where a trend is read from, and how wide its buckets are: whole multiples of those that are stored. */
export interface TrendLevel {
  readonly source: 'telemetry' | Aggregate['viewName'];
  readonly bucketMs: number;
  /** Width of the buckets as they are stored; of raw rows, as the database makes them. */
  readonly storedBucketMs: number;
}

/**
 * The coarsest source that still has a bucket for every pixel, so that a year costs no more than an hour. Below a
 * minute for each pixel the raw rows are read.
 */
export function chooseTrendLevel(fromMs: number, toMs: number, pixelCount: number): TrendLevel {
  const pixelMs = Math.max(1, Math.ceil((toMs - fromMs) / Math.max(1, pixelCount)));
  const aggregate = AGGREGATES.findLast(({ bucketMs }) => bucketMs <= pixelMs);
  if (aggregate === undefined) return { source: 'telemetry', bucketMs: pixelMs, storedBucketMs: pixelMs };
  const { viewName, bucketMs } = aggregate;
  return { source: viewName, bucketMs: Math.ceil(pixelMs / bucketMs) * bucketMs, storedBucketMs: bucketMs };
}

/**
 * Percentiles cannot be made of other percentiles, so their buckets are the stored ones: five minutes, or an hour
 * where that would give far more points than pixels.
 */
export function choosePercentileLevel(fromMs: number, toMs: number, pixelCount: number): Aggregate {
  const pixelMs = (toMs - fromMs) / Math.max(1, pixelCount);
  const withPercentiles = AGGREGATES.filter(({ percentiles }) => percentiles.length > 0);
  const [finest] = withPercentiles;
  const chosen = withPercentiles.findLast(({ bucketMs }) => bucketMs <= pixelMs * MOST_PIXELS_PER_BUCKET) ?? finest;
  if (chosen === undefined) throw new Error('no aggregate holds percentiles');
  return chosen;
}

/** An hour may be drawn over so many pixels before five minutes are read instead. */
const MOST_PIXELS_PER_BUCKET = 4;

import type { Pool } from 'pg';
import { choosePercentileLevel, chooseTrendLevel, type TrendLevel } from './trend-level.ts';
import { bucketStart, findGaps, mergePoints, type TimeRange, type TrendPoint } from './trend-points.ts';

/** `toMs` is not included. A chart asks no further than now, or the last value is drawn into the future. */
export interface TrendQuery {
  readonly machineId: string;
  readonly metricName: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Width of the chart: there are about as many points, never many more. */
  readonly pixelCount: number;
}

export interface Trend extends TrendLevel {
  /** Buckets that have rows, in order. The first and last may reach beyond the range: buckets are not cut. */
  readonly points: readonly TrendPoint[];
  /** Where nothing good is known; everywhere else the last value holds. */
  readonly gaps: readonly TimeRange[];
}

export interface PercentilePoint extends TimeRange {
  readonly p50: number | null;
  readonly p95: number | null;
  /** Undefined where the level does not hold it. */
  readonly p99?: number | null;
  readonly sampleCount: number;
}

const GOOD = 'quality BETWEEN 192 AND 255';
const AT = (parameter: string): string => `timestamptz 'epoch' + ${parameter}::float8 * INTERVAL '1 millisecond'`;

// As the aggregates compute it (0004_aggregates.sql), so that the picture does not change with the level.
const RAW_POINTS = `
  SELECT from_ms AS "fromMs", from_ms + $5 AS "toMs",
    round(avg(value::numeric) FILTER (WHERE ${GOOD}), 300)::float8 AS avg,
    min(value) FILTER (WHERE ${GOOD}) AS min, max(value) FILTER (WHERE ${GOOD}) AS max,
    first(value, time) FILTER (WHERE ${GOOD}) AS first, last(value, time) FILTER (WHERE ${GOOD}) AS last,
    (count(value) FILTER (WHERE ${GOOD}))::float8 AS "sampleCount",
    (count(*) FILTER (WHERE NOT ${GOOD}))::float8 AS "badCount",
    last(quality, time) BETWEEN 192 AND 255 AS "endsGood"
  FROM (
    SELECT *, floor((extract(epoch FROM time) * 1000)::float8 / $5::float8) * $5::float8 AS from_ms FROM telemetry
    WHERE machine_id = $1 AND metric_name = $2 AND time >= ${AT('$3')} AND time < ${AT('$4')}
  ) AS sample
  GROUP BY from_ms ORDER BY from_ms`;

const toStoredPoints = (view: string): string => `
  SELECT (extract(epoch FROM bucket) * 1000)::float8 AS "fromMs", (extract(epoch FROM bucket) * 1000)::float8 + $5 AS "toMs",
    avg_value AS avg, min_value AS min, max_value AS max, first_value AS first, last_value AS last,
    sample_count::float8 AS "sampleCount", bad_count::float8 AS "badCount", last_quality BETWEEN 192 AND 255 AS "endsGood"
  FROM ${view}
  WHERE machine_id = $1 AND metric_name = $2 AND bucket >= ${AT('$3')} AND bucket < ${AT('$4')}
  ORDER BY bucket`;

const LAST_RAW_QUALITY = `
  SELECT ${GOOD} AS "isGood" FROM telemetry
  WHERE machine_id = $1 AND metric_name = $2 AND time < ${AT('$3')} ORDER BY time DESC LIMIT 1`;

/** The raw rows of an old range are gone, so a level is asked what it knows itself. */
const toLastQuality = (view: string): string => `
  SELECT last_quality BETWEEN 192 AND 255 AS "isGood" FROM ${view}
  WHERE machine_id = $1 AND metric_name = $2 AND bucket < ${AT('$3')} ORDER BY bucket DESC LIMIT 1`;

/** A trend of one metric, from the source that fits its range. Rejects with the driver's error. */
export async function readTrend(pool: Pool, query: TrendQuery): Promise<Trend> {
  const level = chooseTrendLevel(query.fromMs, query.toMs, query.pixelCount);
  const isRaw = level.source === 'telemetry';
  const fromMs = isRaw ? query.fromMs : bucketStart(query.fromMs, level.storedBucketMs);
  const key = [query.machineId, query.metricName];
  const { rows } = await pool.query<TrendPoint>(isRaw ? RAW_POINTS : toStoredPoints(level.source), [
    ...key,
    fromMs,
    query.toMs,
    level.storedBucketMs,
  ]);
  const before = await pool.query<{ isGood: boolean }>(isRaw ? LAST_RAW_QUALITY : toLastQuality(level.source), [
    ...key,
    fromMs,
  ]);
  const points = mergePoints(rows, level.bucketMs);
  const gaps = findGaps(points, { fromMs, toMs: query.toMs }, before.rows[0]?.isGood === true);
  return { ...level, points, gaps };
}

/**
 * Percentiles of the samples of each bucket, unweighted by how long a value held: what is above p95 happened, it did
 * not necessarily last. Buckets without good values are left out. Rejects with the driver's error.
 */
export async function readPercentiles(
  pool: Pool,
  query: TrendQuery,
): Promise<{ readonly bucketMs: number; readonly points: readonly PercentilePoint[] }> {
  const { viewName, bucketMs, percentiles } = choosePercentileLevel(query.fromMs, query.toMs, query.pixelCount);
  const columns = percentiles.map((percent) => `p${percent}_value AS p${percent}`).join(', ');
  const { rows } = await pool.query<PercentilePoint>(
    `SELECT (extract(epoch FROM bucket) * 1000)::float8 AS "fromMs", (extract(epoch FROM bucket) * 1000)::float8 + $5::float8 AS "toMs",
       ${columns}, sample_count::float8 AS "sampleCount"
     FROM ${viewName}
     WHERE machine_id = $1 AND metric_name = $2 AND bucket >= ${AT('$3')} AND bucket < ${AT('$4')} AND sample_count > 0
     ORDER BY bucket`,
    [query.machineId, query.metricName, bucketStart(query.fromMs, bucketMs), query.toMs, bucketMs],
  );
  return { bucketMs, points: rows };
}

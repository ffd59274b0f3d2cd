/** One bucket of a trend that has rows. Numbers are of good values only, null when there is none. */
export interface TrendPoint {
  readonly fromMs: number;
  readonly toMs: number;
  readonly avg: number | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly first: number | null;
  readonly last: number | null;
  readonly sampleCount: number;
  /** Rows that are not good: bad, uncertain or stale. */
  readonly badCount: number;
  /** Whether the value that holds after the bucket is good. */
  readonly endsGood: boolean;
}

export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

const least = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.min(a, b);

/** As PostgreSQL sorts: NaN is the greatest. */
const greatest = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : Math.max(a, b);

function meanOf(points: readonly TrendPoint[], sampleCount: number): number | null {
  if (sampleCount === 0) return null;
  // Shares first, so that the sum of the largest values cannot overflow.
  return points.reduce((sum, { avg, sampleCount: count }) => sum + (avg ?? 0) * (count / sampleCount), 0);
}

function mergeOne(points: readonly TrendPoint[], fromMs: number, bucketMs: number): TrendPoint {
  const sampleCount = points.reduce((sum, point) => sum + point.sampleCount, 0);
  return {
    fromMs,
    toMs: fromMs + bucketMs,
    avg: meanOf(points, sampleCount),
    min: points.reduce<number | null>((found, { min }) => least(found, min), null),
    max: points.reduce<number | null>((found, { max }) => greatest(found, max), null),
    first: points.find(({ first }) => first !== null)?.first ?? null,
    last: points.findLast(({ last }) => last !== null)?.last ?? null,
    sampleCount,
    badCount: points.reduce((sum, point) => sum + point.badCount, 0),
    endsGood: points.at(-1)?.endsGood ?? false,
  };
}

/** Points of narrow buckets, in order, as points of wide ones; a wide bucket begins at a multiple of its width. */
export function mergePoints(points: readonly TrendPoint[], bucketMs: number): TrendPoint[] {
  const merged: TrendPoint[] = [];
  let from = 0;
  for (let at = 1; at <= points.length; at += 1) {
    const startMs = bucketStart(points[from]?.fromMs ?? 0, bucketMs);
    const next = points[at];
    if (next !== undefined && bucketStart(next.fromMs, bucketMs) === startMs) continue;
    merged.push(mergeOne(points.slice(from, at), startMs, bucketMs));
    from = at;
  }
  return merged;
}

export const bucketStart = (timeMs: number, bucketMs: number): number => Math.floor(timeMs / bucketMs) * bucketMs;

/**
 * Where nothing good is known. A bucket without rows is no gap by itself: a source that reports changes is silent while
 * its value holds. A gap begins with a row that is not good and ends with the next good one; before the first row ever
 * all is a gap. `startsGood`: whether a good value holds at `range.fromMs`.
 */
export function findGaps(points: readonly TrendPoint[], range: TimeRange, startsGood: boolean): TimeRange[] {
  const gaps: TimeRange[] = [];
  let gapFromMs = startsGood ? null : range.fromMs;
  for (const point of points) {
    const hasGood = point.sampleCount > 0 || (point.badCount === 0 && point.endsGood);
    if (gapFromMs !== null && hasGood) {
      if (point.fromMs > gapFromMs) gaps.push({ fromMs: gapFromMs, toMs: point.fromMs });
      gapFromMs = null;
    }
    if (!point.endsGood) gapFromMs ??= hasGood ? point.toMs : point.fromMs;
  }
  if (gapFromMs !== null && gapFromMs < range.toMs) gaps.push({ fromMs: gapFromMs, toMs: range.toMs });
  return gaps;
}

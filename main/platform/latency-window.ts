import type { Percentiles } from '../../shared/domain/engine-snapshot.ts';
import type { Clock } from './clock.ts';

const SLICE_MS = 15_000;
const SLICE_COUNT = 60;
/** Preferred numbers R10 (ISO 3): ten steps to a decade, among them 1, 2 and 5. */
const R10 = [1, 1.25, 1.6, 2, 2.5, 3.15, 4, 5, 6.3, 8];
const LAST_MS = 600_000;
/** Upper bounds of the buckets, 1 ms to 10 min; slower ones count in the last. */
const BOUNDS_MS = [1, 10, 100, 1_000, 10_000, 100_000]
  .flatMap((decade) => R10.map((step) => step * decade))
  .filter((boundMs) => boundMs < LAST_MS)
  .concat(LAST_MS);
const DRAWN_MS = new Set([1, 10, 100, 1_000, 10_000, 100_000].flatMap((decade) => [decade, 2 * decade, 5 * decade]));
DRAWN_MS.add(LAST_MS);

/**
 * Latencies of the last 15 minutes in bounded memory: logarithmic buckets (at most 26 % wide) in slices of 15 s.
 * What lies between two bounds is interpolated.
 */
export class LatencyWindow {
  readonly #clock: Clock;
  readonly #slices = new Map<number, Uint32Array>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A negative latency (two clocks that differ) counts as 0. */
  record(latencyMs: number, count = 1): void {
    const sliceId = this.#dropOld();
    let slice = this.#slices.get(sliceId);
    if (!slice) {
      slice = new Uint32Array(BOUNDS_MS.length);
      this.#slices.set(sliceId, slice);
    }
    const bucket = findBucket(latencyMs);
    slice[bucket] = (slice[bucket] ?? 0) + count;
  }

  /** Null when nothing was recorded in the window. */
  percentiles(): Percentiles | null {
    const counts = this.#counts();
    const count = counts.reduce((sum, one) => sum + one, 0);
    if (count === 0) return null;
    const at = (ratio: number): number => toPercentileMs(counts, ratio * count);
    return { p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99), count };
  }

  /** Counts per class with the bounds 1, 2, 5, 10, 20 … ms, up to the slowest that occurred. */
  histogram(): { upToMs: number; count: number }[] {
    const classes: { upToMs: number; count: number }[] = [];
    let waiting = 0;
    let lastFilled = -1;
    this.#counts().forEach((count, bucket) => {
      waiting += count;
      const upToMs = BOUNDS_MS[bucket] ?? LAST_MS;
      if (!DRAWN_MS.has(upToMs)) return;
      if (waiting > 0) lastFilled = classes.length;
      classes.push({ upToMs, count: waiting });
      waiting = 0;
    });
    return classes.slice(0, lastFilled + 1);
  }

  #counts(): number[] {
    this.#dropOld();
    const sums = BOUNDS_MS.map(() => 0);
    for (const slice of this.#slices.values()) {
      slice.forEach((count, bucket) => (sums[bucket] = (sums[bucket] ?? 0) + count));
    }
    return sums;
  }

  #dropOld(): number {
    const sliceId = Math.floor(this.#clock.monotonicMs() / SLICE_MS);
    for (const id of this.#slices.keys()) if (id <= sliceId - SLICE_COUNT) this.#slices.delete(id);
    return sliceId;
  }
}

function findBucket(latencyMs: number): number {
  let low = 0;
  let high = BOUNDS_MS.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (latencyMs <= (BOUNDS_MS[middle] ?? LAST_MS)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function toPercentileMs(counts: readonly number[], rank: number): number {
  let before = 0;
  for (const [bucket, count] of counts.entries()) {
    if (count > 0 && before + count >= rank) {
      const fromMs = bucket === 0 ? 0 : (BOUNDS_MS[bucket - 1] ?? 0);
      const upToMs = BOUNDS_MS[bucket] ?? LAST_MS;
      return fromMs + ((rank - before) / count) * (upToMs - fromMs);
    }
    before += count;
  }
  return LAST_MS;
}

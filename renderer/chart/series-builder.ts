/** A point of a picture, in its pixels. */
interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Bucket {
  readonly upToMs: number;
  readonly count: number;
}

export interface HistogramBars {
  /** Height 0 … 1 of each bar, all of one width. */
  readonly heights: readonly number[];
  /** Labels below the bars: place 0 … 1 and the limit there. */
  readonly ticks: readonly { readonly place: number; readonly ms: number }[];
  /** Place 0 … 1 of a latency on the axis of the bars. */
  readonly placeOf: (ms: number) => number;
}

/**
 * Bars of one width for classes of any width: classes may grow towards the slow end, and the marks are placed
 * inside their class. Empty classes at both ends are left out but for one before the first; `keepMs` stays in the
 * picture.
 */
export function toHistogramBars(buckets: readonly Bucket[], keepMs: number): HistogramBars | null {
  const lastFilled = buckets.findLastIndex((bucket) => bucket.count > 0);
  if (lastFilled < 0) return null;
  const start = Math.max(0, buckets.findIndex((bucket) => bucket.count > 0) - 1);
  const lastKept = buckets.findIndex((bucket) => bucket.upToMs >= keepMs);
  const shown = buckets.slice(start, Math.max(lastFilled, lastKept) + 1);
  const most = Math.max(...shown.map((bucket) => bucket.count));
  const startMs = buckets[start - 1]?.upToMs ?? 0;
  const lowerOf = (index: number): number => shown[index - 1]?.upToMs ?? startMs;
  const placeOf = (ms: number): number => {
    const index = shown.findIndex((bucket) => ms <= bucket.upToMs);
    const bucket = shown[index];
    if (bucket === undefined) return 1;
    const width = bucket.upToMs - lowerOf(index);
    const inside = width > 0 ? Math.max(0, ms - lowerOf(index)) / width : 1;
    return (index + inside) / shown.length;
  };
  return { heights: shown.map((bucket) => bucket.count / most), ticks: toBucketTicks(shown, startMs), placeOf };
}

/** About five limits, spread evenly over the bars. */
function toBucketTicks(shown: readonly Bucket[], startMs: number): HistogramBars['ticks'] {
  const step = Math.max(1, Math.round(shown.length / 4));
  const ticks = [{ place: 0, ms: startMs }];
  for (let end = step; end <= shown.length; end += step) {
    ticks.push({ place: end / shown.length, ms: shown[end - 1]?.upToMs ?? 0 });
  }
  return ticks;
}

export interface DepthPicture {
  /** Points of the depth, 0 … 1 in both directions, y from the top. */
  readonly points: readonly Point[];
  readonly activatePlace: number;
  readonly deactivatePlace: number;
}

/** The depth with its two limits; the scale always holds the upper one, so that the distance to it is seen. */
export function toDepthPicture(
  depths: readonly number[],
  activateAtRows: number,
  deactivateAtRows: number,
): DepthPicture {
  const top = Math.max(activateAtRows * 1.25, ...depths.map((depth) => depth * 1.05));
  const place = (rows: number): number => 1 - rows / top;
  const last = Math.max(1, depths.length - 1);
  return {
    points: depths.map((depth, index) => ({ x: depths.length === 1 ? 1 : index / last, y: place(depth) })),
    activatePlace: place(activateAtRows),
    deactivatePlace: place(deactivateAtRows),
  };
}

/** Marks for an axis of time at full hours, half or quarter hours; at most `maxCount`, in UTC steps. */
export function toTimeTicks(fromMs: number, toMs: number, maxCount: number): readonly number[] {
  const MINUTE_MS = 60_000;
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1_440].map((minutes) => minutes * MINUTE_MS);
  const step = steps.find((candidate) => (toMs - fromMs) / candidate <= maxCount) ?? 2 * 1_440 * MINUTE_MS;
  const ticks: number[] = [];
  for (let atMs = Math.ceil(fromMs / step) * step; atMs <= toMs; atMs += step) ticks.push(atMs);
  return ticks;
}

/**
 * Places of labels that would touch: keeps their order and at least `gap` between them, inside `from` … `to`.
 * Input and output are in the same order.
 */
export function spreadLabels(wanted: readonly number[], gap: number, from: number, to: number): readonly number[] {
  const order = wanted.map((_place, index) => index).sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0));
  const places: number[] = [...wanted];
  let lowest = from;
  for (const index of order) {
    places[index] = Math.max(places[index] ?? from, lowest);
    lowest = (places[index] ?? from) + gap;
  }
  let highest = to;
  for (const index of order.reverse()) {
    places[index] = Math.min(places[index] ?? to, highest);
    highest = (places[index] ?? to) - gap;
  }
  return places;
}

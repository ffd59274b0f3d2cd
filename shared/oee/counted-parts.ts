import type { TimeRange } from './time-class.ts';

/** Good readings of one counter, sorted by time, with the sum of its deltas up to and including each. */
export interface CountedSeries {
  readonly timesMs: readonly number[];
  readonly sums: readonly number[];
}

/** First index whose time is not before `timeMs`. */
export function indexAtOrAfter(timesMs: readonly number[], timeMs: number): number {
  let low = 0;
  let high = timesMs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((timesMs[middle] ?? Number.POSITIVE_INFINITY) < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** First index whose time is after `timeMs`. */
export function indexAfter(timesMs: readonly number[], timeMs: number): number {
  let index = indexAtOrAfter(timesMs, timeMs);
  while (timesMs[index] === timeMs) index += 1;
  return index;
}

/**
 * Parts counted after `fromMs` and up to the time that is asked for. A delta belongs to the time between
 * its two readings; when that touches a gap (time that is not known), its parts go with the gap, because
 * counting parts without their time is how performance reads 144 % (T5, case S10). `gaps` are sorted.
 */
export function partsCounter(
  { timesMs, sums }: CountedSeries,
  fromMs: number,
  gaps: readonly TimeRange[],
): (atMs: number) => number {
  const sumBefore = (index: number): number => sums[index - 1] ?? 0;
  const spans = spansOf(timesMs, gaps);
  const countedBefore = (index: number): number => {
    let lost = 0;
    for (const { first, end } of spans) {
      if (first >= index) break;
      lost += sumBefore(Math.min(end, index)) - sumBefore(first);
    }
    return sumBefore(index) - lost;
  };
  const base = countedBefore(indexAfter(timesMs, fromMs));
  return (atMs) => countedBefore(indexAfter(timesMs, atMs)) - base;
}

/** Half-open ranges of indices whose deltas touch a gap; the first reading has no delta. */
function spansOf(timesMs: readonly number[], gaps: readonly TimeRange[]): { first: number; end: number }[] {
  const spans: { first: number; end: number }[] = [];
  for (const gap of gaps) {
    const first = Math.max(1, indexAfter(timesMs, gap.fromMs));
    const end = Math.min(timesMs.length, indexAtOrAfter(timesMs, gap.toMs) + 1);
    const last = spans.at(-1);
    if (last !== undefined && first <= last.end) last.end = Math.max(last.end, end);
    else if (first < end) spans.push({ first, end });
  }
  return spans;
}

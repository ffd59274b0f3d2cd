import type { ExplainedInterval } from './machine-account.ts';
import type { TimeRange } from './time-class.ts';

/** Intervals cut to a range, found by bisection. */
export function overlapping(intervals: readonly ExplainedInterval[], { fromMs, toMs }: TimeRange): ExplainedInterval[] {
  const found: ExplainedInterval[] = [];
  let low = 0;
  let high = intervals.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((intervals[middle]?.toMs ?? Number.POSITIVE_INFINITY) <= fromMs) low = middle + 1;
    else high = middle;
  }
  for (let index = low; index < intervals.length; index += 1) {
    const interval = intervals[index];
    if (interval === undefined || interval.fromMs >= toMs) break;
    const from = Math.max(interval.fromMs, fromMs);
    const to = Math.min(interval.toMs, toMs);
    found.push(from === interval.fromMs && to === interval.toMs ? interval : { ...interval, fromMs: from, toMs: to });
  }
  return found;
}

import { pushMerged } from './state-intervals.ts';
import type { ClassifiedInterval } from './time-class.ts';

/**
 * At most `limit` segments of the same time without gap or overlap: the shortest ones are given to the
 * segment before them (the first to the one after). Only for drawing; accounts are made of all intervals.
 */
export function shortenTimeline(intervals: readonly ClassifiedInterval[], limit: number): ClassifiedInterval[] {
  let current = [...intervals];
  while (current.length > limit && current.length > 1) current = absorbShortest(current, current.length - limit);
  return current;
}

function absorbShortest(intervals: readonly ClassifiedInterval[], count: number): ClassifiedInterval[] {
  const byLength = intervals
    .map((_interval, index) => index)
    .sort((a, b) => lengthOf(intervals[a]) - lengthOf(intervals[b]) || a - b);
  const absorbed = new Set(byLength.slice(0, count));
  const kept: ClassifiedInterval[] = [];
  const startMs = intervals[0]?.fromMs ?? 0;
  intervals.forEach((interval, index) => {
    const last = kept.at(-1);
    if (!absorbed.has(index)) pushMerged(kept, { ...interval, fromMs: last?.toMs ?? startMs });
    else if (last !== undefined) kept[kept.length - 1] = { ...last, toMs: interval.toMs };
  });
  return kept;
}

const lengthOf = (interval: ClassifiedInterval | undefined): number =>
  interval === undefined ? 0 : interval.toMs - interval.fromMs;

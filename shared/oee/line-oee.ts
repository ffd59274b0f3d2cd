import { pushMerged } from './state-intervals.ts';
import type { ClassifiedInterval, TimeRange } from './time-class.ts';

/**
 * A serial line is one virtual machine (oee.md 2.6): time of the bottleneck, ideal cycle of the bottleneck,
 * parts and good parts of the last machine. OEE is then what left the line against what the bottleneck could
 * have made in the planned time; rejects between the two show as performance.
 */

/** What is asked of a machine to find its part in the line. */
export interface LineMember {
  readonly isBottleneck: boolean;
  readonly idealCycleMs: number | null;
}

/**
 * Index of the bottleneck: the machine that is marked, else the one with the longest ideal cycle; null when
 * no machine has an ideal cycle, because then the line has none either.
 */
export function findBottleneck(machines: readonly LineMember[]): number | null {
  const marked = machines.findIndex((machine) => machine.isBottleneck);
  if (marked >= 0) return marked;
  let slowest: number | null = null;
  machines.forEach(({ idealCycleMs }, index) => {
    const longestMs = slowest === null ? 0 : (machines[slowest]?.idealCycleMs ?? 0);
    if (idealCycleMs !== null && idealCycleMs > longestMs) slowest = index;
  });
  return slowest;
}

/**
 * Lays the time in which another machine was not known over these intervals: the line is known only while
 * both its bottleneck and its last machine are, else time and parts would not fit (S10). `gaps` are sorted.
 */
export function withGaps(
  intervals: readonly ClassifiedInterval[],
  gaps: readonly TimeRange[],
  cause: string,
): ClassifiedInterval[] {
  const found: ClassifiedInterval[] = [];
  for (const interval of intervals) {
    let { fromMs } = interval;
    for (const gap of gaps) {
      if (gap.toMs <= fromMs || gap.fromMs >= interval.toMs || interval.timeClass === 'unknown') continue;
      pushMerged(found, { ...interval, fromMs, toMs: Math.max(fromMs, gap.fromMs) });
      const toMs = Math.min(interval.toMs, gap.toMs);
      pushMerged(found, { fromMs: Math.max(fromMs, gap.fromMs), toMs, timeClass: 'unknown', cause });
      fromMs = toMs;
    }
    pushMerged(found, { ...interval, fromMs });
  }
  return found;
}

/** Times that are not known, sorted; the plan must not be laid over the intervals yet. */
export function gapsOf(intervals: readonly ClassifiedInterval[]): TimeRange[] {
  return intervals.filter(({ timeClass }) => timeClass === 'unknown').map(({ fromMs, toMs }) => ({ fromMs, toMs }));
}

import { pushMerged } from './state-intervals.ts';
import type { ClassifiedInterval, TimeClass, TimeRange } from './time-class.ts';

export interface PlannedWindow extends TimeRange {
  readonly name: string;
}

export interface TimePlan {
  /** Times in which the machine is meant to work, sorted, without overlap; outside is `not-scheduled`. */
  readonly scheduled: readonly TimeRange[];
  /** Breaks and planned maintenance, sorted, without overlap. */
  readonly planned: readonly PlannedWindow[];
}

/** Classes that make up a stop; setup is a loss of its own and never a short stop. */
const STOP_CLASSES: readonly TimeClass[] = ['failure', 'starved', 'blocked', 'unassigned'];
const isStop = ({ timeClass }: ClassifiedInterval): boolean => STOP_CLASSES.includes(timeClass);

/**
 * Turns stops up to the micro-stop limit into `short-stop`: performance loss instead of availability loss.
 * A stop is everything between two stretches of another class (Aborted, Clearing, Resetting … are one), and
 * it is measured whole: give it intervals that begin at least `microStopMs` before the range that is
 * wanted, and cut with `applyPlan` afterwards (L9). A stop that still goes on is short until it is longer
 * than the limit, then all of it turns (L10).
 */
export function classifyStops(intervals: readonly ClassifiedInterval[], microStopMs: number): ClassifiedInterval[] {
  const found: ClassifiedInterval[] = [];
  for (let first = 0; first < intervals.length;) {
    let end = first;
    while (end < intervals.length && isSameKind(intervals[first], intervals[end])) end += 1;
    const group = intervals.slice(first, end);
    const lengthMs = group.reduce((total, { fromMs, toMs }) => total + toMs - fromMs, 0);
    const isShort = group.every(isStop) && lengthMs <= microStopMs;
    for (const interval of group) pushMerged(found, isShort ? { ...interval, timeClass: 'short-stop' } : interval);
    first = end;
  }
  return found;
}

/** True for pieces of the same stop; everything that is no stop stands alone. */
function isSameKind(first: ClassifiedInterval | undefined, other: ClassifiedInterval | undefined): boolean {
  return first === other || (first !== undefined && other !== undefined && isStop(first) && isStop(other));
}

/**
 * Cuts classified time at a range and lays the plan over it. The plan wins: within a planned window
 * everything but run is `planned` (L1), also what is not known, because nothing was to be known. Run stays
 * run and so comes back into the planned production time: a worked break (L3). A stop that outlasts the
 * window is a loss from the window's end (L2).
 */
export function applyPlan(
  intervals: readonly ClassifiedInterval[],
  plan: TimePlan,
  range: TimeRange,
): ClassifiedInterval[] {
  const edges = [...plan.scheduled, ...plan.planned].flatMap(({ fromMs, toMs }) => [fromMs, toMs]);
  const found: ClassifiedInterval[] = [];
  for (const interval of cutAt(intervals, [...edges, range.fromMs, range.toMs])) {
    if (interval.fromMs < range.fromMs || interval.toMs > range.toMs) continue;
    pushMerged(found, planned(interval, plan));
  }
  return found;
}

function planned(interval: ClassifiedInterval, plan: TimePlan): ClassifiedInterval {
  if (!plan.scheduled.some((shift) => contains(shift, interval))) {
    return { ...interval, timeClass: 'not-scheduled', cause: null };
  }
  const window = plan.planned.find((candidate) => contains(candidate, interval));
  if (window === undefined || interval.timeClass === 'run') return interval;
  return { ...interval, timeClass: 'planned', cause: window.name };
}

const contains = (outer: TimeRange, inner: TimeRange): boolean =>
  outer.fromMs <= inner.fromMs && inner.toMs <= outer.toMs;

/** The same time with a cut at each edge (K4). */
function cutAt(intervals: readonly ClassifiedInterval[], edges: readonly number[]): ClassifiedInterval[] {
  const sorted = [...new Set(edges)].sort((a, b) => a - b);
  const pieces: ClassifiedInterval[] = [];
  let next = 0;
  for (const interval of intervals) {
    let { fromMs } = interval;
    while ((sorted[next] ?? Number.POSITIVE_INFINITY) <= fromMs) next += 1;
    for (let edge = sorted[next]; edge !== undefined && edge < interval.toMs; edge = sorted[next]) {
      pieces.push({ ...interval, fromMs, toMs: edge });
      fromMs = edge;
      next += 1;
    }
    pieces.push({ ...interval, fromMs });
  }
  return pieces;
}

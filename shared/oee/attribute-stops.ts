import type { ExplainedInterval } from './machine-account.ts';
import type { TimeClass } from './time-class.ts';

/** A machine of a line, with those it gets material from and hands it to (by index in the line). */
export interface LineNeighbour {
  readonly name: string;
  readonly intervals: readonly ExplainedInterval[];
  readonly upstream: number | null;
  readonly downstream: number | null;
}

/** What stops a neighbour: run and time that is not known cannot be to blame. */
const BLAMED: ReadonlySet<TimeClass> = new Set(['failure', 'unassigned', 'setup', 'short-stop', 'starved', 'blocked']);

/**
 * L11, line view: time in which a machine is starved or blocked belongs to the machine that causes it. Of the stops of
 * the neighbour that overlap it, the longest is the cause; a neighbour that waits itself passes the blame on in the same
 * direction. Where nobody stands, it stays starved or blocked.
 */
export function attributeStops(line: readonly LineNeighbour[], index: number): ExplainedInterval[] {
  const machine = line[index];
  if (machine === undefined) return [];
  return machine.intervals.map((interval) => {
    if (interval.reasonSource === 'operator') return interval;
    const { timeClass } = interval;
    if (timeClass !== 'starved' && timeClass !== 'blocked') return interval;
    const direction = timeClass === 'starved' ? 'upstream' : 'downstream';
    return blameOf(line, index, direction, interval) ?? interval;
  });
}

function blameOf(
  line: readonly LineNeighbour[],
  index: number,
  direction: 'upstream' | 'downstream',
  waiting: ExplainedInterval,
): ExplainedInterval | null {
  const seen = new Set([index]);
  let blamed: ExplainedInterval | null = null;
  for (let at = line[index]?.[direction] ?? null; at !== null && !seen.has(at); at = line[at]?.[direction] ?? null) {
    seen.add(at);
    const neighbour = line[at];
    if (neighbour === undefined) break;
    const stop = longestStop(neighbour.intervals, waiting);
    if (stop === null) break;
    const timeClass = stop.timeClass === 'short-stop' ? 'unassigned' : stop.timeClass;
    const cause = stop.cause === null ? neighbour.name : `${neighbour.name}: ${stop.cause}`;
    blamed = { ...waiting, timeClass, cause, reasonId: stop.reasonId, reasonSource: 'neighbour' };
    const waitsItself = timeClass === (direction === 'upstream' ? 'starved' : 'blocked');
    if (!waitsItself) break;
  }
  return blamed;
}

/** The stretch of standing that overlaps the waiting most. */
function longestStop(intervals: readonly ExplainedInterval[], waiting: ExplainedInterval): ExplainedInterval | null {
  let longest: ExplainedInterval | null = null;
  let longestMs = 0;
  for (let index = firstEndingAfter(intervals, waiting.fromMs); index < intervals.length; index += 1) {
    const interval = intervals[index];
    if (interval === undefined || interval.fromMs >= waiting.toMs) break;
    if (!BLAMED.has(interval.timeClass)) continue;
    const sharedMs = Math.min(interval.toMs, waiting.toMs) - Math.max(interval.fromMs, waiting.fromMs);
    if (sharedMs > longestMs) [longest, longestMs] = [interval, sharedMs];
  }
  return longest;
}

function firstEndingAfter(intervals: readonly ExplainedInterval[], atMs: number): number {
  let low = 0;
  let high = intervals.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((intervals[middle]?.toMs ?? Number.POSITIVE_INFINITY) <= atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

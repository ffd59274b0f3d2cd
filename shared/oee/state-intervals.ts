import { PACKML_CLASSES, type StateMeaning, stateMeaning } from './packml-classes.ts';
import type { ClassifiedInterval, TimeClass, TimeRange } from './time-class.ts';

/** One reading of a series sorted by time. `value` null: not known (bad or stale quality, or no value). */
export interface Reading<V> {
  readonly timeMs: number;
  readonly value: V | null;
}

export interface StateSeries {
  /** PackML state names. */
  readonly states: readonly Reading<string>[];
  readonly starved?: readonly Reading<boolean>[];
  readonly blocked?: readonly Reading<boolean>[];
  /** Text of the machine's first-out stop reason; empty when there is none. */
  readonly stopReasons?: readonly Reading<string>[];
  /** `Connection/Online`: false while the edge node did not observe the machine. Absent: it always did. */
  readonly online?: readonly Reading<boolean>[];
}

/**
 * Cuts a range into what the machine did, and nothing is left over: the intervals follow one another from
 * `fromMs` to `toMs` exactly. Values hold until the next reading (T1); before the first one, while it is not
 * known (T3) and while nobody observed (T2) the class is `unknown`. A state the table does not have is
 * `unknown` too: guessing it would move OEE. Stops are not yet compared with the micro-stop limit.
 */
export function stateIntervals(
  series: StateSeries,
  range: TimeRange,
  table: Readonly<Record<string, StateMeaning>> = PACKML_CLASSES,
): ClassifiedInterval[] {
  const at = {
    state: cursor(series.states),
    starved: cursor(series.starved ?? []),
    blocked: cursor(series.blocked ?? []),
    online: cursor(series.online ?? []),
  };
  const observes = series.online !== undefined && series.online.length > 0;
  const reasons = reasonFinder(series.stopReasons ?? []);
  const cuts = cutTimes(series, range);
  const found: ClassifiedInterval[] = [];
  cuts.forEach((fromMs, index) => {
    const toMs = cuts[index + 1] ?? range.toMs;
    const isObserved = !observes || at.online(fromMs) === true;
    const flags = { isStarved: at.starved(fromMs) === true, isBlocked: at.blocked(fromMs) === true };
    const state = at.state(fromMs);
    const reason = isObserved && state !== null ? reasons(fromMs, toMs) : null;
    const judged = isObserved ? judge(state, flags, reason, table) : UNOBSERVED;
    pushMerged(found, { fromMs, toMs, ...judged });
  });
  return found;
}

type Judged = Pick<ClassifiedInterval, 'timeClass' | 'cause'>;
const UNOBSERVED: Judged = { timeClass: 'unknown', cause: 'not observed' };

function judge(
  state: string | null,
  flags: { readonly isStarved: boolean; readonly isBlocked: boolean },
  reason: string | null,
  table: Readonly<Record<string, StateMeaning>>,
): Judged {
  if (state === null) return { timeClass: 'unknown', cause: 'no good state value' };
  const meaning = stateMeaning(state, table);
  if (meaning === undefined) return { timeClass: 'unknown', cause: `state “${state}” has no class` };
  const timeClass = toClass(meaning, flags, reason);
  return { timeClass, cause: timeClass === 'run' ? null : (reason ?? state) };
}

function toClass(
  meaning: StateMeaning,
  flags: { readonly isStarved: boolean; readonly isBlocked: boolean },
  reason: string | null,
): TimeClass {
  if (meaning === 'by-reason') return reason === null ? 'unassigned' : 'failure';
  if (meaning === 'by-order') return 'unassigned';
  if (meaning !== 'by-flags') return meaning;
  // Both flags: without material the way out does not matter.
  if (flags.isStarved) return 'starved';
  return flags.isBlocked ? 'blocked' : 'unassigned';
}

/** Start of each piece in which no series but the stop reason changes. */
function cutTimes(series: StateSeries, { fromMs, toMs }: TimeRange): number[] {
  if (fromMs >= toMs) return [];
  const times = new Set([fromMs]);
  for (const readings of [series.states, series.starved, series.blocked, series.online]) {
    let previous: unknown;
    for (const { timeMs, value } of readings ?? []) {
      // A repeated value is no change; without this a stop's reason would be asked for in pieces.
      if (value !== previous && timeMs > fromMs && timeMs < toMs) times.add(timeMs);
      previous = value;
    }
  }
  return [...times].sort((a, b) => a - b);
}

/** Value that holds at a time; times must be asked for in rising order. */
function cursor<V>(readings: readonly Reading<V>[]): (timeMs: number) => V | null {
  let next = 0;
  let value: V | null = null;
  return (timeMs) => {
    for (let reading = readings[next]; reading !== undefined && reading.timeMs <= timeMs; reading = readings[next]) {
      value = reading.value;
      next += 1;
    }
    return value;
  };
}

/**
 * Reason of a piece: the first one the machine gave within it (it often comes some moments after the
 * state), else the one that already stood. Ranges must be asked for in rising order.
 */
function reasonFinder(readings: readonly Reading<string>[]): (fromMs: number, toMs: number) => string | null {
  const held = cursor(readings);
  let next = 0;
  return (fromMs, toMs) => {
    const standing = held(fromMs);
    for (let reading = readings[next]; reading !== undefined && reading.timeMs < toMs; reading = readings[next]) {
      if (reading.timeMs >= fromMs && isReason(reading.value)) return reading.value.trim();
      next += 1;
    }
    return isReason(standing) ? standing.trim() : null;
  };
}

const isReason = (text: string | null): text is string => text !== null && text.trim() !== '';

/** Appends an interval; one that says the same as the last only makes it longer. */
export function pushMerged(intervals: ClassifiedInterval[], interval: ClassifiedInterval): void {
  const last = intervals.at(-1);
  const isSame =
    last?.timeClass === interval.timeClass && last.cause === interval.cause && last.toMs === interval.fromMs;
  if (isSame) intervals[intervals.length - 1] = { ...last, toMs: interval.toMs };
  else if (interval.toMs > interval.fromMs) intervals.push(interval);
}

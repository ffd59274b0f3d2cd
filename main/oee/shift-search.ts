import { runningShift, type ShiftInstance } from '../../shared/oee/shift-calendar.ts';
import type { TimeRange } from '../../shared/oee/time-class.ts';
import type { OeeSite } from './oee-site.ts';

type Calendar = Pick<OeeSite, 'shifts' | 'timeZone'>;

/** A shift is found wherever it lasts longer than this. */
const STEP_MS = 15 * 60_000;
/** No calendar has a longer pause in which nobody asks for the last shift; a plant holiday is shorter. */
const SEARCH_MS = 60 * 24 * 3_600_000;

/** The shift that began before `beforeMs` and is nearest to it; null when there was none for two months. */
export function shiftBefore({ shifts, timeZone }: Calendar, beforeMs: number): ShiftInstance | null {
  if (shifts.length === 0) return null;
  for (let atMs = beforeMs - 1; atMs > beforeMs - SEARCH_MS; atMs -= STEP_MS) {
    const found = runningShift(shifts, timeZone, atMs);
    if (found !== null) return found;
  }
  return null;
}

/** The shift that begins exactly then, or null. */
export function shiftFrom({ shifts, timeZone }: Calendar, fromMs: number): ShiftInstance | null {
  const found = runningShift(shifts, timeZone, fromMs);
  return found?.fromMs === fromMs ? found : null;
}

/** Shifts that began before `beforeMs` and did not end before `sinceMs`, newest first. */
export function* shiftsBackFrom(calendar: Calendar, beforeMs: number, sinceMs: number): Generator<ShiftInstance> {
  for (let next = shiftBefore(calendar, beforeMs); next !== null && next.toMs > sinceMs;) {
    yield next;
    next = shiftBefore(calendar, next.fromMs);
  }
}

/** Shifts that touch a range, oldest first. */
export const shiftsIn = (calendar: Calendar, { fromMs, toMs }: TimeRange): ShiftInstance[] =>
  [...shiftsBackFrom(calendar, toMs, fromMs)].reverse();

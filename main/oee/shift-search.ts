import { runningShift, type ShiftInstance, shiftsIn } from '../../shared/oee/shift-calendar.ts';
import type { TimeRange } from '../../shared/oee/time-class.ts';
import type { OeeSite } from './oee-site.ts';

type Calendar = Pick<OeeSite, 'shifts' | 'timeZone' | 'calendar'>;

/** How far back a shift is looked for, in steps: most plants had one in the last days, a plant holiday is shorter. */
const SEARCH_MS = [2, 14, 90].map((days) => days * 24 * 3_600_000);

/** The shift that began before `beforeMs` and is nearest to it; null when there was none for three months. */
export function shiftBefore(calendar: Calendar, beforeMs: number): ShiftInstance | null {
  for (const reachMs of SEARCH_MS) {
    const found = plannedShifts(calendar, { fromMs: beforeMs - reachMs, toMs: beforeMs });
    const last = found.findLast(({ fromMs }) => fromMs < beforeMs);
    if (last !== undefined) return last;
  }
  return null;
}

/** The shift that begins exactly then, or null. */
export function shiftFrom({ shifts, timeZone, calendar }: Calendar, fromMs: number): ShiftInstance | null {
  const found = runningShift(shifts, timeZone, fromMs, calendar.exceptions);
  return found?.fromMs === fromMs ? found : null;
}

/** Shifts that touch a range, oldest first. */
export const plannedShifts = ({ shifts, timeZone, calendar }: Calendar, range: TimeRange): ShiftInstance[] =>
  shiftsIn(shifts, timeZone, range, calendar.exceptions);

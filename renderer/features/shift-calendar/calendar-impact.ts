import type { ShiftInstance } from '../../../shared/oee/shift-calendar.ts';
import { shiftsIn } from '../../../shared/oee/shift-calendar.ts';
import type { Plan } from './calendar-week.ts';
import { HOUR_MS } from './clock-change.ts';

const WEEK_MS = 7 * 24 * HOUR_MS;

export interface CalendarImpact {
  /** Shifts of the last and the next four weeks that are others, or are no more. */
  readonly changedCount: number;
  /** Those of them that are over. */
  readonly closedCount: number;
  /** Shift time without breaks in the next four weeks. */
  readonly plannedBeforeMs: number;
  readonly plannedAfterMs: number;
}

const keyOf = ({ name, fromMs, toMs, breaks }: ShiftInstance): string => JSON.stringify([name, fromMs, toMs, breaks]);

const plannedMs = (shifts: readonly ShiftInstance[]): number =>
  shifts.reduce(
    (sum, { fromMs, toMs, breaks }) =>
      breaks.reduce((rest, pause) => rest - (pause.toMs - pause.fromMs), sum + toMs - fromMs),
    0,
  );

/** What another plan does to shifts and to the planned time. */
export function toImpact(before: Plan, after: Plan, timeZone: string, nowMs: number): CalendarImpact {
  const range = { fromMs: nowMs - 4 * WEEK_MS, toMs: nowMs + 4 * WEEK_MS };
  const read = ({ shifts, calendar }: Plan): ShiftInstance[] => shiftsIn(shifts, timeZone, range, calendar.exceptions);
  const [old, next] = [read(before), read(after)];
  const [oldKeys, nextKeys] = [new Set(old.map(keyOf)), new Set(next.map(keyOf))];
  const changed = [
    ...next.filter((shift) => !oldKeys.has(keyOf(shift))),
    // One that only changed its times is counted once.
    ...old.filter(
      (shift) =>
        !nextKeys.has(keyOf(shift)) &&
        !next.some(({ name, localDate }) => name === shift.name && localDate === shift.localDate),
    ),
  ];
  const coming = (shifts: readonly ShiftInstance[]): ShiftInstance[] => shifts.filter(({ fromMs }) => fromMs >= nowMs);
  return {
    changedCount: changed.length,
    closedCount: changed.filter(({ toMs }) => toMs <= nowMs).length,
    plannedBeforeMs: plannedMs(coming(old)),
    plannedAfterMs: plannedMs(coming(next)),
  };
}

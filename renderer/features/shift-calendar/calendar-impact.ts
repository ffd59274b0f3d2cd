import type { PlannedStretch } from '../../../shared/oee/machine-account.ts';
import { plannedStretchesIn, type ShiftInstance, shiftsIn } from '../../../shared/oee/shift-calendar.ts';
import type { Plan } from './calendar-week.ts';
import { HOUR_MS } from './clock-change.ts';

const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;

export interface CalendarImpact {
  /** Shifts of the last and the next four weeks that are others, or are no more. */
  readonly changedCount: number;
  /** Those of them that are over. */
  readonly closedCount: number;
  /** Shift time without breaks in the next four weeks. */
  readonly plannedBeforeMs: number;
  readonly plannedAfterMs: number;
  /** What planned windows take of the shifts of the next four weeks, of all machines together. */
  readonly windowsBeforeMs: number;
  readonly windowsAfterMs: number;
}

/** A shift with the planned windows that reach into it, of every machine. */
interface PlannedShift extends ShiftInstance {
  readonly windows: readonly PlannedStretch[];
}

const keyOf = ({ name, fromMs, toMs, breaks, windows }: PlannedShift): string =>
  JSON.stringify([name, fromMs, toMs, breaks, windows]);

/** The target of a change-over takes no planned time. */
const windowMs = (shifts: readonly PlannedShift[]): number =>
  shifts
    .flatMap((shift) =>
      shift.windows.map(({ kind, fromMs, toMs }) =>
        kind === 'setup-target' ? 0 : Math.min(toMs, shift.toMs) - Math.max(fromMs, shift.fromMs),
      ),
    )
    .reduce((sum, ms) => sum + ms, 0);

const plannedMs = (shifts: readonly ShiftInstance[]): number =>
  shifts.reduce(
    (sum, { fromMs, toMs, breaks }) =>
      breaks.reduce((rest, pause) => rest - (pause.toMs - pause.fromMs), sum + toMs - fromMs),
    0,
  );

/** What another plan does to shifts and to the planned time. */
export function toImpact(
  before: Plan,
  after: Plan,
  { timeZone, machineIds, nowMs }: { timeZone: string; machineIds: readonly string[]; nowMs: number },
): CalendarImpact {
  const range = { fromMs: nowMs - 4 * WEEK_MS, toMs: nowMs + 4 * WEEK_MS };
  const read = ({ shifts, calendar }: Plan): PlannedShift[] => {
    // The last shifts reach beyond the range, and are whole.
    const whole = { ...range, toMs: range.toMs + DAY_MS };
    const windows = machineIds.flatMap((id) => plannedStretchesIn(calendar.plannedWindows, id, timeZone, whole));
    return shiftsIn(shifts, timeZone, range, calendar.exceptions).map((shift) => ({
      ...shift,
      windows: windows.filter(({ fromMs, toMs }) => fromMs < shift.toMs && toMs > shift.fromMs),
    }));
  };
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
  const coming = (shifts: readonly PlannedShift[]): PlannedShift[] => shifts.filter(({ fromMs }) => fromMs >= nowMs);
  return {
    changedCount: changed.length,
    closedCount: changed.filter(({ toMs }) => toMs <= nowMs).length,
    plannedBeforeMs: plannedMs(coming(old)),
    plannedAfterMs: plannedMs(coming(next)),
    windowsBeforeMs: windowMs(coming(old)),
    windowsAfterMs: windowMs(coming(next)),
  };
}

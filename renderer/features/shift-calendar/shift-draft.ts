import type { CalendarException } from '../../../shared/config/calendar.ts';
import { type ShiftConfig, Weekday } from '../../../shared/config/equipment.ts';
import type { SiteEditResult } from '../../../shared/domain/site-edit.ts';
import type { Plan } from './calendar-week.ts';

/** A shift without its days of the week, as a special day has it. */
export type DayShift = Omit<ShiftConfig, 'days'>;
export type DayName = ShiftConfig['days'][number];

const DAY_MINUTES = 24 * 60;
const LEAST_MINUTES = 15;

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
const timeOf = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
const moveTime = (time: string, minutes: number): string =>
  timeOf((minuteOf(time) + minutes + DAY_MINUTES) % DAY_MINUTES);

/**
 * The shift with its breaks so much later, or only its end. As it was where it would begin on another day, or be
 * longer than a day or shorter than a quarter of an hour.
 */
export function moveShift<T extends DayShift>(shift: T, minutes: number, isEndOnly: boolean): T {
  const fromMinute = minuteOf(shift.from);
  if (isEndOnly) {
    const lengthMinutes = (minuteOf(shift.to) - fromMinute + DAY_MINUTES) % DAY_MINUTES || DAY_MINUTES;
    const nextMinutes = lengthMinutes + minutes;
    if (nextMinutes < LEAST_MINUTES || nextMinutes > DAY_MINUTES) return shift;
    return { ...shift, to: moveTime(shift.to, minutes) };
  }
  if (fromMinute + minutes < 0 || fromMinute + minutes >= DAY_MINUTES) return shift;
  const breaks = shift.breaks.map((pause) => ({
    ...pause,
    from: moveTime(pause.from, minutes),
    to: moveTime(pause.to, minutes),
  }));
  return { ...shift, from: moveTime(shift.from, minutes), to: moveTime(shift.to, minutes), breaks };
}

/** Which shift of which production day. */
export interface ShiftPlace {
  readonly name: string;
  /** `2026-12-24` */
  readonly localDate: string;
}

export const exceptionOf = ({ calendar }: Plan, localDate: string): CalendarException | undefined =>
  calendar.exceptions.find(({ date }) => date === localDate);

/** Moves a shift: that of the special day where the day is one, else that of the week. */
export function moveInPlan(plan: Plan, { name, localDate }: ShiftPlace, minutes: number, isEndOnly: boolean): Plan {
  const move = <T extends DayShift>(shift: T): T =>
    shift.name === name ? moveShift(shift, minutes, isEndOnly) : shift;
  const special = exceptionOf(plan, localDate);
  if (special === undefined) return { ...plan, shifts: plan.shifts.map(move) };
  if (special.shifts === 'closed') return plan;
  return withException(plan, { ...special, shifts: special.shifts.map(move) });
}

/** The plan with this special day, in place of one of the same date. */
export function withException(plan: Plan, exception: CalendarException): Plan {
  const { exceptions } = plan.calendar;
  const isKnown = exceptions.some(({ date }) => date === exception.date);
  const next = isKnown
    ? exceptions.map((one) => (one.date === exception.date ? exception : one))
    : [...exceptions, exception];
  return { ...plan, calendar: { ...plan.calendar, exceptions: next } };
}

/** The day of the week of `2026-12-24`, as a shift names it. */
export const weekdayNameOf = (localDate: string): DayName =>
  Weekday.options[(new Date(`${localDate}T00:00:00Z`).getUTCDay() + 6) % 7] ?? 'mon';

/** A name that no shift has yet: `New shift`, `New shift 2`. */
export function freeName(shifts: readonly DayShift[]): string {
  const names = new Set(shifts.map(({ name }) => name));
  for (let count = 1; ; count++) {
    const name = count === 1 ? 'New shift' : `New shift ${count}`;
    if (!names.has(name)) return name;
  }
}

/** A new shift on that day: in every week, or of the special day alone where it is one. Null on a closed day. */
export function drawInPlan(plan: Plan, localDate: string, from: string, to: string): Plan | null {
  const special = exceptionOf(plan, localDate);
  if (special?.shifts === 'closed') return null;
  const known = special === undefined ? plan.shifts : special.shifts;
  const shift = { name: freeName(known), from, to, breaks: [] };
  if (special === undefined)
    return { ...plan, shifts: [...plan.shifts, { ...shift, days: [weekdayNameOf(localDate)] }] };
  return withException(plan, { ...special, shifts: [...special.shifts, shift] });
}

/** What a special day with shifts of its own begins with: those of its day of the week. */
export function shiftsToBegin(shifts: readonly ShiftConfig[], localDate: string): DayShift[] {
  const weekday = weekdayNameOf(localDate);
  const usual = shifts
    .filter(({ days }) => days.includes(weekday))
    .map(({ name, from, to, breaks }) => ({ name, from, to, breaks }));
  return usual.length > 0 ? usual : [{ name: freeName([]), from: '06:00', to: '14:00', breaks: [] }];
}

/** What is wrong with what stands at a path such as `shifts[1]`, by its field; '' is the whole of it. */
export function faultsAt(planned: SiteEditResult | null, prefix: string): ReadonlyMap<string, string> {
  if (planned?.phase !== 'refused') return new Map();
  return new Map(
    planned.faults
      .filter(({ path }) => path === prefix || path.startsWith(`${prefix}.`))
      .map(({ path, text }) => [path.slice(prefix.length + 1), text]),
  );
}

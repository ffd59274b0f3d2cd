import type { CalendarException, PlannedWindowConfig } from '../config/calendar.ts';
import type { ShiftConfig } from '../config/equipment.ts';
import type { PlannedWindow } from './classify-stops.ts';
import type { PlannedStretch } from './machine-account.ts';
import type { TimeRange } from './time-class.ts';
import { addDays, describeDate, type LocalDate, localDateAt, toInstantMs, weekdayOf } from './zoned-time.ts';

/** A shift of one day as instants: half-open, 7 or 9 hours long where the clocks change in an 8-hour shift (K1). */
export interface ShiftInstance extends TimeRange {
  readonly name: string;
  /** Production day, `2026-03-28`: the day on which the shift starts (K3). */
  readonly localDate: string;
  readonly breaks: readonly PlannedWindow[];
}

const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const DAY_MINUTES = 24 * 60;
/** A shift lasts at most a day, so one that runs now started yesterday or today. */
const START_DAYS = [-1, 0];

/** A shift template without its days, as an exception of the calendar has it. */
type DayShift = Omit<ShiftConfig, 'days'>;

/**
 * The shift that runs at an instant, or null between shifts. `timeZone` is an IANA name. Where templates
 * overlap, the shift that started last counts: an instant belongs to one shift only (K6).
 */
export function runningShift(
  shifts: readonly ShiftConfig[],
  timeZone: string,
  atMs: number,
  exceptions: readonly CalendarException[] = [],
): ShiftInstance | null {
  const today = localDateAt(atMs, timeZone);
  let running: ShiftInstance | null = null;
  for (const days of START_DAYS) {
    for (const instance of shiftsOfDay(shifts, exceptions, addDays(today, days), timeZone)) {
      const isRunning = instance.fromMs <= atMs && atMs < instance.toMs;
      if (isRunning && (running === null || instance.fromMs > running.fromMs)) running = instance;
    }
  }
  return running;
}

/** Shifts that overlap a range, oldest first. */
export function shiftsIn(
  shifts: readonly ShiftConfig[],
  timeZone: string,
  { fromMs, toMs }: TimeRange,
  exceptions: readonly CalendarException[] = [],
): ShiftInstance[] {
  const found: ShiftInstance[] = [];
  const last = describeDate(localDateAt(toMs, timeZone));
  for (let date = addDays(localDateAt(fromMs, timeZone), -1); describeDate(date) <= last; date = addDays(date, 1)) {
    found.push(...shiftsOfDay(shifts, exceptions, date, timeZone));
  }
  return found.filter((shift) => shift.fromMs < toMs && shift.toMs > fromMs).sort((a, b) => a.fromMs - b.fromMs);
}

/** Shifts that start on a day: those of the week, or those of an exception instead. */
function shiftsOfDay(
  shifts: readonly ShiftConfig[],
  exceptions: readonly CalendarException[],
  date: LocalDate,
  timeZone: string,
): ShiftInstance[] {
  const exception = exceptions.find((one) => one.date === describeDate(date));
  if (exception?.shifts === 'closed') return [];
  const weekday = WEEKDAYS[weekdayOf(date)];
  const ofDay: readonly DayShift[] =
    exception?.shifts ?? shifts.filter(({ days }) => days.some((day) => day === weekday));
  return ofDay.map((shift) => toShiftInstance(shift, date, timeZone));
}

/** Planned windows of a machine that overlap a range, as instants; `machineId` is that of the site file. */
export function plannedStretchesIn(
  windows: readonly PlannedWindowConfig[],
  machineId: string,
  timeZone: string,
  range: TimeRange,
): PlannedStretch[] {
  const found: PlannedStretch[] = [];
  for (const { machine, name, kind, when } of windows) {
    if (machine !== undefined && machine !== machineId) continue;
    if (!('on' in when)) {
      found.push({ name, kind, fromMs: localInstant(when.from, timeZone), toMs: localInstant(when.to, timeZone) });
      continue;
    }
    const days = when.on;
    for (const shift of shiftsIn([{ name, days, from: when.from, to: when.to, breaks: [] }], timeZone, range)) {
      found.push({ name, kind, fromMs: shift.fromMs, toMs: shift.toMs });
    }
  }
  return found.filter(({ fromMs, toMs }) => fromMs < range.toMs && toMs > range.fromMs);
}

/** `2026-03-28T06:00`, with seconds or without, as an instant; what K2 says of times that do not exist holds here. */
function localInstant(text: string, timeZone: string): number {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0] = text.split(/[-T:.]/).map(Number);
  return toInstantMs({ year, month, day }, hour * 60 + minute, timeZone);
}

/** A shift template on the day it starts. Breaks outside the shift are left out, overlapping ones joined. */
function toShiftInstance(shift: DayShift, date: LocalDate, timeZone: string): ShiftInstance {
  const from = minuteOf(shift.from);
  const at = (minute: number): number =>
    toInstantMs(addDays(date, Math.floor(minute / DAY_MINUTES)), minute % DAY_MINUTES, timeZone);
  /** Minutes since midnight of the start day, after the start of the shift. */
  const after = (time: string, earliest: number): number => {
    const minute = minuteOf(time);
    return minute < earliest ? minute + DAY_MINUTES : minute;
  };
  const fromMs = at(from);
  const toMs = at(after(shift.to, from + 1));
  const breaks = shift.breaks.map((pause) => {
    const pauseFrom = after(pause.from, from);
    const pauseTo = minuteOf(pause.to) + Math.floor(pauseFrom / DAY_MINUTES) * DAY_MINUTES;
    return {
      name: pause.name,
      fromMs: Math.max(fromMs, at(pauseFrom)),
      toMs: Math.min(toMs, at(pauseTo <= pauseFrom ? pauseTo + DAY_MINUTES : pauseTo)),
    };
  });
  return { name: shift.name, localDate: describeDate(date), fromMs, toMs, breaks: joinOverlaps(breaks) };
}

function joinOverlaps(windows: readonly PlannedWindow[]): PlannedWindow[] {
  const joined: PlannedWindow[] = [];
  const real = windows.filter(({ fromMs, toMs }) => fromMs < toMs);
  for (const window of real.sort((a, b) => a.fromMs - b.fromMs)) {
    const last = joined.at(-1);
    if (last === undefined || window.fromMs >= last.toMs) joined.push(window);
    else joined[joined.length - 1] = { ...last, toMs: Math.max(last.toMs, window.toMs) };
  }
  return joined;
}

function minuteOf(time: string): number {
  const [hour, minute] = time.split(':');
  return Number(hour) * 60 + Number(minute);
}

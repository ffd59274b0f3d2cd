import type { ShiftConfig } from '../config/equipment.ts';
import type { PlannedWindow } from './classify-stops.ts';
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

/**
 * The shift that runs at an instant, or null between shifts. `timeZone` is an IANA name. Where templates
 * overlap, the shift that started last counts: an instant belongs to one shift only (K6).
 */
export function runningShift(shifts: readonly ShiftConfig[], timeZone: string, atMs: number): ShiftInstance | null {
  const today = localDateAt(atMs, timeZone);
  let running: ShiftInstance | null = null;
  for (const days of START_DAYS) {
    const date = addDays(today, days);
    for (const shift of shifts) {
      if (!shift.days.some((day) => day === WEEKDAYS[weekdayOf(date)])) continue;
      const instance = toShiftInstance(shift, date, timeZone);
      const isRunning = instance.fromMs <= atMs && atMs < instance.toMs;
      if (isRunning && (running === null || instance.fromMs > running.fromMs)) running = instance;
    }
  }
  return running;
}

/** A shift template on the day it starts. Breaks outside the shift are left out, overlapping ones joined. */
function toShiftInstance(shift: ShiftConfig, date: LocalDate, timeZone: string): ShiftInstance {
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

import { addDays, describeDate, type LocalDate, localTimeAt, toInstantMs } from '../../../shared/oee/zoned-time.ts';

const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A day on which the clocks are put forward or back. */
export interface ClockChange {
  readonly date: LocalDate;
  readonly atMs: number;
  /** What the clock shows when it happens, and what it is put to: `02:00`, `03:00`. */
  readonly fromTime: string;
  readonly toTime: string;
  /** Of the day; 23 h in spring, 25 h in autumn, 23.5 h and 24.5 h on Lord Howe Island. */
  readonly dayMs: number;
}

export interface DaySpan {
  readonly date: LocalDate;
  readonly fromMs: number;
  readonly toMs: number;
}

/** A day from midnight to midnight, in its true length. */
export const daySpan = (date: LocalDate, timeZone: string): DaySpan => ({
  date,
  fromMs: toInstantMs(date, 0, timeZone),
  toMs: toInstantMs(addDays(date, 1), 0, timeZone),
});

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/** The change of the clocks on a day, or null. */
export function clockChangeOn(date: LocalDate, timeZone: string): ClockChange | null {
  const { fromMs, toMs } = daySpan(date, timeZone);
  const dayMs = toMs - fromMs;
  if (dayMs === DAY_MS) return null;
  // Before the change the clock shows the time since midnight; after it, another one.
  const isBefore = (atMs: number): boolean => minuteOf(localTimeAt(atMs, timeZone)) === (atMs - fromMs) / MINUTE_MS;
  let [low, high] = [0, dayMs / MINUTE_MS];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isBefore(fromMs + middle * MINUTE_MS)) low = middle;
    else high = middle;
  }
  const fromTime = `${String(Math.floor(high / 60)).padStart(2, '0')}:${String(high % 60).padStart(2, '0')}`;
  const atMs = fromMs + high * MINUTE_MS;
  return { date, atMs, fromTime, toTime: localTimeAt(atMs, timeZone), dayMs };
}

/** Changes in the year after a day. */
export function clockChangesFrom(date: LocalDate, timeZone: string): ClockChange[] {
  return Array.from({ length: 366 }, (_unused, days) => clockChangeOn(addDays(date, days), timeZone)).filter(
    (change) => change !== null,
  );
}

/** `23 h: clocks go forward 02:00 → 03:00`. */
export function describeChange({ dayMs, fromTime, toTime }: ClockChange): string {
  return `${dayMs / HOUR_MS} h: clocks go ${dayMs < DAY_MS ? 'forward' : 'back'} ${fromTime} → ${toTime}`;
}

/** What becomes of a local time on the day of a change: null when it comes exactly once (K2). */
export function judgeTime(time: string, { date, dayMs }: ClockChange, timeZone: string): string | null {
  const instantMs = toInstantMs(date, minuteOf(time), timeZone);
  const shown = localTimeAt(instantMs, timeZone);
  if (shown !== time) return `${time} does not exist on ${describeDate(date)}: it counts as ${shown}`;
  // The clocks go back by what the day is longer.
  const isTwice = dayMs > DAY_MS && localTimeAt(instantMs - (dayMs - DAY_MS), timeZone) === time;
  return isTwice ? `${time} comes twice on ${describeDate(date)}: the later one counts` : null;
}

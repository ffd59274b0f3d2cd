import { wallParts } from '../oee/zoned-time.ts';

const SECOND_MS = 1_000;

interface WallClock {
  readonly date: string;
  readonly time: string;
  /** `+02:00`; of a zone without offset `+00:00`. */
  readonly offset: string;
}

/** What a clock on the wall shows at an instant; the two hours of an autumn night differ in their offset. */
export function wallClockAt(atMs: number, timeZone: string): WallClock {
  const {
    year = '',
    month = '',
    day = '',
    hour = '',
    minute = '',
    second = '',
    timeZoneName = '',
  } = wallParts(atMs, timeZone);
  const offset = timeZoneName.replace(/^GMT|^UTC/, '').replace('\u2212', '-');
  return {
    date: `${year.padStart(4, '0')}-${month}-${day}`,
    time: `${hour}:${minute}:${second}`,
    offset: offset === '' ? '+00:00' : offset,
  };
}

/** ISO 8601 in UTC, to the millisecond. */
export const utcIsoText = (atMs: number): string => new Date(atMs).toISOString();

/** ISO 8601 with the offset that held at the instant: unambiguous also where an hour comes twice. */
export function localIsoText(atMs: number, timeZone: string): string {
  const { date, time, offset } = wallClockAt(atMs, timeZone);
  const ms = ((Math.trunc(atMs) % SECOND_MS) + SECOND_MS) % SECOND_MS;
  return `${date}T${time}.${String(ms).padStart(3, '0')}${offset}`;
}

/** `2026-03-28 22:00:00 +01:00`. */
export function localText(atMs: number, timeZone: string): string {
  const { date, time, offset } = wallClockAt(atMs, timeZone);
  return `${date} ${time} ${offset}`;
}

/** Times of day in one zone; with the offset where the clocks change between the two ends of the range. */
export function timeOfDayTexts(range: { readonly fromMs: number; readonly toMs: number }, timeZone: string) {
  const isChanging = wallClockAt(range.fromMs, timeZone).offset !== wallClockAt(range.toMs, timeZone).offset;
  return (atMs: number): string => {
    const { time, offset } = wallClockAt(atMs, timeZone);
    return isChanging ? `${time} ${offset}` : time;
  };
}

/** `7:05:09`: hours, minutes and seconds, rounded to the second. */
export function spanText(ms: number): string {
  const seconds = Math.round(Math.abs(ms) / SECOND_MS);
  const pair = (value: number): string => String(value).padStart(2, '0');
  const text = `${Math.floor(seconds / 3_600)}:${pair(Math.floor(seconds / 60) % 60)}:${pair(seconds % 60)}`;
  return ms < 0 && seconds > 0 ? `−${text}` : text;
}

/** Spans of a column whose sum is printed below it: the running sum is rounded, so that the column adds up. */
export function spanTexts(spansMs: readonly number[]): string[] {
  let sumMs = 0;
  let shownS = 0;
  return spansMs.map((ms) => {
    sumMs += ms;
    const nextS = Math.round(sumMs / SECOND_MS);
    const text = spanText((nextS - shownS) * SECOND_MS);
    shownS = nextS;
    return text;
  });
}

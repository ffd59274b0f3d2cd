/** A day of the calendar; `month` 1 to 12. */
export interface LocalDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      calendar: 'iso8601',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      timeZoneName: 'longOffset',
    });
    formats.set(timeZone, format);
  }
  return format;
}

/** What a clock on the wall shows at an instant, by the names of `Intl`: `timeZoneName` is the offset, `GMT+02:00`. */
export function wallParts(instantMs: number, timeZone: string): Readonly<Record<string, string>> {
  const part: Record<string, string> = {};
  for (const { type, value } of formatOf(timeZone).formatToParts(instantMs)) part[type] = value;
  return part;
}

/** The clock on the wall at an instant, as if it were UTC: for differences and calendar arithmetic. */
function wallMs(instantMs: number, timeZone: string): number {
  const { year, month, day, hour, minute, second } = wallParts(instantMs, timeZone);
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
}

/** Day on the wall's calendar at an instant. */
export const localDateAt = (instantMs: number, timeZone: string): LocalDate => toDate(wallMs(instantMs, timeZone));

export function addDays({ year, month, day }: LocalDate, days: number): LocalDate {
  return toDate(Date.UTC(year, month - 1, day) + days * DAY_MS);
}

/** 0 Sunday to 6 Saturday. */
export const weekdayOf = ({ year, month, day }: LocalDate): number =>
  new Date(Date.UTC(year, month - 1, day)).getUTCDay();

export const describeDate = ({ year, month, day }: LocalDate): string =>
  `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;

/**
 * Instant at which the wall clock shows a time. As PostgreSQL does (K2): a time that occurs twice in autumn is
 * the later one, in standard time; a time that spring leaves out moves forward by the hour that is missing.
 */
export function toInstantMs({ year, month, day }: LocalDate, minuteOfDay: number, timeZone: string): number {
  const wantedMs = Date.UTC(year, month - 1, day) + minuteOfDay * MINUTE_MS;
  const offsetMs = (instantMs: number): number => wallMs(instantMs, timeZone) - instantMs;
  // No zone is more than a day from UTC, so these lie before and after any change of offset on that day.
  const beforeMs = offsetMs(wantedMs - DAY_MS);
  const afterMs = offsetMs(wantedMs + DAY_MS);
  const candidates = [wantedMs - beforeMs, wantedMs - afterMs];
  const matching = candidates.filter((instantMs) => wallMs(instantMs, timeZone) === wantedMs);
  return matching.length > 0 ? Math.max(...matching) : wantedMs - beforeMs;
}

function toDate(utcMs: number): LocalDate {
  const date = new Date(utcMs);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** `14:07` on the wall at an instant. */
export function localTimeAt(instantMs: number, timeZone: string): string {
  return new Date(wallMs(instantMs, timeZone)).toISOString().slice(11, 16);
}

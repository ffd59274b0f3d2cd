const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** A length of time with its two largest parts: `40 s`, `14 min`, `3 h 12 min`, `2 d 3 h`. */
export function durationText(durationMs: number): string {
  const ms = Math.max(0, durationMs);
  if (ms < MINUTE_MS) return `${Math.floor(ms / SECOND_MS)} s`;
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min`;
  if (ms < DAY_MS) return pair(Math.floor(ms / HOUR_MS), 'h', Math.floor((ms % HOUR_MS) / MINUTE_MS), 'min');
  return pair(Math.floor(ms / DAY_MS), 'd', Math.floor((ms % DAY_MS) / HOUR_MS), 'h');
}

const pair = (large: number, largeUnit: string, small: number, smallUnit: string): string =>
  small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;

/** A rough length, one part: what the free space of the buffer lasts for. */
export function roughDurationText(durationMs: number): string {
  if (durationMs < 2 * MINUTE_MS) return `${Math.floor(durationMs / SECOND_MS)} s`;
  if (durationMs < 2 * HOUR_MS) return `${Math.floor(durationMs / MINUTE_MS)} min`;
  if (durationMs < 3 * DAY_MS) return `${Math.floor(durationMs / HOUR_MS)} h`;
  const days = Math.floor(durationMs / DAY_MS);
  return days > 999 ? 'over 999 days' : `${days} days`;
}

/** Running time of a fault: `00:01:42`; with days in front when it lasts. */
export function stopwatchText(durationMs: number): string {
  const totalS = Math.floor(Math.max(0, durationMs) / SECOND_MS);
  const days = Math.floor(totalS / 86_400);
  const clock = [Math.floor((totalS % 86_400) / 3_600), Math.floor((totalS % 3_600) / 60), totalS % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
  return days === 0 ? clock : `${days} d ${clock}`;
}

/** Age of a value: tenths while it is young. A source clock that runs ahead gives `0.0 s`. */
export function ageText(ageMs: number): string {
  const ms = Math.max(0, ageMs);
  return ms < 10 * SECOND_MS ? `${(ms / SECOND_MS).toFixed(1)} s` : durationText(ms);
}

/** A latency: milliseconds, from a second on in seconds. */
export function latencyText(ms: number): string {
  if (Math.round(ms) < SECOND_MS) return `${Math.round(ms)} ms`;
  const seconds = (ms / SECOND_MS).toFixed(ms < 10 * SECOND_MS ? 1 : 0);
  return `${seconds.replace(/\.0$/, '')} s`;
}

/** The exact length of a stop or an interval: `4:18`, `1:04:18`. */
export function lengthText(durationMs: number): string {
  const totalS = Math.floor(Math.max(0, durationMs) / SECOND_MS);
  const [hours, minutes, seconds] = [Math.floor(totalS / 3_600), Math.floor((totalS % 3_600) / 60), totalS % 60];
  const tail = `${String(minutes).padStart(hours === 0 ? 1 : 2, '0')}:${String(seconds).padStart(2, '0')}`;
  return hours === 0 ? tail : `${hours}:${tail}`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${timeZone} ${JSON.stringify(options)}`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', { timeZone, hourCycle: 'h23', ...options });
    formats.set(key, format);
  }
  return format;
}

/** Time of day in the time zone of the site: `06:00`. */
export const timeOfDayText = (atMs: number, timeZone: string): string =>
  formatOf(timeZone, { hour: '2-digit', minute: '2-digit' }).format(atMs);

/** With seconds: `10:46:18`. */
export const exactTimeText = (atMs: number, timeZone: string): string =>
  formatOf(timeZone, { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(atMs);

/** `Mon 23 Nov`. */
export const dayText = (atMs: number, timeZone: string): string =>
  formatOf(timeZone, { weekday: 'short', day: 'numeric', month: 'short' }).format(atMs).replace(',', '');

/** Name of the zone at that time: `CET`, `CEST`, `GMT+5:30`. */
export const zoneText = (atMs: number, timeZone: string): string =>
  formatOf(timeZone, { timeZoneName: 'short' })
    .formatToParts(atMs)
    .find((part) => part.type === 'timeZoneName')?.value ?? timeZone;

/** A moment that may be of another day: `10:46:18`, from half a day on `21 Nov 10:46:18`. */
export function momentText(atMs: number, nowMs: number, timeZone: string): string {
  const time = exactTimeText(atMs, timeZone);
  if (nowMs - atMs < DAY_MS / 2) return time;
  return `${formatOf(timeZone, { day: 'numeric', month: 'short' }).format(atMs)} ${time}`;
}

/** With the day in front, for rows that may be days old: `23 Nov 10:46:18.250`. */
export function timestampText(atMs: number, timeZone: string): string {
  const day = formatOf(timeZone, { day: 'numeric', month: 'short' }).format(atMs);
  const ms = String(((Math.trunc(atMs) % 1_000) + 1_000) % 1_000).padStart(3, '0');
  return `${day} ${exactTimeText(atMs, timeZone)}.${ms}`;
}

import { toInstantMs } from '../../shared/oee/zoned-time.ts';
import { EngineError } from '../platform/engine-error.ts';

const LOCAL = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2}))?$/;

/**
 * An instant of the command line: ISO 8601 with its offset or `Z`, or `2026-03-28T06:00` (a date alone is its midnight)
 * by the wall clock of a zone. Milliseconds since 1970.
 * @throws EngineError `cli/usage`.
 */
export function readMoment(text: string, timeZone: string): number {
  const local = LOCAL.exec(text);
  if (local === null) {
    const instantMs = /(?:Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : Number.NaN;
    if (Number.isFinite(instantMs)) return instantMs;
    throw new EngineError('cli/usage', `${text} is no time such as 2026-03-28T06:00 or 2026-03-28T05:00:00Z`);
  }
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = local.slice(1).map((part) => Number(part ?? 0));
  const isDay = new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day && month >= 1 && month <= 12;
  if (!isDay || hour > 23 || minute > 59) throw new EngineError('cli/usage', `there is no time ${text}`);
  return toInstantMs({ year, month, day }, hour * 60 + minute, timeZone);
}

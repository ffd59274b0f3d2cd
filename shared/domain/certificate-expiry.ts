const DAY_MS = 86_400_000;

/** Days before the end at which a person is told, the most urgent last. */
export const EXPIRY_WARNING_DAYS = [30, 7, 1] as const;

/** `ends-30`: 30 days or less are left, and more than 7; and so on. */
export type ExpiryLevel = 'good' | 'ends-30' | 'ends-7' | 'ends-1' | 'expired' | 'not-yet-valid';

export interface Expiry {
  readonly level: ExpiryLevel;
  /** Whole days left, rounded down; negative when it is over: -1 on the first day after the end. */
  readonly daysLeft: number;
}

/** How near a certificate is to its end. The end itself is still valid (RFC 5280, 4.1.2.5), to the second. */
export function toExpiry(validFromMs: number, validToMs: number, nowMs: number): Expiry {
  const leftMs = validToMs - nowMs;
  const daysLeft = Math.floor(leftMs / DAY_MS);
  if (leftMs < 0) return { level: 'expired', daysLeft };
  if (nowMs < validFromMs) return { level: 'not-yet-valid', daysLeft };
  if (leftMs <= DAY_MS) return { level: 'ends-1', daysLeft };
  if (leftMs <= 7 * DAY_MS) return { level: 'ends-7', daysLeft };
  return { level: leftMs <= 30 * DAY_MS ? 'ends-30' : 'good', daysLeft };
}

/** `ends in 6 days (2026-11-29)`, for a sentence about a certificate. */
export function describeExpiry({ level, daysLeft }: Expiry, validFromMs: number, validToMs: number): string {
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  const days = (count: number): string => `${count} ${count === 1 ? 'day' : 'days'}`;
  switch (level) {
    case 'expired':
      return `expired ${daysLeft === -1 ? 'less than a day' : days(-daysLeft - 1)} ago (${day(validToMs)})`;
    case 'not-yet-valid':
      return `is not valid before ${new Date(validFromMs).toISOString()}`;
    default:
      return `ends in ${daysLeft === 0 ? 'less than a day' : days(daysLeft)} (${day(validToMs)})`;
  }
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeExpiry, EXPIRY_WARNING_DAYS, type ExpiryLevel, toExpiry } from './certificate-expiry.ts';

const DAY_MS = 86_400_000;
const fromMs = Date.UTC(2026, 0, 1);
const toMs = fromMs + 365 * DAY_MS;
const URGENCY: readonly ExpiryLevel[] = ['good', 'ends-30', 'ends-7', 'ends-1', 'expired'];
const level = (leftMs: number): ExpiryLevel => toExpiry(fromMs, toMs, toMs - leftMs).level;

describe('how near a certificate is to its end', () => {
  it('grows with time and never goes back', () => {
    const left = fc.integer({ min: -400 * DAY_MS, max: 365 * DAY_MS });
    fc.assert(
      fc.property(left, left, (a, b) => {
        const [sooner, later] = [Math.max(a, b), Math.min(a, b)];
        expect(URGENCY.indexOf(level(sooner))).toBeLessThanOrEqual(URGENCY.indexOf(level(later)));
      }),
    );
  });

  it.each(EXPIRY_WARNING_DAYS)('changes %d days before the end, to the millisecond', (days) => {
    expect(level(days * DAY_MS)).toBe(`ends-${days}`);
    expect(level(days * DAY_MS + 1)).not.toBe(`ends-${days}`);
  });

  it('is over one millisecond after the end, and not at the end', () => {
    expect(level(0)).toBe('ends-1');
    expect(level(-1)).toBe('expired');
  });

  it('counts as not yet valid before its beginning', () => {
    expect(toExpiry(fromMs, toMs, fromMs - 1).level).toBe('not-yet-valid');
    expect(toExpiry(fromMs, toMs, fromMs).level).toBe('good');
  });

  it('is said in whole days', () => {
    const say = (leftMs: number): string => describeExpiry(toExpiry(fromMs, toMs, toMs - leftMs), fromMs, toMs);
    expect(say(6.9 * DAY_MS)).toBe('ends in 6 days (2027-01-01)');
    expect(say(1.5 * DAY_MS)).toBe('ends in 1 day (2027-01-01)');
    expect(say(DAY_MS / 2)).toBe('ends in less than a day (2027-01-01)');
    expect(say(-DAY_MS / 2)).toBe('expired less than a day ago (2027-01-01)');
    expect(say(-1.5 * DAY_MS)).toBe('expired 1 day ago (2027-01-01)');
  });
});

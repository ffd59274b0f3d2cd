import { expect, it } from 'vitest';
import { readMoment } from './read-moment.ts';

it('reads instants with an offset as they are, and wall time in the zone of the site', () => {
  expect(readMoment('2026-03-28T05:00:00Z', 'Europe/Berlin')).toBe(Date.UTC(2026, 2, 28, 5));
  expect(readMoment('2026-03-28T06:00:00+01:00', 'UTC')).toBe(Date.UTC(2026, 2, 28, 5));
  expect(readMoment('2026-03-28T06:00', 'Europe/Berlin')).toBe(Date.UTC(2026, 2, 28, 5));
  expect(readMoment('2026-03-29', 'Europe/Berlin')).toBe(Date.UTC(2026, 2, 28, 23));
  expect(readMoment('2026-07-01 06:00', 'Europe/Berlin')).toBe(Date.UTC(2026, 6, 1, 4));
});

it.each(['yesterday', '2026-02-30', '2026-03-28T25:00', '06:00', '2026-03-28T06:00:00'])('refuses %s', (text) => {
  expect(() => readMoment(text, 'UTC')).toThrow(expect.objectContaining({ code: 'cli/usage' }) as Error);
});

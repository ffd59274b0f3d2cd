import { expect, it } from 'vitest';
import { parallelIdealMs, sumFleet } from './fleet-oee.ts';
import { toText } from './rational.ts';
import { roundFigure, roundPercent } from './round-figure.ts';

const machine = (plannedMs: number, runMs: number, idealCycleMs: number, totalCount: number, goodCount: number) => ({
  plannedMs,
  runMs,
  products: [{ idealCycleMs, totalCount, goodCount }],
});

it('a fleet sums numerators and denominators: it is not the mean of its machines', () => {
  const fleet = sumFleet([machine(400, 300, 1, 240, 240), machine(100, 20, 2, 10, 5)]);
  expect(
    [fleet.availability, fleet.performance, fleet.quality, fleet.oee].map((value) => value && toText(value)),
  ).toEqual(['16/25', '13/16', '25/26', '1/2']);
});

it('parallel branches sum their ideal rates', () => {
  const both = parallelIdealMs([3_000, 6_000]);
  expect(both === null ? null : toText(both)).toBe('2000');
  expect(parallelIdealMs([])).toBeNull();
});

it('figures are rounded half up from the exact fraction, and only once', () => {
  expect(roundFigure({ numerator: 1n, denominator: 20n }, 1)).toBe('0.1');
  expect(roundFigure({ numerator: -1n, denominator: 20n }, 1)).toBe('-0.1');
  expect(roundFigure({ numerator: -1n, denominator: 1_000n }, 1)).toBe('0.0');
  expect(roundFigure({ numerator: 5n, denominator: 2n }, 0)).toBe('3');
  // As a double 1.005 is a little less.
  expect(roundFigure({ numerator: 1_005n, denominator: 1_000n }, 2)).toBe('1.01');
  expect(roundPercent({ numerator: 59n, denominator: 240n }, 2)).toBe('24.58');
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { partsCounter } from './counted-parts.ts';

const series = { timesMs: [0, 10, 20, 30, 40], sums: [0, 1, 3, 6, 10] };

it('counts after the start, up to and with the end', () => {
  const count = partsCounter(series, 10, []);
  expect([10, 19, 20, 40, 99].map(count)).toEqual([0, 0, 2, 9, 9]);
});

it('leaves out what touches a gap, and no more', () => {
  expect(partsCounter(series, 0, [{ fromMs: 12, toMs: 15 }])(40)).toBe(8);
  expect(partsCounter(series, 0, [{ fromMs: 10, toMs: 20 }])(40)).toBe(8);
  expect(
    partsCounter(series, 0, [
      { fromMs: 15, toMs: 25 },
      { fromMs: 26, toMs: 27 },
    ])(40),
  ).toBe(5);
});

it('leaves out the first parts after a gap that began before the shift', () => {
  expect(partsCounter(series, 15, [{ fromMs: 12, toMs: 17 }])(40)).toBe(7);
});

it('agrees with looking at every delta by itself', () => {
  const times = fc
    .uniqueArray(fc.integer({ min: 0, max: 100 }), { maxLength: 30 })
    .map((list) => list.sort((a, b) => a - b));
  const edges = fc
    .uniqueArray(fc.integer({ min: 0, max: 100 }), { maxLength: 8 })
    .map((list) => list.sort((a, b) => a - b));
  fc.assert(
    fc.property(
      times,
      edges,
      fc.integer({ min: 0, max: 100 }),
      fc.integer({ min: 0, max: 100 }),
      (timesMs, cuts, a, b) => {
        const [fromMs = 0, atMs = 0] = [a, b].sort((x, y) => x - y);
        const gaps = cuts.flatMap((cut, index) => {
          const toMs = cuts[index + 1];
          return index % 2 === 0 && toMs !== undefined ? [{ fromMs: cut, toMs }] : [];
        });
        const sums = timesMs.map((_time, index) => (index * (index + 1)) / 2);
        let expected = 0;
        timesMs.forEach((timeMs, index) => {
          const previousMs = timesMs[index - 1];
          if (previousMs === undefined || timeMs <= fromMs || timeMs > atMs) return;
          if (!gaps.some((gap) => previousMs < gap.toMs && timeMs > gap.fromMs)) expected += index;
        });
        expect(partsCounter({ timesMs, sums }, fromMs, gaps)(atMs)).toBe(expected);
      },
    ),
  );
});

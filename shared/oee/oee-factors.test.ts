import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oeeFactors, type OeeInput, oeeRatio } from './oee-factors.ts';

const input = (
  change: Partial<OeeInput> & { idealCycleMs?: number | null; total?: number | null; good?: number | null },
): OeeInput => ({
  plannedMs: change.plannedMs ?? 1_000,
  runMs: change.runMs ?? 800,
  products: [
    {
      idealCycleMs: change.idealCycleMs === undefined ? 10 : change.idealCycleMs,
      totalCount: change.total === undefined ? 50 : change.total,
      goodCount: change.good === undefined ? 40 : change.good,
    },
  ],
});
const values = (oee: ReturnType<typeof oeeFactors>) => [
  oee.availability.value,
  oee.performance.value,
  oee.quality.value,
  oee.oee.value,
];

describe('oeeFactors', () => {
  it('D1: has no availability and no OEE where nothing was planned', () => {
    const factors = oeeFactors(input({ plannedMs: 0, runMs: 0, total: 0, good: 0 }));
    expect(values(factors)).toEqual([null, null, null, null]);
    expect(factors.oee.cause).toMatch(/not scheduled/);
  });

  it('D2: is 0 where the machine did not run', () => {
    const factors = oeeFactors(input({ runMs: 0, total: 0, good: 0 }));
    expect(values(factors)).toEqual([0, null, null, 0]);
    expect(factors.performance.cause).toMatch(/has not run/);
    expect(oeeFactors(input({ runMs: 0 })).performance.cause).toMatch(/no run time/);
  });

  it('D3: is 0 with no quality where nothing was made', () => {
    const factors = oeeFactors(input({ total: 0, good: 0 }));
    expect(values(factors)).toEqual([0.8, 0, null, 0]);
    expect(factors.quality.cause).toMatch(/No parts/);
  });

  it('D4: is 0 where every part was rejected', () => {
    expect(values(oeeFactors(input({ good: 0 })))).toEqual([0.8, 0.625, 0, 0]);
  });

  it('D5: shows and flags a performance above 102 %, and does not cap it', () => {
    const { performance } = oeeFactors(input({ total: 100 }));
    expect(performance).toEqual({ value: 1.25, cause: expect.stringMatching(/ideal cycle is too slow/) as string });
    expect(oeeFactors(input({ total: 81 })).performance).toEqual({ value: 1.0125, cause: null });
  });

  it('D8: still shows A and Q without an ideal cycle', () => {
    const factors = oeeFactors(input({ idealCycleMs: null }));
    expect(values(factors)).toEqual([0.8, null, 0.8, null]);
    expect(factors.oee.cause).toMatch(/ideal cycle/);
  });

  it('names the counter that is missing', () => {
    const noGood = oeeFactors(input({ good: null }));
    expect(values(noGood)).toEqual([0.8, 0.625, null, null]);
    expect(noGood.quality.cause).toMatch(/good/);
    expect(values(oeeFactors(input({ total: null })))).toEqual([0.8, null, null, 0.4]);
  });

  it('takes a decimal ideal cycle for the decimal that is written', () => {
    expect(values(oeeFactors(input({ runMs: 7, plannedMs: 7, idealCycleMs: 0.7, total: 10, good: 10 })))).toEqual([
      1, 1, 1, 1,
    ]);
  });
});

it('the ratio for trends is the OEE of the factors', () => {
  const count = fc.option(fc.integer({ min: 0, max: 9 }), { nil: null });
  fc.assert(
    fc.property(
      fc.nat(9),
      fc.nat(9),
      fc.option(fc.integer({ min: 1, max: 9 }), { nil: null }),
      count,
      (stopMs, runMs, idealCycleMs, good) => {
        const { oee } = oeeFactors(input({ plannedMs: runMs + stopMs, runMs, idealCycleMs, total: 9, good }));
        expect(oeeRatio(runMs + stopMs, runMs, { idealCycleMs, totalCount: 9, goodCount: good })).toBe(oee.value);
      },
    ),
  );
});

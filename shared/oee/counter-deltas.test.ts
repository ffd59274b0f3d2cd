import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completeCounts, counterDeltas, type CounterRule } from './counter-deltas.ts';

const SECOND_MS = 1_000;
const sum = (values: readonly number[], rule?: CounterRule): number =>
  counterDeltas(
    values.map((value, index) => ({ timeMs: index * SECOND_MS, value })),
    rule,
  ).reduce((total, { delta }) => total + delta, 0);
const kinds = (values: readonly number[], rule?: CounterRule): string[] =>
  counterDeltas(
    values.map((value, index) => ({ timeMs: index * SECOND_MS, value })),
    rule,
  ).map(({ kind }) => kind);

describe('counterDeltas', () => {
  it('S01: counts on after a reset', () => {
    expect(sum([100, 150, 210, 3, 40])).toBe(150);
  });

  it('S02: counts through a rollover where the register is known', () => {
    expect(sum([65_500, 65_530, 10, 30], { modulus: 65_536 })).toBe(66);
    expect(sum([65_500, 65_530, 10, 30])).toBe(60);
  });

  it('counts through the rollover of a signed register', () => {
    expect(sum([32_766, 32_767, -32_768, -32_767], { modulus: 65_536 })).toBe(3);
  });

  it('C1: takes a drop for a reset when no machine could have made the rest of the register', () => {
    expect(kinds([30_000, 0, 5], { modulus: 65_536, maxRatePerMs: 0.01 })).toEqual(['baseline', 'reset', 'step']);
    expect(kinds([65_530, 2], { modulus: 65_536, maxRatePerMs: 0.01 })).toEqual(['baseline', 'rollover']);
  });

  it('C3: takes a small drop for a correction, never for thousands of parts', () => {
    expect(sum([12_000, 12_347, 12_345, 12_346], { correctionLimit: 10 })).toBe(346);
    expect(kinds([3, 0, 1], { correctionLimit: 10 })).toEqual(['baseline', 'reset', 'step']);
  });

  it('C4: the first reading counts nothing', () => {
    expect(sum([1_200, 1_300, 1_440])).toBe(240);
    expect(sum([])).toBe(0);
  });

  it('C5: gives each delta the time it belongs to, so that no edge of a bucket loses one', () => {
    const deltas = counterDeltas([
      { timeMs: 10, value: 1 },
      { timeMs: 250, value: 4 },
    ]);
    expect(deltas[1]).toEqual({ previousMs: 10, timeMs: 250, delta: 3, kind: 'step' });
  });

  it('finds what was made, whatever the register does', () => {
    const steps = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: 99 }), (made, start) => {
        let register = start;
        const readings = [start, ...made.map((parts) => (register = (register + parts) % 100))];
        expect(sum(readings, { modulus: 100 })).toBe(made.reduce((total, parts) => total + parts, 0));
      }),
    );
  });
});

describe('completeCounts', () => {
  it('finds the third of three counters', () => {
    expect(completeCounts({ totalCount: 100, goodCount: null, rejectCount: 3 })).toMatchObject({ goodCount: 97 });
    expect(completeCounts({ totalCount: null, goodCount: 97, rejectCount: 3 })).toMatchObject({ totalCount: 100 });
    expect(completeCounts({ totalCount: 100, goodCount: 97, rejectCount: null })).toMatchObject({ rejectCount: 3 });
  });

  it('does not invent good parts where nobody counts them', () => {
    expect(completeCounts({ totalCount: 100, goodCount: null, rejectCount: null })).toMatchObject({ goodCount: null });
  });

  it('C6: names counters that contradict each other', () => {
    expect(completeCounts({ totalCount: 10, goodCount: 12, rejectCount: null }).fault).toMatch(/more good parts/);
    expect(completeCounts({ totalCount: 10, goodCount: null, rejectCount: 12 }).fault).toMatch(/more rejected parts/);
    expect(completeCounts({ totalCount: 10, goodCount: 9, rejectCount: 1 }).fault).toBeNull();
  });
});

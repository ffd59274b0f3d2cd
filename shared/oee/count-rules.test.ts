import { describe, expect, it } from 'vitest';
import { account, at, counter, figure, ideal, MIN, S, shiftOf } from './account-fixture.ts';

const states = at([0, 'Execute']);

describe('counters', () => {
  it('C1: a drop that would need too many parts is a reset, not a rollover', () => {
    const rule = { modulus: 65_536, maxRatePerMs: 0.001 };
    expect(
      account({
        evidence: {
          states,
          total: counter(
            [
              [0, 100],
              [1, 5],
            ],
            rule,
          ),
        },
      }).counts.totalCount,
    ).toBe(5);
  });

  it('C3: a correction takes parts back and is remarked on', () => {
    const total = counter(
      [
        [0, 100],
        [1, 150],
        [2, 147],
        [3, 160],
      ],
      { correctionLimit: 10 },
    );
    const found = account({ evidence: { states, total } });
    expect(found.counts.totalCount).toBe(60);
    expect(found.remarks.map(({ code }) => code)).toContain('counter-corrected');
  });

  it('C4: the first value counts nothing', () => {
    expect(
      account({
        evidence: {
          states,
          total: counter([
            [1, 1_200],
            [2, 1_440],
          ]),
        },
      }).counts.totalCount,
    ).toBe(240);
  });

  it('C5: the step over an hour belongs to where it ends, and no step is lost between hours', () => {
    const total = counter([
      [55, 0],
      [59, 70],
      [61, 120],
      [100, 179],
    ]);
    const found = account({ minutes: 120, evidence: { states, total }, rules: { prorateGapMs: 100 * MIN } });
    expect(shiftOf(found).hours.map(({ counts }) => counts.total)).toEqual([70, 109]);
  });

  it('C5: a longer gap is shared out over run time, in whole parts, and is estimated', () => {
    const evidence = {
      states: at([0, 'Execute'], [70, 'Held'], [90, 'Execute']),
      total: counter([
        [50, 0],
        [100, 31],
      ]),
    };
    const found = account({ minutes: 120, evidence });
    const hours = shiftOf(found).hours.map(({ counts }) => counts.total);
    // Ten of thirty minutes of run are in the first hour.
    expect(hours).toEqual([10, 21]);
    const toDate = account({ minutes: 120, evidence, change: { range: { fromMs: 0, toMs: 60 * MIN } } });
    expect(toDate.remarks.map(({ code }) => code)).toContain('counts-estimated');
  });

  it('C5: one part after a long stop is made when it is counted, not shared out', () => {
    const evidence = {
      states: at([0, 'Execute'], [1, 'Held'], [90, 'Execute']),
      total: counter([
        [0, 0],
        [91, 1],
      ]),
    };
    expect(shiftOf(account({ minutes: 120, evidence })).hours.map(({ counts }) => counts.total)).toEqual([0, 1]);
  });

  it('C6: counters that contradict each other are a fault that is told', () => {
    const found = account({
      evidence: {
        states,
        total: counter([
          [0, 0],
          [9, 10],
        ]),
        good: counter([
          [0, 0],
          [9, 12],
        ]),
      },
    });
    expect(found.remarks).toContainEqual({
      code: 'counts-contradict',
      text: 'More good parts (12) than parts (10): check the counters.',
    });
  });

  it('C9: parts are counts times what one count makes of the product that is made', () => {
    const ideals = [ideal(S, 'A'), { ...ideal(S, 'B'), partsPerCount: 4 }];
    const evidence = {
      states,
      products: at([0, 'A'], [30, 'B']),
      total: counter([
        [0, 0],
        [20, 10],
        [50, 15],
      ]),
    };
    const found = account({ evidence, rules: { ideals, partsPerCount: 2, prorateGapMs: 100 * MIN } });
    expect(found.products.map(({ productId, totalCount }) => [productId, totalCount])).toEqual([
      ['A', 20],
      ['B', 20],
    ]);
    expect(found.counts.totalCount).toBe(40);
  });

  it('D10: a reworked part is not good at first pass, and is not counted twice', () => {
    const evidence = {
      states,
      total: counter([
        [0, 0],
        [9, 100],
      ]),
      reject: counter([
        [0, 0],
        [9, 5],
      ]),
      rework: counter([
        [0, 0],
        [9, 10],
      ]),
    };
    const found = account({ evidence });
    expect(found.counts).toMatchObject({ totalCount: 100, goodCount: 85, rejectCount: 5, reworkCount: 10 });
    expect(figure(found, 'iso-fpy')).toBe('17/20');
  });
});

describe('ideals and degenerate cases', () => {
  const made = (total: number, good: number) => ({
    total: counter([
      [0, 0],
      [59, total],
    ]),
    good: counter([
      [0, 0],
      [59, good],
    ]),
  });
  const factors = (found: ReturnType<typeof account>) =>
    ['availability', 'performance', 'quality', 'oee'].map((id) => figure(found, id));
  const rules = { prorateGapMs: 100 * MIN };

  it('D1: without planned time there is no availability and no OEE', () => {
    const found = account({ rules, evidence: { states, ...made(10, 10) }, breaks: [[0, 60]], change: {} });
    const stopped = account({ rules, evidence: { states: at([0, 'Held']) }, breaks: [[0, 60]] });
    expect(figure(stopped, 'availability')).toBe('No planned production time yet: not scheduled, or nothing is known.');
    expect(shiftOf(stopped).factors.oee.value).toBeNull();
    expect(figure(found, 'availability')).toBe('1');
  });

  it('D2: planned, but never run: A and OEE are 0, P and Q are not there', () => {
    expect(factors(account({ rules, evidence: { states: at([0, 'Held']), ...made(0, 0) } }))).toEqual([
      '0',
      'The machine has not run.',
      'The machine has not run.',
      '0',
    ]);
  });

  it('D3: run without a part: P and OEE are 0, Q is not there', () => {
    expect(factors(account({ rules, evidence: { states, ...made(0, 0) } }))).toEqual(['1', '0', 'No parts yet.', '0']);
  });

  it('D4: only rejects: Q and OEE are 0', () => {
    expect(factors(account({ rules, evidence: { states, ...made(300, 0) } }))).toEqual(['1', '1/2', '0', '0']);
  });

  it('D5: performance above 102 % is shown, not capped, and flagged', () => {
    const found = account({ rules, evidence: { states, ...made(660, 660) } });
    expect(figure(found, 'performance')).toBe('11/10');
    expect(found.remarks.map(({ code }) => code)).toEqual(['performance-high']);
    expect(shiftOf(found).factors.performance.cause).toContain('Above 102 %');
  });

  it('D7: an ideal that changes in the shift holds for the cycles that end after it', () => {
    const ideals = [
      { ...ideal(6 * S), toMs: 30 * MIN },
      { ...ideal(12 * S), fromMs: 30 * MIN },
    ];
    const total = counter([
      [0, 0],
      [30, 300],
      [60, 450],
    ]);
    const found = account({ rules: { ...rules, ideals }, evidence: { states, total, good: total } });
    expect(factors(found)).toEqual(['1', '1', '1', '1']);
    expect(found.products.map(({ totalCount }) => totalCount)).toEqual([300, 150]);
  });

  it('D8: without an ideal P and OEE are not there, A and Q are', () => {
    const found = account({ rules: { ...rules, ideals: [] }, evidence: { states, ...made(100, 90) } });
    expect(factors(found)).toEqual(['1', 'No ideal cycle is configured.', '9/10', 'No ideal cycle is configured.']);
    expect(found.remarks.map(({ code }) => code)).toEqual(['no-ideal-cycle']);
  });

  it('D11: a performance of fewer than five cycles is held back', () => {
    const range = { fromMs: 0, toMs: MIN / 3 };
    const found = account({
      evidence: {
        states,
        total: counter([
          [0, 0],
          [0.1, 1],
        ]),
      },
      change: { range },
    });
    expect(figure(found, 'performance')).toContain('Too early');
    expect(found.counts.totalCount).toBe(1);
  });
});

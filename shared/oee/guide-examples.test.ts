import { describe, expect, it } from 'vitest';
import { account, at, counter, figure, ideal, MIN, minutesOf, S, shiftOf, toInput } from './account-fixture.ts';
import { accountLine } from './account-line.ts';
import { accountMachine } from './account-machine.ts';
import { exactFactors } from './oee-factors.ts';
import { roundPercent } from './round-figure.ts';
import { windowFigures } from './window-figures.ts';

/** Percent with four decimals, from the exact fraction. */
const percent = (found: Parameters<typeof figure>[0], id: string): string => {
  const [numerator = '', denominator = '1'] = (figure(found, id) ?? '').split('/');
  return roundPercent({ numerator: BigInt(numerator), denominator: BigInt(denominator) }, 4);
};

describe('examples of the guide, through the whole account', () => {
  it('S01: a reset counts what came after it', () => {
    const found = account({
      evidence: {
        states: at([0, 'Execute']),
        total: counter([
          [0, 100],
          [1, 150],
          [2, 210],
          [3, 3],
          [4, 40],
        ]),
      },
    });
    expect(found.counts.totalCount).toBe(150);
  });

  it('S02: a rollover counts through the end of the register', () => {
    const total = counter(
      [
        [0, 65_500],
        [1, 65_530],
        [2, 10],
        [3, 30],
      ],
      { modulus: 65_536 },
    );
    expect(account({ evidence: { states: at([0, 'Execute']), total } }).counts.totalCount).toBe(66);
  });

  it('S05: a fault into a break costs only what is outside of it', () => {
    const found = account({
      minutes: 480,
      breaks: [[240, 270]],
      evidence: { states: at([0, 'Execute'], [230, 'Aborted'], [260, 'Idle'], [270, 'Execute']) },
    });
    expect(minutesOf(found)).toEqual({ run: 440, failure: 10, planned: 30 });
    expect(percent(found, 'availability')).toBe('97.7778');
  });

  it('S06: a late restart is a loss from the end of the break on, and is named', () => {
    const found = account({
      minutes: 480,
      breaks: [[240, 270]],
      evidence: { states: at([0, 'Execute'], [240, 'Stopped'], [274, 'Execute']) },
    });
    expect(minutesOf(found)).toEqual({ run: 446, unassigned: 4, planned: 30 });
    expect(found.stops).toMatchObject([{ fromMs: 270 * MIN, toMs: 274 * MIN, cause: 'Late restart after Break' }]);
  });

  it('S07: what overlaps is counted once: the union of the times', () => {
    const found = account({
      evidence: {
        states: at([0, 'Execute'], [10, 'Suspended'], [30, 'Execute']),
        starved: at([0, false], [10, true], [25, false]),
        blocked: at([0, false], [15, true], [30, false]),
      },
    });
    expect(minutesOf(found)).toEqual({ run: 40, starved: 15, blocked: 5 });
  });

  it('S08: long cycles jump by completion and are true by share of time', () => {
    const found = account({
      rules: { ideals: [ideal(20 * MIN)] },
      minutes: 60,
      evidence: {
        states: at([-60, 'Execute']),
        total: counter([
          [-10, 0],
          [10, 1],
          [30, 2],
          [50, 3],
          [70, 4],
        ]),
      },
    });
    const window = { fromMs: 0, toMs: 30 * MIN };
    const figures = windowFigures(found, window);
    const byCompletion = exactFactors({ ...figures, products: figures.parts });
    expect(roundPercent(byCompletion.performance ?? { numerator: 0n, denominator: 1n }, 4)).toBe('133.3333');
    expect(exactFactors(figures).performance).toEqual({ numerator: 1n, denominator: 1n });
    expect(found.countsAt(30 * MIN).totalCount).toBe(2);
  });

  const gap = {
    states: at([0, 'Execute'], [10, 'Held'], [14, 'Execute']),
    online: at<boolean>([0, true], [20, false], [40, true]),
    total: counter([
      [0, 1_000],
      [20, 1_150],
      [40, 1_330],
      [60, 1_520],
    ]),
    reject: counter([[0, 0]]),
  };

  it('S10: unknown time goes with its parts, whatever its time is taken for', () => {
    const excluded = account({ evidence: gap });
    expect(excluded.counts.totalCount).toBe(340);
    expect([percent(excluded, 'availability'), percent(excluded, 'performance'), percent(excluded, 'oee')]).toEqual([
      '90.0000',
      '94.4444',
      '85.0000',
    ]);
    expect(shiftOf(excluded).coverageRatio).toBeCloseTo(2 / 3, 12);
    const down = account({ evidence: gap, rules: { unknownTime: 'count-as-down' } });
    expect([percent(down, 'availability'), percent(down, 'performance'), percent(down, 'oee')]).toEqual([
      '60.0000',
      '94.4444',
      '56.6667',
    ]);
    expect(shiftOf(down).coverageRatio).toBeCloseTo(2 / 3, 12);
  });

  it('S10: replayed data give the true figure', () => {
    const replayed = account({
      evidence: {
        ...gap,
        online: [],
        states: [...gap.states, ...at([30, 'Held'], [31, 'Execute'])],
      },
      rules: { microStopMs: 0 },
    });
    expect(percent(replayed, 'availability')).toBe('91.6667');
    expect(percent(replayed, 'performance')).toBe('94.5455');
    expect(percent(replayed, 'oee')).toBe('86.6667');
  });

  it('S12: two products are weighed by time', () => {
    const found = account({
      minutes: 360,
      rules: { ideals: [ideal(30 * S, 'A'), ideal(60 * S, 'B')], prorateGapMs: 1_000 * MIN },
      evidence: {
        states: at([0, 'Execute'], [120, 'Aborted'], [180, 'Execute']),
        products: at([0, 'A'], [150, 'B']),
        total: counter([
          [0, 0],
          [110, 220],
          [350, 380],
        ]),
        good: counter([
          [0, 0],
          [110, 210],
          [350, 362],
        ]),
      },
    });
    expect(['availability', 'performance', 'quality', 'oee'].map((id) => percent(found, id))).toEqual([
      '83.3333',
      '90.0000',
      '95.1852',
      '71.3889',
    ]);
  });

  it('S14: a line is its bottleneck, not the mean of its machines', () => {
    const of = (idealMs: number, parts: number) =>
      toInput({
        rules: { ideals: [ideal(idealMs)], prorateGapMs: 1_000 * MIN },
        evidence: {
          states: at([0, 'Execute']),
          total: counter([
            [0, 0],
            [60, parts],
          ]),
          good: counter([
            [0, 0],
            [60, parts],
          ]),
        },
      });
    const machines = [of(4 * S, 500), of(6 * S, 490), of(3 * S, 480)].map((input, index) => ({
      machineId: `M${index}`,
      name: `M${index}`,
      isBottleneck: false,
      input,
      account: accountMachine(input),
    }));
    const line = accountLine(machines);
    expect(line?.basis).toEqual(['time and ideal cycle of M1', 'parts of M2']);
    expect(line === null ? null : figure(line.account, 'oee')).toBe('4/5');
  });
});

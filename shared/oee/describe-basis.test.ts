import { describe, expect, it } from 'vitest';
import { describeBasis, describeMostCostly, duration } from './describe-basis.ts';
import { findBottleneck, withGaps } from './line-oee.ts';
import { emptyAccount, sumTime } from './time-account.ts';

const MIN = 60_000;

it('says what the figure stands on', () => {
  const account = { ...emptyAccount(), run: 440 * MIN, failure: 10 * MIN, planned: 30 * MIN };
  expect(describeBasis({ account, microStopMs: MIN })).toBe(
    'PPT 450 min (480 − 30 break) · short stop ≤ 60 s in P · coverage 100 %',
  );
  expect(
    describeBasis({ account: { ...account, unknown: 6 * MIN }, microStopMs: MIN, remarks: ['parts of Packer'] }),
  ).toBe('PPT 450 min (486 − 30 break − 6 unknown) · short stop ≤ 60 s in P · coverage 98.7 % · parts of Packer');
  expect(describeBasis({ account: emptyAccount(), microStopMs: 0 })).toContain('nothing known');
});

describe('describeMostCostly', () => {
  const intervals = [
    { fromMs: 0, toMs: 14 * MIN, timeClass: 'failure' as const, cause: 'Film torn' },
    { fromMs: 14 * MIN, toMs: 23 * MIN, timeClass: 'failure' as const, cause: 'Door open' },
    { fromMs: 23 * MIN, toMs: 123 * MIN, timeClass: 'run' as const, cause: null },
  ];
  const account = sumTime(intervals);
  const facts = { intervals, account, idealCycleMs: 1_000, totalCount: 6_000, rejectCount: 10 };

  it('names the largest stop with its main cause', () => {
    expect(describeMostCostly(facts)).toBe('Failures cost 23 min, 14 min of it “Film torn”.');
  });

  it('names slow running and rejects where they cost more', () => {
    expect(describeMostCostly({ ...facts, totalCount: 4_000 })).toBe('Short stops and slow cycles cost 33 min.');
    expect(describeMostCostly({ ...facts, rejectCount: 2_000 })).toBe('2000 rejects cost 33 min of run time.');
  });

  it('is silent when nothing was lost', () => {
    const run = sumTime(intervals.slice(2));
    expect(describeMostCostly({ ...facts, account: run, intervals: [], rejectCount: 0 })).toBeNull();
  });
});

it('tells durations as people do', () => {
  expect([400, 45_000, 3.5 * MIN, 23 * MIN, 60 * MIN, 80 * MIN].map(duration)).toEqual([
    '0 s',
    '45 s',
    '3.5 min',
    '23 min',
    '1 h',
    '1 h 20 min',
  ]);
});

describe('the line', () => {
  it('takes the marked bottleneck, else the slowest machine', () => {
    const machine = (idealCycleMs: number | null, isBottleneck = false) => ({ idealCycleMs, isBottleneck });
    expect(findBottleneck([machine(100), machine(300), machine(200)])).toBe(1);
    expect(findBottleneck([machine(100), machine(300), machine(200, true)])).toBe(2);
    expect(findBottleneck([machine(null)])).toBeNull();
  });

  it('is known only while both of its machines are', () => {
    const run = { fromMs: 0, toMs: 100, timeClass: 'run' as const, cause: null };
    const found = withGaps(
      [run],
      [
        { fromMs: -10, toMs: 10 },
        { fromMs: 40, toMs: 60 },
      ],
      'Packer is not known',
    );
    expect(found.map(({ fromMs, toMs, timeClass }) => `${fromMs}-${toMs} ${timeClass}`)).toEqual([
      '0-10 unknown',
      '10-40 run',
      '40-60 unknown',
      '60-100 run',
    ]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyPlan, classifyStops } from './classify-stops.ts';
import { shortenTimeline } from './shorten-timeline.ts';
import { stateIntervals, type StateSeries } from './state-intervals.ts';
import { allMs, sumTime } from './time-account.ts';
import type { ClassifiedInterval } from './time-class.ts';

const RANGE = { fromMs: 0, toMs: 100 };
const at = <V>(timeMs: number, value: V | null) => ({ timeMs, value });
const told = (series: StateSeries): string[] =>
  stateIntervals(series, RANGE).map(({ fromMs, toMs, timeClass, cause }) => `${fromMs}-${toMs} ${timeClass} ${cause}`);

describe('stateIntervals', () => {
  it('holds a state until the next, and knows nothing before the first', () => {
    expect(told({ states: [at(30, 'Execute'), at(60, 'EXECUTE')] })).toEqual([
      '0-30 unknown no good state value',
      '30-100 run null',
    ]);
  });

  it('uses the state that stood before the range', () => {
    expect(told({ states: [at(-500, 'Aborted'), at(40, 'Execute')] })).toEqual([
      '0-40 failure Aborted',
      '40-100 run null',
    ]);
  });

  it('asks the flags of the machine why it is suspended', () => {
    const starved = [at(0, false), at(20, true), at(50, false)];
    const blocked = [at(0, false), at(60, true)];
    expect(told({ states: [at(0, 'Suspended')], starved, blocked })).toEqual([
      '0-20 unassigned Suspended',
      '20-50 starved Suspended',
      '50-60 unassigned Suspended',
      '60-100 blocked Suspended',
    ]);
  });

  it('takes a held machine that names its reason for a failure, also when the reason comes a moment later', () => {
    const stopReasons = [at(0, ''), at(41, 'Film torn'), at(70, 'Door open'), at(90, '')];
    expect(
      told({ states: [at(0, 'Execute'), at(40, 'Held'), at(80, 'Execute'), at(95, 'Held')], stopReasons }),
    ).toEqual(['0-40 run null', '40-80 failure Film torn', '80-95 run null', '95-100 unassigned Held']);
  });

  it('T3: does not know a state of bad quality', () => {
    expect(told({ states: [at(0, 'Execute'), at(50, null)] })).toEqual([
      '0-50 run null',
      '50-100 unknown no good state value',
    ]);
  });

  it('T2: knows nothing while nobody observes, and the state again afterwards', () => {
    const online = [at(0, true), at(30, false), at(70, true)];
    expect(told({ states: [at(0, 'Execute')], online })).toEqual([
      '0-30 run null',
      '30-70 unknown not observed',
      '70-100 run null',
    ]);
  });

  it('does not guess what an unknown state name means', () => {
    expect(told({ states: [at(0, 'Warming up')] })).toEqual(['0-100 unknown state “Warming up” has no class']);
  });
});

const stop = (fromMs: number, toMs: number, timeClass: ClassifiedInterval['timeClass']): ClassifiedInterval => ({
  fromMs,
  toMs,
  timeClass,
  cause: timeClass,
});

describe('classifyStops', () => {
  it('measures a stop whole, whatever states it went through', () => {
    const inOne = [stop(0, 10, 'run'), stop(10, 40, 'failure'), stop(40, 60, 'unassigned'), stop(60, 100, 'run')];
    expect(classifyStops(inOne, 49)).toEqual(inOne);
    expect(classifyStops(inOne, 50).map(({ timeClass }) => timeClass)).toEqual([
      'run',
      'short-stop',
      'short-stop',
      'run',
    ]);
  });

  it('L9: measures before the edge of the shift cuts it', () => {
    const intervals = classifyStops([stop(-50, -20, 'run'), stop(-20, 15, 'failure'), stop(15, 100, 'run')], 20);
    const cut = applyPlan(intervals, { scheduled: [RANGE], planned: [] }, RANGE);
    expect(cut[0]).toEqual(stop(0, 15, 'failure'));
  });

  it('L10: an open stop is short until it is longer than the limit', () => {
    expect(classifyStops([stop(0, 60, 'failure')], 60)[0]?.timeClass).toBe('short-stop');
    expect(classifyStops([stop(0, 61, 'failure')], 60)[0]?.timeClass).toBe('failure');
  });

  it('never takes set-up for a short stop', () => {
    expect(classifyStops([stop(0, 5, 'setup')], 60)[0]?.timeClass).toBe('setup');
  });
});

describe('applyPlan', () => {
  it('L3: leaves run in a break as run, and everything else is the break', () => {
    const intervals = [stop(0, 50, 'run'), stop(50, 55, 'unknown'), stop(55, 100, 'failure')];
    const planned = [{ name: 'Break', fromMs: 40, toMs: 80 }];
    expect(applyPlan(intervals, { scheduled: [RANGE], planned }, RANGE)).toEqual([
      stop(0, 50, 'run'),
      { fromMs: 50, toMs: 80, timeClass: 'planned', cause: 'Break' },
      stop(80, 100, 'failure'),
    ]);
  });

  it('calls time outside of the shift not scheduled, whatever the machine did', () => {
    const scheduled = [{ fromMs: 20, toMs: 60 }];
    const found = applyPlan([stop(0, 100, 'run')], { scheduled, planned: [] }, RANGE);
    expect(found.map(({ timeClass, toMs }) => [timeClass, toMs])).toEqual([
      ['not-scheduled', 20],
      ['run', 60],
      ['not-scheduled', 100],
    ]);
  });
});

const readings = <V>(values: readonly (V | null)[]) =>
  fc
    .array(fc.record({ timeMs: fc.integer({ min: -50, max: 150 }), value: fc.constantFrom(...values) }), {
      maxLength: 25,
    })
    .map((list) => list.sort((a, b) => a.timeMs - b.timeMs));

const anySeries = fc.record({
  states: readings(['Execute', 'Held', 'Suspended', 'Aborted', 'Nonsense', null]),
  starved: readings([true, false, null]),
  blocked: readings([true, false, null]),
  stopReasons: readings(['', 'Jam', null]),
  online: readings([true, false]),
});

function expectPartition(intervals: readonly ClassifiedInterval[]): void {
  expect(intervals[0]?.fromMs).toBe(RANGE.fromMs);
  expect(intervals.at(-1)?.toMs).toBe(RANGE.toMs);
  intervals.slice(1).forEach((interval, index) => expect(interval.fromMs).toBe(intervals[index]?.toMs));
  expect(intervals.every(({ fromMs, toMs }) => fromMs < toMs)).toBe(true);
  expect(allMs(sumTime(intervals))).toBe(RANGE.toMs - RANGE.fromMs);
}

it('every range is divided exactly: nothing is missing, nothing is twice', () => {
  const edge = fc.integer({ min: 0, max: 100 });
  fc.assert(
    fc.property(anySeries, edge, edge, edge, edge, fc.integer({ min: 0, max: 40 }), (series, a, b, c, d, limitMs) => {
      const [breakFrom = 0, breakTo = 0] = [a, b].sort((x, y) => x - y);
      const [shiftFrom = 0, shiftTo = 0] = [c, d].sort((x, y) => x - y);
      const plan = {
        scheduled: [{ fromMs: shiftFrom, toMs: shiftTo }],
        planned: [{ name: 'Break', fromMs: breakFrom, toMs: breakTo }],
      };
      const raw = stateIntervals(series, { fromMs: -40, toMs: 100 });
      const intervals = applyPlan(classifyStops(raw, limitMs), plan, RANGE);
      expectPartition(intervals);
      const short = shortenTimeline(intervals, 5);
      expectPartition(short);
      expect(short.length).toBeLessThanOrEqual(5);
    }),
  );
});

it('shortens a timeline by its shortest segments', () => {
  const long = [stop(0, 40, 'run'), stop(40, 41, 'failure'), stop(41, 80, 'run'), stop(80, 100, 'starved')];
  expect(shortenTimeline(long, 3)).toEqual([stop(0, 80, 'run'), stop(80, 100, 'starved')]);
  expect(shortenTimeline(long, 4)).toEqual(long);
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyPlan, classifyStops, type PlannedWindow } from './classify-stops.ts';
import { partsCounter } from './counted-parts.ts';
import { counterDeltas } from './counter-deltas.ts';
import { gapsOf } from './line-oee.ts';
import { exactFactors, oeeFactors, type OeeInput } from './oee-factors.ts';
import { multiply, toNumber } from './rational.ts';
import { stateIntervals } from './state-intervals.ts';
import { coverageRatio, plannedProductionMs, runMs, sumTime } from './time-account.ts';
import type { ClassifiedInterval, TimeAccount } from './time-class.ts';

const S = 1_000;
const MIN = 60 * S;

/** Percent with four decimals, as in the table of oee.md section 3. */
const percents = (input: OeeInput): (number | null)[] => {
  const { availability, performance, quality, oee } = oeeFactors(input);
  return [availability, performance, quality, oee].map(({ value }) =>
    value === null ? null : Math.round(value * 1_000_000) / 10_000,
  );
};

const oneProduct = (
  plannedMs: number,
  runMsOfIt: number,
  idealCycleMs: number,
  total: number,
  good: number,
): OeeInput => ({
  plannedMs,
  runMs: runMsOfIt,
  products: [{ idealCycleMs, totalCount: total, goodCount: good }],
});

describe('published examples', () => {
  it('G01: Vorne worksheet', () => {
    expect(percents(oneProduct(420 * MIN, 373 * MIN, S, 19_271, 18_848))).toEqual([88.8095, 86.1081, 97.805, 74.7937]);
  });

  it('G05: Nakajima, 42.6087 and not the 42.63 of rounded factors', () => {
    expect(percents(oneProduct(460 * MIN, 400 * MIN, 0.5 * MIN, 400, 392))).toEqual([86.9565, 50, 98, 42.6087]);
  });

  it('G11: event stream of influxdata/flux, whole shift and to date', () => {
    expect(percents(oneProduct(480 * MIN, 180 * MIN, 30 * S, 240, 236))).toEqual([37.5, 66.6667, 98.3333, 24.5833]);
    expect(percents(oneProduct(240 * MIN, 180 * MIN, 30 * S, 240, 236))).toEqual([75, 66.6667, 98.3333, 49.1667]);
    expect(oeeFactors(oneProduct(480 * MIN, 180 * MIN, 30 * S, 240, 236)).oee.value).toBe(59 / 240);
  });

  it('S12: weighs quality by time, so that two products still give A × P × Q = OEE', () => {
    const input = {
      plannedMs: 360 * MIN,
      runMs: 300 * MIN,
      products: [
        { idealCycleMs: 30 * S, totalCount: 220, goodCount: 210 },
        { idealCycleMs: 60 * S, totalCount: 160, goodCount: 152 },
      ],
    };
    expect(percents(input)).toEqual([83.3333, 90, 95.1852, 71.3889]);
  });
});

/** A machine that stops for the given times, each a whole stop, and runs in between, 60 minutes together. */
function hourWithStops(stopsMs: readonly number[]): ClassifiedInterval[] {
  const runPieceMs = (60 * MIN - stopsMs.reduce((total, stopMs) => total + stopMs, 0)) / (stopsMs.length + 1);
  const intervals: ClassifiedInterval[] = [];
  let atMs = 0;
  const push = (lengthMs: number, timeClass: 'run' | 'unassigned'): void => {
    intervals.push({ fromMs: atMs, toMs: atMs + lengthMs, timeClass, cause: null });
    atMs += lengthMs;
  };
  for (const stopMs of stopsMs) {
    push(runPieceMs, 'run');
    push(stopMs, 'unassigned');
  }
  push(60 * MIN - atMs, 'run');
  return intervals;
}

const ofAccount = (account: TimeAccount, idealCycleMs: number, total: number, good: number): OeeInput =>
  oneProduct(plannedProductionMs(account), runMs(account), idealCycleMs, total, good);

describe('S04: micro-stop limit', () => {
  const stops = [...Array<number>(6).fill(20 * S), 90 * S, 90 * S, 600 * S];
  it.each([
    [0, 75, 100],
    [60 * S, 78.3333, 95.7447],
    [300 * S, 83.3333, 90],
  ])('of %i ms moves losses between A and P and leaves OEE alone', (limitMs, availability, performance) => {
    const account = sumTime(classifyStops(hourWithStops(stops), limitMs));
    expect(percents(ofAccount(account, 10 * S, 270, 270))).toEqual([availability, performance, 100, 75]);
  });

  it('never moves OEE, whatever the stops and the limit are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 100 * S }), { maxLength: 30 }),
        fc.integer({ min: 0, max: 120 * S }),
        fc.integer({ min: 0, max: 400 }),
        (stopsMs, limitMs, good) => {
          const intervals = hourWithStops(stopsMs);
          const at = (limit: number) =>
            exactFactors(ofAccount(sumTime(classifyStops(intervals, limit)), 10 * S, 400, good));
          expect(at(limitMs).oee).toEqual(at(0).oee);
        },
      ),
    );
  });
});

it('OEE is exactly A × P × Q, and exactly ideal × good / planned time', () => {
  const count = fc.integer({ min: 1, max: 1_000_000 });
  const ideal = fc.oneof(fc.integer({ min: 1, max: 600_000 }), fc.double({ min: 0.001, max: 60_000, noNaN: true }));
  fc.assert(
    fc.property(
      count,
      count,
      ideal,
      count,
      fc.double({ min: 0, max: 1, noNaN: true }),
      (run, stop, idealMs, total, share) => {
        const input = oneProduct(run + stop, run, idealMs, total, Math.ceil(total * share));
        const { availability, performance, quality, oee } = exactFactors(input);
        if (availability === null || performance === null || quality === null || oee === null)
          throw new Error('no factor');
        expect(multiply(multiply(availability, performance), quality)).toEqual(oee);
        expect(toNumber(oee)).toBeCloseTo((idealMs * Math.ceil(total * share)) / (run + stop), 9);
      },
    ),
  );
});

it('S05: a fault that reaches into a break costs only the time outside of it', () => {
  const shift = { fromMs: 0, toMs: 480 * MIN };
  const pause: PlannedWindow = { name: 'Break', fromMs: 240 * MIN, toMs: 270 * MIN };
  const intervals = stateIntervals(
    {
      states: [
        { timeMs: 0, value: 'Execute' },
        { timeMs: 230 * MIN, value: 'Aborted' },
        { timeMs: 260 * MIN, value: 'Idle' },
        { timeMs: 270 * MIN, value: 'Execute' },
      ],
    },
    shift,
  );
  const account = sumTime(applyPlan(classifyStops(intervals, 60 * S), { scheduled: [shift], planned: [pause] }, shift));
  expect(plannedProductionMs(account)).toBe(450 * MIN);
  expect(account.failure).toBe(10 * MIN);
  expect(percents(ofAccount(account, S, 1, 1))[0]).toBe(97.7778);
});

describe('S10: a gap of 20 minutes in an hour', () => {
  const hour = { fromMs: 0, toMs: 60 * MIN };
  /** Known: 36 of 40 minutes run, 340 parts; 180 more across the gap from minute 20 to 40. */
  const states = [
    { timeMs: 0, value: 'Execute' },
    { timeMs: 10 * MIN, value: 'Held' },
    { timeMs: 14 * MIN, value: 'Execute' },
  ];
  const readings = [
    { timeMs: 0, value: 1_000 },
    { timeMs: 20 * MIN, value: 1_150 },
    { timeMs: 40 * MIN, value: 1_330 },
    { timeMs: 60 * MIN, value: 1_520 },
  ];
  const sums: number[] = [];
  for (const { delta } of counterDeltas(readings)) sums.push((sums.at(-1) ?? 0) + delta);
  const series = { timesMs: readings.map(({ timeMs }) => timeMs), sums };
  const online = [
    { timeMs: 0, value: true },
    { timeMs: 20 * MIN, value: false },
    { timeMs: 40 * MIN, value: true },
  ];

  it('takes the time out of the plan and the parts with it', () => {
    const intervals = classifyStops(stateIntervals({ states, online }, hour), 60 * S);
    const total = partsCounter(series, 0, gapsOf(intervals))(60 * MIN);
    const account = sumTime(intervals);
    expect(total).toBe(340);
    expect(coverageRatio(account)).toBeCloseTo(2 / 3, 12);
    expect(percents(ofAccount(account, 6 * S, total, total))).toEqual([90, 94.4444, 100, 85]);
  });

  it('gives the true figure once the time is known from replayed data', () => {
    const replayed = [...states, { timeMs: 30 * MIN, value: 'Held' }, { timeMs: 31 * MIN, value: 'Execute' }];
    const account = sumTime(classifyStops(stateIntervals({ states: replayed }, hour), 0));
    const total = partsCounter(series, 0, [])(60 * MIN);
    expect(total).toBe(520);
    expect(percents(ofAccount(account, 6 * S, total, total))).toEqual([91.6667, 94.5455, 100, 86.6667]);
  });
});

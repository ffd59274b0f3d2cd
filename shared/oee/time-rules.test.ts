import { describe, expect, it } from 'vitest';
import { account, at, counter, figure, MIN, minutesOf, S, shiftOf, steady, toInput } from './account-fixture.ts';
import { accountMachine } from './account-machine.ts';
import type { AssignedReason } from './machine-account.ts';

const RUNS = at([0, 'Execute']);

describe('time, state and quality', () => {
  it('T1: a state holds until the next one, however long nothing is said', () => {
    expect(minutesOf(account({ minutes: 480, evidence: { states: RUNS } }))).toEqual({ run: 480 });
  });

  it('T2: time after a death is unknown, neither run nor down', () => {
    const found = account({ evidence: { states: RUNS, deadSinceMs: 45 * MIN } });
    expect(minutesOf(found)).toEqual({ run: 45, unknown: 15 });
  });

  it('T2: what the edge node did not observe is unknown', () => {
    const online = at<boolean>([0, true], [10, false], [20, true]);
    expect(minutesOf(account({ evidence: { states: RUNS, online } }))).toEqual({ run: 50, unknown: 10 });
  });

  it('T3: a short spell of bad quality does not change the state, a longer one is unknown from its limit on', () => {
    const states = at<string>([0, 'Execute'], [10, null], [10.5, 'Execute'], [30, null], [35, 'Execute']);
    expect(minutesOf(account({ evidence: { states } }))).toEqual({ run: 56, unknown: 4 });
  });

  it('T4: silence beyond its limit is unknown until it is heard again, and is not watched without a limit', () => {
    const heardMs = [0, 10 * MIN, 30 * MIN, 31 * MIN];
    const evidence = { states: RUNS, heardMs };
    expect(minutesOf(account({ evidence, rules: { staleAfterMs: 12 * MIN } }))).toEqual({ run: 35, unknown: 25 });
    expect(minutesOf(account({ evidence }))).toEqual({ run: 60 });
  });

  it('T5: held time keeps its class and its parts, and coverage still says that it is not known', () => {
    const online = at<boolean>([0, true], [20, false], [40, true]);
    const evidence = {
      states: RUNS,
      online,
      total: counter([
        [0, 0],
        [20, 200],
        [40, 400],
        [60, 600],
      ]),
    };
    const held = account({ evidence, rules: { unknownTime: 'hold-last' } });
    expect([minutesOf(held), held.counts.totalCount]).toEqual([{ run: 60 }, 600]);
    expect(shiftOf(held).coverageRatio).toBeCloseTo(2 / 3, 12);
    expect(held.remarks.map(({ code }) => code)).toContain('coverage-low');
  });

  it('a state that the map does not have is unknown; the map can be edited', () => {
    const evidence = { states: at([0, 'Execute'], [30, 'Washing']) };
    expect(minutesOf(account({ evidence }))).toEqual({ run: 30, unknown: 30 });
    const stateMap = { execute: 'run', washing: 'setup' } as const;
    expect(minutesOf(account({ evidence, rules: { stateMap } }))).toEqual({ run: 30, setup: 30 });
  });

  it('unit modes go before states: Setup is set-up, Maintenance outside of the plan a failure', () => {
    const evidence = {
      states: RUNS,
      modes: at([0, 'Production'], [10, 'Setup'], [20, 'Maintenance'], [25, 'Production']),
    };
    expect(minutesOf(account({ evidence }))).toEqual({ run: 45, setup: 10, failure: 5 });
  });

  it('a run signal tells run, and flags and reasons tell the stops', () => {
    const evidence = {
      running: at<boolean>([0, true], [10, false], [20, true], [30, false], [40, true]),
      starved: at<boolean>([0, false], [10, true], [20, false]),
      stopReasons: at([0, ''], [30, 'Door'], [40, '']),
    };
    expect(minutesOf(account({ evidence, rules: { stateFrom: 'run-signal' } }))).toEqual({
      run: 40,
      starved: 10,
      failure: 10,
    });
  });

  it('counts alone: it stands from the last part on once none has come for the idle time', () => {
    const total = counter([
      ...steady(0, 20, 30),
      ...steady(40, 59, 30).map(([min, n]): [number, number] => [min, n + 41]),
    ]);
    const found = account({ evidence: { total }, rules: { stateFrom: 'counts', idleAfterMs: 90 * S } });
    expect(minutesOf(found)).toEqual({ run: 40, unassigned: 20 });
  });
});

describe('calendar and plan', () => {
  it('K4: a stretch is split at the edges of a break', () => {
    const found = account({
      breaks: [[20, 30]],
      evidence: { states: at([0, 'Execute'], [10, 'Held'], [40, 'Execute']) },
    });
    expect(found.intervals.map(({ fromMs, timeClass }) => [fromMs / MIN, timeClass])).toEqual([
      [0, 'run'],
      [10, 'unassigned'],
      [20, 'planned'],
      [30, 'unassigned'],
      [40, 'run'],
    ]);
  });

  it('K6: time outside of the shift is not scheduled', () => {
    const input = toInput({ evidence: { states: RUNS } });
    const found = accountMachine({ ...input, shift: { ...input.shift, toMs: 40 * MIN } });
    expect(minutesOf(found)).toEqual({ run: 40, 'not-scheduled': 20 });
  });

  it('L3: run in a break adds to the planned time, or the plan stands and OEE may exceed 100 %', () => {
    const evidence = {
      states: RUNS,
      total: counter([
        [0, 0],
        [60, 600],
      ]),
      good: counter([
        [0, 0],
        [60, 600],
      ]),
    };
    expect(figure(account({ evidence, breaks: [[20, 30]] }), 'oee')).toBe('1');
    const stands = account({ evidence, breaks: [[20, 30]], rules: { workedBreak: 'plan-stands' } });
    expect([figure(stands, 'availability'), figure(stands, 'oee')]).toEqual(['1', '6/5']);
    expect(shiftOf(stands).basis).toContain('run in breaks is not added to PPT');
  });

  const maintenance = {
    plannedWindows: [{ name: 'Service', kind: 'maintenance' as const, fromMs: 10 * MIN, toMs: 40 * MIN }],
  };
  const serviced = {
    states: at([0, 'Execute'], [10, 'Stopped'], [50, 'Execute']),
    modes: at([0, 'Production'], [10, 'Maintenance'], [25, 'Production']),
  };

  it.each([
    ['an order is active', 'O1', { run: 20, planned: 15, unassigned: 25 }],
    ['no order is active', '', { run: 20, planned: 15, 'no-order': 15, unassigned: 10 }],
  ])('L4: the rest of a short maintenance when %s', (_when, order, expected) => {
    const found = account({
      evidence: { ...serviced, orders: at([0, order]) },
      rules: { metricNames: { order: 'Order' } },
      change: maintenance,
    });
    expect(minutesOf(found)).toEqual(expected);
  });

  it('L4: without a signal for orders the plan stands', () => {
    expect(minutesOf(account({ evidence: serviced, change: maintenance }))).toEqual({
      run: 20,
      planned: 30,
      unassigned: 10,
    });
  });

  it('Idle without an order is no order, with one a stop, and without a signal a stop', () => {
    const evidence = { states: at([0, 'Execute'], [30, 'Idle']), orders: at([0, 'O1'], [45, '']) };
    const withOrders = account({ evidence, rules: { metricNames: { order: 'Order' } } });
    expect(minutesOf(withOrders)).toEqual({ run: 30, unassigned: 15, 'no-order': 15 });
    expect(minutesOf(account({ evidence }))).toEqual({ run: 30, unassigned: 30 });
  });

  it('time without demand is no order, whatever stands in it', () => {
    const plannedWindows = [{ name: 'No demand', kind: 'no-demand' as const, fromMs: 30 * MIN, toMs: 60 * MIN }];
    const evidence = { states: at([0, 'Execute'], [25, 'Stopped']) };
    expect(minutesOf(account({ evidence, change: { plannedWindows } }))).toEqual({
      run: 25,
      unassigned: 5,
      'no-order': 30,
    });
  });
});

describe('stops', () => {
  it('L9: a stop over the edge of a shift is judged by its whole length, on both sides', () => {
    const evidence = { states: at([-30, 'Execute'], [-1, 'Held'], [0.5, 'Execute'], [59.5, 'Held'], [65, 'Execute']) };
    const found = account({ evidence });
    expect(minutesOf(found)).toEqual({ run: 59, unassigned: 1 });
    expect(found.stops.map(({ isOpen }) => isOpen)).toEqual([false, false]);
  });

  it('L10: an open stop is short until it is longer than the limit, then all of it turns', () => {
    const states = at([0, 'Execute'], [10, 'Held']);
    const upTo = (minutes: number) =>
      minutesOf(account({ evidence: { states }, change: { range: { fromMs: 0, toMs: minutes * MIN } } }));
    expect(upTo(11)).toEqual({ run: 10, 'short-stop': 1 });
    expect(upTo(12)).toEqual({ run: 10, unassigned: 2 });
  });

  it('T1 and T2: between them a stop needs no reason, above them it does, and below it is performance', () => {
    const states = at(
      [0, 'Execute'],
      [5, 'Held'],
      [6, 'Execute'],
      [10, 'Held'],
      [14, 'Execute'],
      [20, 'Held'],
      [26, 'Execute'],
    );
    const found = account({ evidence: { states } });
    expect(found.stops.map(({ fromMs, needsReason }) => [fromMs / MIN, needsReason])).toEqual([
      [10, false],
      [20, true],
    ]);
    expect(shiftOf(found).pareto.map(({ id, stopCount }) => [id, stopCount])).toEqual([
      ['cause:unassigned:Held', 1],
      ['no-reason-needed', 1],
      ['short-stop', 1],
    ]);
  });

  it('first-out: the reason that was named first is the reason of the whole stop', () => {
    const evidence = {
      states: at([0, 'Execute'], [10, 'Aborting'], [11, 'Aborted'], [20, 'Clearing'], [22, 'Execute']),
      stopReasons: at([0, ''], [10.1, 'Jam'], [12, 'Door open'], [21, '']),
    };
    const [stop, ...others] = account({ evidence }).stops;
    expect(others).toEqual([]);
    expect(stop).toMatchObject({ cause: 'Jam', timeClass: 'failure', reasonSource: 'machine', needsReason: false });
  });

  const stopped = { states: at([0, 'Execute'], [10, 'Held'], [30, 'Execute']) };
  const reason = (change: Partial<AssignedReason>): AssignedReason => ({
    assignmentId: 1,
    reasonId: 'jam',
    timeClass: 'failure',
    isPlanned: false,
    fromMs: 10 * MIN,
    toMs: 30 * MIN,
    comment: null,
    by: 'Ada',
    atMs: 1,
    ...change,
  });

  it('L7: a reason changes the breakdown and leaves OEE alone, a planned one takes time out of the plan', () => {
    const explained = account({ evidence: stopped, change: { assignments: [reason({})] } });
    expect(minutesOf(explained)).toEqual({ run: 40, failure: 20 });
    expect(explained.stops).toMatchObject([{ reasonId: 'jam', needsReason: false, reasonSource: 'operator' }]);
    expect(figure(explained, 'availability')).toBe('2/3');
    const planned = account({ evidence: stopped, change: { assignments: [reason({ isPlanned: true })] } });
    expect(minutesOf(planned)).toEqual({ run: 40, planned: 20 });
    expect(figure(planned, 'availability')).toBe('1');
    expect(planned.stops).toHaveLength(1);
  });

  it('L7: the newest reason counts, in whatever order they are given, and can be taken back', () => {
    const newer = reason({ assignmentId: 2, atMs: 2, timeClass: 'starved', fromMs: 20 * MIN });
    const back = reason({ assignmentId: 3, atMs: 3, reasonId: null });
    expect(minutesOf(account({ evidence: stopped, change: { assignments: [newer, reason({})] } }))).toEqual({
      run: 40,
      failure: 10,
      starved: 10,
    });
    expect(minutesOf(account({ evidence: stopped, change: { assignments: [back, newer, reason({})] } }))).toEqual({
      run: 40,
      unassigned: 20,
    });
  });

  it('L6: the plan goes before a reason of a person', () => {
    const found = account({ evidence: stopped, breaks: [[15, 25]], change: { assignments: [reason({})] } });
    expect(minutesOf(found)).toEqual({ run: 40, failure: 10, planned: 10 });
  });

  it('L8: a split divides a stop exactly, a merge makes it whole', () => {
    const split = { atMs: 18 * MIN, kind: 'split' as const };
    const parts = account({ evidence: stopped, change: { cuts: [split] } }).stops;
    expect(parts.map(({ fromMs, toMs, needsReason }) => [fromMs / MIN, toMs / MIN, needsReason])).toEqual([
      [10, 18, true],
      [18, 30, true],
    ]);
    expect(
      account({ evidence: stopped, change: { cuts: [split, { atMs: 18 * MIN, kind: 'merge' }] } }).stops,
    ).toHaveLength(1);
  });
});

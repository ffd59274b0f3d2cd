import { describe, expect, it } from 'vitest';
import {
  account,
  at,
  counter,
  figure,
  ideal,
  MIN,
  minutesOf,
  RULES,
  S,
  shiftOf,
  steady,
  toInput,
} from './account-fixture.ts';
import { accountLine } from './account-line.ts';
import { accountMachine, lookbackMs } from './account-machine.ts';

const states = at([0, 'Execute']);

describe('change-overs', () => {
  const evidence = {
    states: at([0, 'Execute'], [20, 'Stopped'], [32, 'Execute'], [50, 'Stopped'], [52, 'Execute']),
    products: at([0, 'A'], [25, 'B']),
    total: counter([...steady(0, 20, 30), [33, 41], [34, 42], [35, 43]]),
    reject: counter([
      [0, 0],
      [33, 1],
      [34, 2],
    ]),
  };

  it('L5: it lasts from the last good part of one product to the first good one of the next; run in it stays run', () => {
    const found = account({ evidence });
    expect(found.changeovers).toEqual([{ fromMs: 20 * MIN, toMs: 35 * MIN }]);
    expect(minutesOf(found)).toEqual({ run: 46, setup: 12, unassigned: 2 });
  });

  it('L5: what is longer than the target is an overrun', () => {
    const found = account({ evidence, rules: { changeoverTargetMs: 10 * MIN } });
    const steps = shiftOf(found).waterfall.filter(({ id }) => id.startsWith('setup'));
    expect(steps.map(({ id, ms }) => [id, ms / MIN])).toEqual([
      ['setup', 10],
      ['setup-overrun', 2],
    ]);
  });

  it('L6: a fault in a change-over stays a fault', () => {
    const faulted = { ...evidence, states: at([0, 'Execute'], [20, 'Stopped'], [26, 'Aborted'], [32, 'Execute']) };
    expect(minutesOf(account({ evidence: faulted }))).toEqual({ run: 48, setup: 6, failure: 6 });
  });

  it('rejects of a change-over are start-up rejects', () => {
    const steps = shiftOf(account({ evidence })).waterfall;
    expect(steps.find(({ id }) => id === 'start-up-rejects')?.ms).toBe(12 * S);
    expect(steps.find(({ id }) => id === 'rejects')?.ms).toBe(0);
  });

  it('planned set-up time takes a change-over out of the planned production time', () => {
    const plannedWindows = [{ name: 'Set-up', kind: 'setup-target' as const, fromMs: 0, toMs: 30 * MIN }];
    expect(minutesOf(account({ evidence, change: { plannedWindows } }))).toEqual({
      run: 46,
      planned: 10,
      setup: 2,
      unassigned: 2,
    });
  });
});

describe('views', () => {
  const evidence = {
    states: at(
      [0, 'Execute'],
      [10, 'Held'],
      [10.5, 'Execute'],
      [20, 'Aborted'],
      [26, 'Execute'],
      [40, 'Resetting'],
      [44, 'Execute'],
    ),
    modes: at([0, 'Production'], [50, 'Setup'], [55, 'Production']),
    total: counter([
      [0, 0],
      [59, 400],
    ]),
    good: counter([
      [0, 0],
      [59, 380],
    ]),
  };
  const found = account({ evidence, rules: { prorateGapMs: 100 * MIN } });

  it('the ISO view counts minor stoppages as delay, so A and E differ from A and P and the index does not', () => {
    expect(minutesOf(found)).toEqual({ run: 44.5, 'short-stop': 0.5, failure: 6, unassigned: 4, setup: 5 });
    expect(figure(found, 'availability')).toBe('3/4');
    expect(figure(found, 'iso-availability')).toBe('89/120');
    expect(figure(found, 'iso-effectiveness')).toBe('80/89');
    expect([figure(found, 'oee'), figure(found, 'iso-oee')]).toEqual(['19/30', '19/30']);
    expect(figure(found, 'iso-nee')).toBe('627/890');
    expect(figure(found, 'iso-technical')).toBe('89/110');
    expect(figure(found, 'iso-setup-rate')).toBe('10/99');
    expect(figure(found, 'iso-utilization')).toBe('89/120');
    expect(figure(found, 'iso-allocation')).toBe('1');
  });

  it('MTBF and MTTR are of failures, not of all stops', () => {
    expect(figure(found, 'mtbf')).toBe(String(45 * MIN));
    expect(figure(found, 'mttr')).toBe(String(6 * MIN));
    expect(figure(found, 'stops')).toBe('3');
    expect(figure(account({ evidence: { states } }), 'mtbf')).toBe('No failure in this time.');
  });

  it('the ladder sums: every level is the one before less the losses between', () => {
    let level = 0;
    for (const step of shiftOf(found).waterfall) {
      if (step.kind === 'loss') level -= step.ms;
      else if (step.id === 'all-time') level = step.ms;
      else expect([step.id, step.ms]).toEqual([step.id, level]);
    }
    expect(level).toBe(380 * 6 * S);
  });
});

it('L11: on the line, waiting of the bottleneck belongs to the machine that causes it, however far away', () => {
  const of = (name: string, idealMs: number, machineStates: ReturnType<typeof at<string>>) => {
    const flags = { starved: at<boolean>([0, true]), blocked: at<boolean>([0, false]) };
    const input = toInput({
      rules: { ideals: [ideal(idealMs)] },
      evidence: {
        states: machineStates,
        ...flags,
        total: counter([
          [0, 0],
          [59, 100],
        ]),
        good: counter([
          [0, 0],
          [59, 100],
        ]),
      },
    });
    return { machineId: name, name, isBottleneck: false, input, account: accountMachine(input) };
  };
  const line = accountLine([
    of('Depalletiser', S, at([0, 'Execute'], [10, 'Aborted'], [22, 'Execute'])),
    of('Filler', S, at([0, 'Execute'], [11, 'Suspended'], [23, 'Execute'])),
    of('Packer', 3 * S, at([0, 'Execute'], [12, 'Suspended'], [24, 'Execute'])),
  ]);
  expect(line?.account.stops).toMatchObject([
    {
      timeClass: 'failure',
      cause: 'Depalletiser: Aborted',
      reasonSource: 'neighbour',
      fromMs: 12 * MIN,
      toMs: 24 * MIN,
    },
  ]);
});

it('L9: evidence is needed from as long before as the longest limit, at least an hour', () => {
  expect(lookbackMs(RULES)).toBe(60 * MIN);
  expect(lookbackMs({ ...RULES, reasonStopMs: 90 * MIN })).toBe(90 * MIN);
});

it('C5: shares a count out over the start of the shift for the line as for its last machine', () => {
  const evidence = {
    states: at([-60, 'Execute']),
    total: counter([
      [-30, 0],
      [30, 600],
      [60, 900],
    ]),
  };
  const input = toInput({ evidence, rules: { idleAfterMs: 60 * MIN } });
  const last = accountMachine(input);
  const machine = { machineId: 'm', name: 'Packer', isBottleneck: true, input, account: last };
  const line = accountLine([machine]);
  expect(last.counts.totalCount).toBe(600);
  expect(line?.account.counts.totalCount).toBe(600);
});

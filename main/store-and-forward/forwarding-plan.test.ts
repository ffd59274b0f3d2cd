import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Priority } from '../../shared/domain/metric.ts';
import { isDrained, nextHistoryDelayMs, nextSend } from './forwarding-decisions.ts';
import type { ForwardingNumbers } from './forwarding-state.ts';
import { DEVICES, ForwardingWorld } from './forwarding-world.ts';

const NUMBERS: ForwardingNumbers = { historyRowsPerS: 200, batchRows: 5, maxUnbarrieredRows: 12, holdTimeMs: 1_000 };
const command = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.constant('commit' as const), fc.integer({ min: 1, max: 9 }), fc.nat(2)) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constant('commit' as const), fc.nat(5), fc.nat(2), fc.constantFrom('encode', 'close')),
  },
  { weight: 1, arbitrary: fc.tuple(fc.constant('setAside' as const)) },
  { weight: 8, arbitrary: fc.tuple(fc.constant('startSend' as const)) },
  { weight: 8, arbitrary: fc.tuple(fc.constant('finishSend' as const)) },
  { weight: 4, arbitrary: fc.tuple(fc.constant('askBarrier' as const)) },
  { weight: 4, arbitrary: fc.tuple(fc.constant('passBarrier' as const)) },
  { weight: 4, arbitrary: fc.tuple(fc.constant('pass' as const), fc.integer({ min: 1, max: 1_500 })) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('confirm' as const)) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('birth' as const)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('end' as const)) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('host' as const), fc.boolean()) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('deviceBorn' as const), fc.nat(2)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('deviceDies' as const), fc.nat(1)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('failSend' as const)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('failBarrier' as const)) },
);

function run(world: ForwardingWorld, [name, ...input]: readonly [keyof ForwardingWorld, ...unknown[]]): void {
  (world[name] as (...given: readonly unknown[]) => void).apply(world, input);
}

/** A last birth with everything well: carries on until the plan asks for nothing more. */
function runToTheEnd(world: ForwardingWorld): void {
  world.failSend();
  world.failBarrier();
  world.host(true);
  world.birth();
  for (const index of DEVICES.keys()) world.deviceBorn(index);
  for (let turn = 0; turn < 5_000 && world.rows.size > 0; turn++) {
    if (world.startSend()) world.finishSend();
    world.askBarrier();
    world.passBarrier();
    world.pass(nextHistoryDelayMs(world.plan, world.nowMs) ?? 50);
    world.confirm();
    world.setAside();
    // The broker has closed the connection over a row.
    if (world.plan.session.phase !== 'born') world.birth();
  }
}

describe('the forwarding plan', () => {
  it.each([
    ['with a primary host', NUMBERS],
    ['without one', { ...NUMBERS, holdTimeMs: undefined }],
  ])('keeps its promises through any order of events, %s', (_name, numbers) => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 150, size: 'max' }), (commands) => {
        const world = new ForwardingWorld(numbers);
        if (numbers.holdTimeMs === undefined) world.isHostOnline = true;
        for (const each of commands) run(world, each);
        const innocentCount = world.setAsideRows.filter((row) => row.poison === undefined).length;
        runToTheEnd(world);
        expect([...world.rows.keys()], 'everything arrives after a last birth, or is set aside').toEqual([]);
        const innocent = world.setAsideRows.filter((row) => row.poison === undefined);
        expect(innocent.length, 'a broker that closes over poison only costs no other row').toBe(innocentCount);
      }),
      { numRuns: 400 },
    );
  });

  it('sends history at half the pace when the host went offline, and faster again with what arrives', () => {
    const world = new ForwardingWorld(NUMBERS);
    world.host(true);
    world.birth();
    world.host(false);
    expect(world.plan.historyRowsPerS).toBe(100);
    for (let turn = 0; turn < 20; turn++) {
      world.host(true);
      world.host(false);
    }
    const slowest = NUMBERS.historyRowsPerS / 32;
    expect(world.plan.historyRowsPerS).toBe(slowest);
    world.commit(9, 0);
    runToTheEnd(world);
    expect(world.plan.historyRowsPerS).toBeCloseTo(slowest + 0.09);
    world.end();
    expect(world.plan.historyRowsPerS, 'a lost connection says nothing of the database').toBeCloseTo(slowest + 0.09);
  });

  const born = (): ForwardingWorld => {
    const world = new ForwardingWorld(NUMBERS);
    for (const index of DEVICES.keys()) world.deviceBorn(index);
    world.host(true);
    return world;
  };

  it('sends live rows before history, and history within its rows per second', () => {
    const world = born();
    world.commit(200, 0);
    world.birth();
    world.commit(3, 0);
    expect(nextSend(world.plan, 0)).toMatchObject({
      historyOf: undefined,
      wanted: [{ firstRowId: 201, lastRowId: 203 }],
    });
    let historyCount = 0;
    for (let turn = 0; turn < 200 && world.nowMs < 500; turn++) {
      const request = nextSend(world.plan, world.nowMs);
      if (world.startSend()) {
        historyCount += request?.historyOf === undefined ? 0 : request.maxRows;
        world.finishSend();
        world.askBarrier();
        world.passBarrier();
      } else {
        world.pass(nextHistoryDelayMs(world.plan, world.nowMs) ?? 1);
      }
    }
    // 500 ms of 200 rows/s, and the reserve of a quarter second.
    expect(historyCount).toBeGreaterThanOrEqual(100);
    expect(historyCount).toBeLessThanOrEqual(155);
  });

  it('takes rows in flight back when the host goes offline within the hold time', () => {
    const world = born();
    world.birth();
    world.commit(3, 0);
    world.startSend();
    world.finishSend();
    world.askBarrier();
    world.passBarrier();
    world.pass(999);
    expect(isDrained(world.plan)).toBe(true);
    world.host(false);
    world.pass(5_000);
    expect(world.plan.toConfirm).toEqual([]);
    expect(nextSend(world.plan, world.nowMs)).toBeUndefined();
    world.host(true);
    expect(nextSend(world.plan, world.nowMs)).toMatchObject({ historyOf: 'high' });
  });

  it('holds rows of an unborn device and sends them as history after its birth', () => {
    const world = new ForwardingWorld(NUMBERS);
    world.host(true);
    world.birth();
    world.commit(1, 0);
    world.startSend();
    world.finishSend();
    expect(nextSend(world.plan, world.nowMs)).toBeUndefined();
    world.deviceBorn(0);
    expect(nextSend(world.plan, world.nowMs)).toMatchObject({ historyOf: 'high', wanted: [{ firstRowId: 1 }] });
  });

  it('does not leave rows behind whose device is born while they are being refused', () => {
    const world = new ForwardingWorld(NUMBERS);
    world.host(true);
    world.birth();
    world.commit(1, 0);
    world.startSend();
    world.deviceBorn(0);
    world.finishSend();
    expect(nextSend(world.plan, world.nowMs)).toMatchObject({ historyOf: 'high', wanted: [{ firstRowId: 1 }] });
  });

  it('sends a backlog class by class, the highest first', () => {
    const world = born();
    world.commit(30, 0);
    world.birth();
    const classes: Priority[] = [];
    for (let turn = 0; turn < 500 && world.rows.size > 0; turn++) {
      const historyOf = nextSend(world.plan, world.nowMs)?.historyOf;
      if (historyOf !== undefined && historyOf !== classes.at(-1)) classes.push(historyOf);
      if (world.startSend()) world.finishSend();
      world.askBarrier();
      world.passBarrier();
      world.pass(50);
      world.confirm();
    }
    expect(classes).toEqual(['high', 'normal', 'low']);
  });

  it('finds the one row over which the broker closes the connection, in few connections, and sends all others', () => {
    const world = new ForwardingWorld({ ...NUMBERS, batchRows: 50, historyRowsPerS: 1e6, maxUnbarrieredRows: 2_000 });
    for (const index of DEVICES.keys()) world.deviceBorn(index);
    world.host(true);
    world.commit(500, 0);
    world.commit(500, 0, 'close');
    world.birth();
    let closedCount = 0;
    for (let turn = 0; turn < 5_000 && world.rows.size > 0; turn++) {
      // Several batches under way before the broker answers.
      for (let ahead = 0; ahead < 3; ahead++) if (world.startSend()) world.finishSend();
      world.askBarrier();
      world.passBarrier();
      world.pass(50);
      world.confirm();
      world.setAside();
      if (world.plan.session.phase === 'born') continue;
      closedCount++;
      world.birth();
    }
    expect(world.setAsideRows.map((row) => row.rowId)).toEqual([501]);
    expect([...world.rows.keys()]).toEqual([]);
    expect(closedCount).toBeLessThanOrEqual(7);
  });

  it('sends suspects although new rows come faster than the broker answers, and those rows by turns with them', () => {
    const world = new ForwardingWorld({ ...NUMBERS, batchRows: 50, historyRowsPerS: 1e6, maxUnbarrieredRows: 2_000 });
    for (const index of DEVICES.keys()) world.deviceBorn(index);
    world.host(true);
    world.birth();
    world.commit(100, 0);
    for (let turn = 0; turn < 2; turn++) if (world.startSend()) world.finishSend();
    // The network breaks while they are under way.
    world.end();
    world.birth();
    for (let turn = 0; turn < 400; turn++) {
      world.commit(2, 0);
      for (let ahead = 0; ahead < 3; ahead++) if (world.startSend()) world.finishSend();
      // Of the barrier that was asked before these rows came.
      world.passBarrier();
      world.askBarrier();
      world.pass(50);
      world.confirm();
      const lastRowId = world.plan.lastRowId;
      const { session } = world.plan;
      const liveCount = session.phase === 'born' ? lastRowId - session.liveAfterRowId : 0;
      expect(liveCount, 'live rows wait for a suspect or two, never longer').toBeLessThanOrEqual(10);
    }
    expect([...world.rows.keys()].filter((rowId) => rowId <= 100)).toEqual([]);
  });

  it('counts rows sent late as replayed, and rows sent again', () => {
    const world = born();
    world.commit(4, 0);
    world.birth();
    world.commit(2, 0);
    for (let turn = 0; turn < 4; turn++) {
      world.startSend();
      world.finishSend();
    }
    expect(world.plan).toMatchObject({ replayedCount: 4, resentCount: 0 });
    world.birth();
    for (let turn = 0; turn < 6; turn++) {
      world.startSend();
      world.finishSend();
    }
    expect(world.plan).toMatchObject({ replayedCount: 10, resentCount: 6 });
  });
});

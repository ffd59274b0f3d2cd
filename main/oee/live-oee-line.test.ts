import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ShiftConfig } from '../../shared/config/equipment.ts';
import { fakeClock } from '../testing/fake-clock.ts';
import type { OeeReader } from './live-oee.ts';
import { builder, EARLY, machine, MIN, NOTHING, pagesOf, parts, row, S, SHIFT_MS } from './oee-fixture.ts';

const build = builder(fakeClock);

describe('the line', () => {
  const machines = [
    machine('Filler', { idealCycleMs: 500 }),
    machine('Capper', { isBottleneck: true }),
    machine('Packer', { idealCycleMs: 500 }),
  ];

  it('has the time and the ideal cycle of the bottleneck and the parts of the last machine', () => {
    const { oee } = build(machines, 20 * MIN);
    oee.accept([
      row('Filler', 'State', 0, 'Aborted'),
      row('Capper', 'State', 0, 'Execute'),
      row('Capper', 'State', 15 * MIN, 'Aborted'),
      row('Packer', 'State', 0, 'Execute'),
      ...parts('Packer', 0, 10 * MIN),
    ]);
    const { line } = oee.snapshot();
    expect(line).toMatchObject({
      kind: 'line',
      name: 'Line 1',
      totalCount: 600,
      goodCount: 540,
      idealCycleMs: 1_000,
      runMs: 15 * MIN,
    });
    expect(line?.factors.oee.value).toBe(0.45);
    expect(line?.basis).toContain('time and ideal cycle of Capper · parts of Packer');
  });

  it('is known only while its bottleneck and its last machine are', () => {
    const { oee } = build(machines, 20 * MIN);
    oee.accept([
      row('Capper', 'State', 0, 'Execute'),
      row('Packer', 'State', 0, 'Execute'),
      row('Packer', 'State', 5 * MIN, 'Execute', 0),
      row('Packer', 'State', 10 * MIN, 'Execute'),
      ...parts('Packer', 0, 20 * MIN),
    ]);
    // The bad state is held for a minute (T3); the parts of the gap, from 6 to 10 minutes, go with its time.
    expect(oee.snapshot().line).toMatchObject({ accountMs: { run: 16 * MIN, unknown: 4 * MIN }, totalCount: 960 });
  });
});

describe('shifts', () => {
  const late = ShiftConfig.parse({ name: 'Late', days: ['mon'], from: '14:00', to: '22:00' });

  it('turn at their time: the new one starts from nothing, the counter from where it was', () => {
    const { oee, clock } = build([machine('Filler')], 479 * MIN, NOTHING, [EARLY, late]);
    oee.accept([row('Filler', 'State', 0, 'Execute'), ...parts('Filler', 478 * MIN, 479 * MIN)]);
    expect(oee.snapshot().shift?.name).toBe('Early');
    clock.advanceMs(2 * MIN);
    oee.accept(parts('Filler', 479 * MIN + S, 481 * MIN, 61));
    const snapshot = oee.snapshot();
    expect(snapshot.shift).toEqual({
      name: 'Late',
      localDate: '2026-01-05',
      fromMs: SHIFT_MS + 480 * MIN,
      toMs: SHIFT_MS + 960 * MIN,
    });
    expect(snapshot.machines[0]).toMatchObject({ totalCount: 60, accountMs: { run: MIN } });
  });

  it('between them nothing is scheduled', () => {
    const { oee, clock } = build([machine('Filler')], 479 * MIN);
    expect(oee.snapshot().shift).not.toBeNull();
    clock.advanceMs(2 * MIN);
    const { shift, line, machines } = oee.snapshot();
    expect(shift).toBeNull();
    expect(machines[0]?.state).toEqual({ timeClass: 'not-scheduled', cause: null, sinceMs: SHIFT_MS + 480 * MIN });
    expect(line?.factors.oee).toEqual({ value: null, cause: 'Not scheduled: no shift is running.' });
  });
});

describe('load', () => {
  it('reads the running shift with what was before it, and gives what streaming would have given', async () => {
    const rows = [
      row('Filler', 'State', -30 * MIN, 'Execute'),
      ...parts('Filler', -S, 10 * MIN),
      row('Filler', 'State', 5 * MIN, 'Held'),
    ];
    const asked: Parameters<OeeReader['readSamples']>[0][] = [];
    const reader: OeeReader = {
      readSamples(query) {
        asked.push(query);
        return pagesOf([rows.slice(0, 40), rows.slice(40)]);
      },
    };
    const loaded = build([machine('Filler')], 10 * MIN, reader).oee;
    loaded.accept(rows.slice(-50));
    await loaded.load();
    const streamed = build([machine('Filler')], 10 * MIN).oee;
    for (const one of rows) streamed.accept([one]);
    expect(loaded.snapshot()).toEqual(streamed.snapshot());
    expect(asked).toEqual([
      {
        machineId: 'plant/edge/Filler',
        metricNames: ['Connection/Online', 'State', 'StopReason', 'Processed', 'Defective'],
        fromMs: SHIFT_MS - 60 * MIN,
        toMs: SHIFT_MS + 480 * MIN,
      },
    ]);
  });

  it('passes on what the reader says, and may be called again', async () => {
    const failure = new Error('historian is away');
    const reader: OeeReader = {
      readSamples: () => {
        throw failure;
      },
    };
    await expect(build([machine('Filler')], 0, reader).oee.load()).rejects.toBe(failure);
  });
});

it('T10: any order of arrival, in any batches and with duplicates, gives the same figures', () => {
  const config = machine('Filler', { microStopS: 20 });
  const time = fc.integer({ min: -100, max: 600 }).map((seconds) => seconds * S);
  const anyRow = fc.oneof(
    fc.record({
      timeMs: time,
      metric: fc.constant('State'),
      value: fc.constantFrom('Execute', 'Held', 'Aborted', 'Suspended'),
    }),
    fc.record({ timeMs: time, metric: fc.constant('StopReason'), value: fc.constantFrom('', 'Jam') }),
    fc.record({ timeMs: time, metric: fc.constant('Processed'), value: fc.nat(300) }),
    fc.record({ timeMs: time, metric: fc.constant('Connection/Online'), value: fc.boolean() }),
  );
  const history = fc.uniqueArray(anyRow, { selector: ({ timeMs, metric }) => `${metric} ${timeMs}`, maxLength: 60 });
  fc.assert(
    fc.property(
      history,
      fc.array(fc.nat(), { minLength: 60, maxLength: 60 }),
      fc.integer({ min: 1, max: 9 }),
      (list, keys, size) => {
        const rows = list.map(({ timeMs, metric, value }) => row('Filler', metric, timeMs, value));
        const batch = build([config], 10 * MIN).oee;
        batch.accept([...rows].sort((a, b) => a.timeMs - b.timeMs));
        const shuffled = rows.map((one, index) => ({ one, key: keys[index] ?? 0 })).sort((a, b) => a.key - b.key);
        const streamed = build([config], 10 * MIN).oee;
        for (let from = 0; from < shuffled.length; from += size) {
          streamed.accept(shuffled.slice(Math.max(0, from - 3), from + size).map(({ one }) => one));
          streamed.snapshot();
        }
        expect(streamed.snapshot()).toEqual(batch.snapshot());
      },
    ),
  );
});

import { expect, it } from 'vitest';
import { silentLog } from '../platform/log.ts';
import { fakeClock } from '../testing/fake-clock.ts';
import { changesOf } from './change-ramp.ts';
import { Forwarder } from './forwarder.ts';
import { MemoryForwardBuffer } from './memory-forward-buffer.ts';

const ROW_COUNT = 9_000;

it('a backlog that no birth holds any more is set aside at the pace of history, and all of it', async () => {
  const clock = fakeClock();
  const buffer = new MemoryForwardBuffer(clock);
  await buffer.append(changesOf(1, ROW_COUNT));
  const forwarder = await Forwarder.start({
    buffer,
    sender: {
      send: (rows) => Promise.resolve({ notTaken: [], poisoned: rows.map((row) => ({ row, reason: 'no metric' })) }),
      barrier: () => Promise.resolve(),
    },
    clock,
    log: silentLog,
    historyRowsPerS: 20_000,
    holdTimeMs: undefined,
  });
  const pass = async (byMs: number): Promise<void> => {
    clock.advanceMs(byMs);
    for (let turn = 0; turn < 300; turn += 1) await Promise.resolve();
  };
  forwarder.sessionBorn();
  await pass(0);
  await pass(250);
  const { deadLetterCount } = await buffer.stats();
  expect(deadLetterCount).toBeGreaterThan(0);
  expect(deadLetterCount).toBeLessThanOrEqual(7_000);
  for (let turn = 0; turn < 8; turn += 1) await pass(250);
  expect(await buffer.stats()).toMatchObject({ rowCount: 0, deadLetterCount: ROW_COUNT });
  await forwarder.stop();
});

it('rows that wait for the birth of a device are handed over once more when no birth of it will come', async () => {
  const clock = fakeClock();
  const buffer = new MemoryForwardBuffer(clock);
  await buffer.append(changesOf(1, 3));
  let isGone = false;
  const forwarder = await Forwarder.start({
    buffer,
    sender: {
      send: (rows) =>
        Promise.resolve(
          isGone
            ? { notTaken: [], poisoned: rows.map((row) => ({ row, reason: 'no device' })) }
            : { notTaken: rows, poisoned: [] },
        ),
      barrier: () => Promise.resolve(),
    },
    clock,
    log: silentLog,
    historyRowsPerS: 20_000,
    holdTimeMs: undefined,
  });
  const pass = async (): Promise<void> => {
    clock.advanceMs(1_000);
    for (let turn = 0; turn < 300; turn += 1) await Promise.resolve();
  };
  forwarder.sessionBorn();
  await pass();
  expect(forwarder.snapshot()).toMatchObject({ heldCount: 3 });
  isGone = true;
  await pass();
  expect(forwarder.snapshot()).toMatchObject({ heldCount: 3 });
  forwarder.deviceGone('press-1');
  await pass();
  await pass();
  expect(await buffer.stats()).toMatchObject({ rowCount: 0, deadLetterCount: 3 });
  await forwarder.stop();
});

import { describe, expect, it } from 'vitest';
import { silentLog } from '../platform/log.ts';
import { fakeClock } from '../testing/fake-clock.ts';
import { changeOf, changesOf } from './change-ramp.ts';
import { FakeSender, settled } from './fake-sender.ts';
import { Forwarder, type Stall } from './forwarder.ts';
import { MemoryForwardBuffer } from './memory-forward-buffer.ts';

async function start(options: { holdTimeMs?: number; storedRows?: number } = {}) {
  const clock = fakeClock();
  const buffer = new MemoryForwardBuffer(clock);
  const sender = new FakeSender();
  await buffer.append(changesOf(1, options.storedRows ?? 0));
  const open = (): Promise<Forwarder> =>
    Forwarder.start({
      buffer,
      sender,
      clock,
      log: silentLog,
      historyRowsPerS: 20_000,
      holdTimeMs: options.holdTimeMs,
    });
  const forwarder = await open();
  const stalls: Stall[] = [];
  forwarder.stalled.on((stall) => stalls.push(stall));
  const store = async (from: number, count: number): Promise<void> => {
    forwarder.rowsCommitted((await buffer.append(changesOf(from, count))).lastRowId);
    await settled();
  };
  const pass = async (byMs: number): Promise<void> => {
    clock.advanceMs(byMs);
    await settled();
  };
  const left = async (): Promise<number> => (await buffer.stats()).rowCount;
  return { clock, buffer, sender, forwarder, stalls, store, pass, left, open };
}

describe('the forwarder', () => {
  it('sends nothing without a session', async () => {
    const { sender, forwarder, store } = await start();
    await store(1, 5);
    expect(sender.sent).toEqual([]);
    expect(forwarder.snapshot()).toMatchObject({ waitingCount: 5, sentCount: 0 });
  });

  it('sends a stored row as live as soon as it is committed, and deletes it after a barrier', async () => {
    const { sender, forwarder, store, pass, left } = await start();
    forwarder.sessionBorn();
    await store(1, 3);
    expect(sender.sent).toEqual([1, 2, 3].map((value) => ({ value, isHistorical: false })));
    expect(sender.barrierCount).toBe(1);
    await pass(250);
    expect(await left()).toBe(0);
    expect(forwarder.snapshot()).toMatchObject({ waitingCount: 0, sentCount: 0 });
  });

  it('sends what an earlier run has left as historical, in row order', async () => {
    const { sender, forwarder, pass, left } = await start({ storedRows: 1_200 });
    forwarder.sessionBorn();
    await settled();
    await pass(1_000);
    expect(sender.sent).toEqual(changesOf(1, 1_200).map(({ value }) => ({ value, isHistorical: true })));
    expect(await left()).toBe(0);
    expect(forwarder.snapshot().replayedCount).toBe(1_200);
  });

  it('sends what is not confirmed once more on request, as historical, and refuses without a session', async () => {
    const { sender, forwarder, store, pass, left } = await start({ holdTimeMs: 20_000 });
    expect(forwarder.sendAgain()).toBe(false);
    forwarder.hostOnlineChanged(true);
    forwarder.sessionBorn();
    await store(1, 2);
    await pass(1_000);
    expect(forwarder.sentRows()).toEqual([{ firstRowId: 1, lastRowId: 2 }]);
    expect(forwarder.sendAgain()).toBe(true);
    await pass(1_000);
    expect(sender.sent.map(({ value, isHistorical }) => `${String(value)} ${isHistorical}`)).toEqual([
      '1 false',
      '2 false',
      '1 true',
      '2 true',
    ]);
    expect(forwarder.snapshot().resentCount).toBe(2);
    await pass(20_000);
    await pass(500);
    expect(await left()).toBe(0);
  });

  it('keeps a sent row until the host has stayed online for the hold time', async () => {
    const { forwarder, store, pass, left } = await start({ holdTimeMs: 20_000 });
    forwarder.hostOnlineChanged(true);
    forwarder.sessionBorn();
    await store(1, 2);
    await pass(19_900);
    expect(await left()).toBe(2);
    expect(forwarder.snapshot()).toMatchObject({ sentCount: 2, waitingCount: 0 });
    expect(forwarder.stateOf(1)).toBe('sent');
    await pass(500);
    expect(await left()).toBe(0);
  });

  it('sends again, as historical, what the host may have missed', async () => {
    const { sender, forwarder, store, pass } = await start({ holdTimeMs: 20_000 });
    forwarder.hostOnlineChanged(true);
    forwarder.sessionBorn();
    await store(1, 2);
    await pass(10_000);
    forwarder.hostOnlineChanged(false);
    forwarder.sessionEnded();
    await pass(60_000);
    expect(sender.sent).toHaveLength(2);
    forwarder.hostOnlineChanged(true);
    forwarder.sessionBorn();
    await settled();
    expect(sender.sent.slice(2)).toEqual([1, 2].map((value) => ({ value, isHistorical: true })));
  });

  it('sends everything unconfirmed again on a rebirth', async () => {
    const { sender, forwarder, store } = await start({ holdTimeMs: 20_000 });
    forwarder.hostOnlineChanged(true);
    forwarder.sessionBorn();
    await store(1, 2);
    forwarder.sessionBorn();
    await store(3, 1);
    expect(sender.sent.slice(2)).toContainEqual({ value: 1, isHistorical: true });
    expect(sender.sent.slice(2)).toContainEqual({ value: 2, isHistorical: true });
    expect(sender.sent.slice(2)).toContainEqual({ value: 3, isHistorical: false });
  });

  it('tells of a broker that does not answer, and confirms nothing', async () => {
    const { sender, forwarder, stalls, store, pass, left } = await start();
    sender.isFrozen = true;
    forwarder.sessionBorn();
    await store(1, 2);
    await pass(9_999);
    expect(stalls).toEqual([]);
    await pass(1);
    expect(stalls).toMatchObject([{ reason: 'barrier-failed' }]);
    expect(await left()).toBe(2);
    sender.isFrozen = false;
    forwarder.sessionBorn();
    await settled();
    await pass(500);
    expect(await left()).toBe(0);
  });

  it('stops sending after a failed send until the next birth', async () => {
    const { sender, forwarder, stalls, store } = await start();
    sender.isBroken = true;
    forwarder.sessionBorn();
    await store(1, 2);
    expect(stalls).toMatchObject([{ reason: 'send-failed', text: 'connection closed' }]);
    sender.isBroken = false;
    await store(3, 1);
    expect(sender.sent).toEqual([]);
    forwarder.sessionBorn();
    await settled();
    expect(sender.sent).toEqual([1, 2, 3].map((value) => ({ value, isHistorical: true })));
  });

  it('holds the rows of a device that is not born and lets the others pass', async () => {
    const { buffer, sender, forwarder, pass, left } = await start();
    sender.unborn.add('oven');
    forwarder.sessionBorn();
    const changes = [changeOf(1), changeOf(2, { deviceId: 'oven' }), changeOf(3)];
    forwarder.rowsCommitted((await buffer.append(changes)).lastRowId);
    await settled();
    await pass(1_000);
    expect(sender.sent.map((row) => row.value)).toEqual([1, 3]);
    expect(forwarder.snapshot()).toMatchObject({ waitingCount: 1, heldCount: 1 });
    sender.unborn.clear();
    forwarder.deviceBorn('oven');
    await settled();
    await pass(1_000);
    expect(sender.sent.at(-1)).toEqual({ value: 2, isHistorical: true });
    expect(await left()).toBe(0);
  });

  it('does not send again what is in flight between the rows that it held', async () => {
    const { buffer, sender, forwarder } = await start({ holdTimeMs: 20_000 });
    sender.unborn.add('oven');
    forwarder.hostOnlineChanged(true);
    forwarder.sessionBorn();
    const changes = [1, 2, 3, 4].map((value) => changeOf(value, { deviceId: value % 2 === 0 ? 'oven' : 'press' }));
    forwarder.rowsCommitted((await buffer.append(changes)).lastRowId);
    await settled();
    sender.unborn.clear();
    forwarder.deviceBorn('oven');
    await settled();
    expect(sender.sent.map((row) => row.value)).toEqual([1, 3, 2, 4]);
  });

  it('tries again when the buffer cannot be read', async () => {
    const { buffer, sender, forwarder, store, pass } = await start();
    const read = buffer.read.bind(buffer);
    let failureCount = 2;
    buffer.read = (range) => (failureCount-- > 0 ? Promise.reject(new Error('disk error')) : read(range));
    forwarder.sessionBorn();
    await store(1, 1);
    expect(sender.sent).toEqual([]);
    await pass(1_000);
    await pass(1_000);
    expect(sender.sent).toEqual([{ value: 1, isHistorical: false }]);
  });

  it('moves a row that cannot be encoded to the dead letters, once, and sends all others', async () => {
    const { buffer, sender, forwarder, pass, store, left } = await start({ storedRows: 20 });
    sender.poison.add(7).add(23);
    forwarder.sessionBorn();
    await store(21, 5);
    await pass(500);
    await pass(500);
    expect(sender.sent.map(({ value }) => value).toSorted((a, b) => Number(a) - Number(b))).toEqual(
      changesOf(1, 25).flatMap(({ value }) => (value === 7 || value === 23 ? [] : [value])),
    );
    expect(await left()).toBe(0);
    expect(await buffer.deadLetters()).toMatchObject([
      { rowId: 23, reason: 'no code' },
      { rowId: 7, reason: 'no code' },
    ]);
    expect(await buffer.stats()).toMatchObject({ deadLetterCount: 2, confirmedCount: 23 });
    expect(forwarder.snapshot()).toMatchObject({ waitingCount: 0, sentCount: 0 });
  });

  it('deletes what has arrived although a row cannot be moved to the dead letters', async () => {
    const { buffer, sender, forwarder, store, pass, left } = await start();
    buffer.setAside = () => Promise.reject(new Error('no room'));
    sender.poison.add(2);
    forwarder.sessionBorn();
    await store(1, 3);
    await pass(250);
    expect(await left()).toBe(1);
  });

  it('counts what it has sent again', async () => {
    const { buffer, forwarder, store, pass } = await start({ holdTimeMs: 20_000 });
    forwarder.hostOnlineChanged(true);
    forwarder.sessionBorn();
    await store(1, 3);
    forwarder.sessionBorn();
    await settled();
    await pass(1_000);
    expect(forwarder.snapshot()).toMatchObject({ replayedCount: 3, resentCount: 3 });
    expect(await buffer.stats()).toMatchObject({ replayedCount: 3, resentCount: 3 });
  });

  it('goes on when rows are purged that wait, and that are in flight', async () => {
    const { buffer, sender, forwarder, store, pass, left } = await start({ holdTimeMs: 20_000, storedRows: 1_200 });
    forwarder.hostOnlineChanged(true);
    await buffer.purge({ beforeMs: changeOf(1_001).timestampMs });
    forwarder.sessionBorn();
    await settled();
    await pass(1_000);
    expect(sender.sent.map((row) => row.value)).toEqual(changesOf(1_001, 200).map((row) => row.value));
    await buffer.purge({ beforeMs: changeOf(1_101).timestampMs });
    await store(1_201, 5);
    await buffer.purge({});
    await store(1_206, 5);
    await pass(25_000);
    expect(sender.sent.slice(-5)).toEqual(changesOf(1_206, 5).map(({ value }) => ({ value, isHistorical: false })));
    expect(await left()).toBe(0);
    expect(forwarder.snapshot()).toMatchObject({ waitingCount: 0, sentCount: 0 });
    forwarder.sessionEnded();
    forwarder.sessionBorn();
    await pass(1_000);
    expect(sender.sent).toHaveLength(210);
  });

  it('keeps its counters over a restart', async () => {
    const { forwarder, store, pass, open } = await start({ storedRows: 4 });
    await store(5, 3);
    forwarder.sessionBorn();
    await settled();
    await pass(100);
    await forwarder.stop();
    expect((await open()).snapshot()).toMatchObject({ replayedCount: 7, waitingCount: 0 });
  });

  it('flushes before a stop: true when the broker has read all, false when it does not in time', async () => {
    const { clock, sender, forwarder, store } = await start({ storedRows: 3 });
    expect(await forwarder.flush(1_000)).toBe(false);
    forwarder.sessionBorn();
    expect(await forwarder.flush(1_000)).toBe(true);
    expect(sender.sent).toHaveLength(3);
    sender.isFrozen = true;
    await store(4, 1);
    const flushed = forwarder.flush(1_000);
    clock.advanceMs(1_000);
    expect(await flushed).toBe(false);
  });
});

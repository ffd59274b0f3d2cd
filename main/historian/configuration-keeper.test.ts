import { describe, expect, it } from 'vitest';
import { type Log, silentLog } from '../platform/log.ts';
import { fakeClock } from '../testing/fake-clock.ts';
import { ConfigurationKeeper } from './configuration-keeper.ts';

const COPY = { lines: [], machines: [], reasons: [] };
/** Lets a round come to its end: nothing in it waits for anything but resolved promises. */
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
};

function setUp() {
  const world = { mark: 1, copiedCount: 0, openCount: 0, closeCount: 0, failure: '', told: [] as string[] };
  const clock = fakeClock();
  const log: Log = { ...silentLog, warn: (text) => void world.told.push(text) };
  const keeper = new ConfigurationKeeper({
    open: () => {
      world.openCount += 1;
      return { readCopied: () => COPY, changeMark: () => world.mark, close: () => void (world.closeCount += 1) };
    },
    copy: () => {
      if (world.failure !== '') return Promise.reject(new Error(world.failure));
      world.copiedCount += 1;
      return Promise.resolve(3);
    },
    clock,
    log,
  });
  const round = async (): Promise<void> => {
    clock.advanceMs(10_000);
    await settled();
  };
  return { world, keeper, round };
}

describe('the copies of the configuration', () => {
  it('are written at once and again when the configuration has changed, not otherwise', async () => {
    const { world, keeper, round } = setUp();
    keeper.start();
    await settled();
    expect(world.copiedCount).toBe(1);
    await round();
    expect(world.copiedCount).toBe(1);
    world.mark = 2;
    await round();
    await round();
    expect(world).toMatchObject({ copiedCount: 2, openCount: 1 });
  });

  it('are tried again after a failure, which is told once until it has been well', async () => {
    const { world, keeper, round } = setUp();
    world.failure = 'away';
    keeper.start();
    await settled();
    await round();
    expect(world.told).toEqual([expect.stringContaining('away')]);
    world.failure = '';
    await round();
    expect(world).toMatchObject({ copiedCount: 1, openCount: 3, closeCount: 2 });
    Object.assign(world, { failure: 'away', mark: 2 });
    await round();
    expect(world.told).toHaveLength(2);
  });

  it('are left as they are after the stop', async () => {
    const { world, keeper, round } = setUp();
    keeper.start();
    await settled();
    keeper.stop();
    world.mark = 2;
    await round();
    expect(world).toMatchObject({ copiedCount: 1, closeCount: 1 });
  });
});

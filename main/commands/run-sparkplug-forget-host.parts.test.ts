import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ControlServer } from '../control/control-server.ts';
import { systemClock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import { HostTimeMemory } from '../sparkplug/host-time-memory.ts';
import { MemoryForwardBuffer } from '../store-and-forward/memory-forward-buffer.ts';
import { SqliteForwardBuffer } from '../store-and-forward/sqlite-forward-buffer.ts';
import { runSparkplug } from './run-sparkplug.ts';

const BROKER = 'mqtt://127.0.0.1:1883';
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lineside-sparkplug-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const openBuffer = (): SqliteForwardBuffer => {
  const options = { folder: join(folder, 'buffer'), limitBytes: 10_000_000, whenFull: 'drop-oldest' } as const;
  return new SqliteForwardBuffer(options, systemClock);
};
const forget = async (): Promise<unknown> => {
  const lines: string[] = [];
  expect(await runSparkplug(['forget-host', '--data', folder, '--json'], (line) => lines.push(line))).toBe(0);
  return JSON.parse(lines[0] ?? '');
};

it('empties the memory of a gateway that does not run', async () => {
  const nowMs = systemClock.nowMs();
  const before = openBuffer();
  new HostTimeMemory(before, 'scada', [BROKER], silentLog).remember(0, nowMs);
  await before.close();
  const between = openBuffer();
  const known = await new HostTimeMemory(between, 'scada', [BROKER], silentLog).read(nowMs);
  expect([...known]).toEqual([[0, nowMs]]);
  await between.close();

  expect(await forget()).toEqual({ isGatewayRunning: false, session: null });

  const after = openBuffer();
  expect([...(await new HostTimeMemory(after, 'scada', [BROKER], silentLog).read(nowMs))]).toEqual([]);
  await after.close();
});

it('asks a gateway that runs, and says how its session is', async () => {
  const control = new ControlServer({
    dataFolder: folder,
    store: new MemoryForwardBuffer(systemClock),
    rowsCommitted: () => {},
    changeSite: () => Promise.reject(new Error('not asked here')),
    forgetHost: () => 'waiting-for-host',
    clock: systemClock,
    log: silentLog,
  });
  await control.start();
  expect(await forget()).toEqual({ isGatewayRunning: true, session: 'waiting-for-host' });
  await control.stop();
});

it('refuses what it does not know, and a folder without a gateway', async () => {
  const run = (...words: string[]): Promise<number> => runSparkplug(words, () => {});
  await expect(run('forget')).rejects.toMatchObject({ code: 'cli/usage' });
  await expect(run('forget-host')).rejects.toMatchObject({ code: 'cli/usage' });
  await expect(run('forget-host', '--data', folder)).rejects.toMatchObject({ code: 'store-and-forward/no-buffer' });
});

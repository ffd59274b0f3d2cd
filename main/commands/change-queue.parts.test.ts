import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, it } from 'vitest';
import { ControlServer } from '../control/control-server.ts';
import { systemClock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import { bufferFilePath } from '../store-and-forward/buffer-file-keeper.ts';
import { BASE_MS, changeOf } from '../store-and-forward/change-ramp.ts';
import { SqliteForwardBuffer } from '../store-and-forward/sqlite-forward-buffer.ts';
import { WorkerForwardBuffer } from '../store-and-forward/worker-forward-buffer.ts';
import { EXIT } from './read-arguments.ts';
import { runQueue } from './run-queue.ts';

const root = mkdtempSync(join(tmpdir(), 'lineside-queue-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const optionsOf = (dataFolder: string) => ({
  folder: join(dataFolder, 'buffer'),
  limitBytes: 20_000_000,
  whenFull: 'drop-oldest' as const,
});

/** A data folder with 30 rows: 20 of `Count` and 10 of `Speed`, half of them of the oven. */
async function makeData(): Promise<string> {
  const dataFolder = mkdtempSync(join(root, 'case-'));
  const buffer = new SqliteForwardBuffer(optionsOf(dataFolder), systemClock);
  await buffer.append(
    Array.from({ length: 30 }, (_, index) =>
      changeOf(index, {
        metricName: index % 3 === 0 ? 'Speed' : 'Count',
        deviceId: index % 2 === 0 ? 'oven' : 'press',
      }),
    ),
  );
  await buffer.close();
  return dataFolder;
}

async function startGateway(dataFolder: string) {
  const store = await WorkerForwardBuffer.open(optionsOf(dataFolder));
  const control = new ControlServer({
    dataFolder,
    store,
    rowsCommitted: () => {},
    changeSite: () => Promise.reject(new Error('not asked here')),
    forgetHost: () => 'born',
    clock: systemClock,
    log: silentLog,
  });
  await control.start();
  return {
    store,
    stop: async () => {
      await control.stop();
      await store.close();
    },
  };
}

async function run(...words: readonly string[]): Promise<{ readonly exitCode: number; readonly lines: string[] }> {
  const lines: string[] = [];
  const exitCode = await runQueue(words, (text) => lines.push(text));
  return { exitCode, lines };
}

const statsOf = async (data: string): Promise<unknown> =>
  JSON.parse((await run('stats', '--data', data, '--json')).lines[0] ?? '');

describe.each(['a stopped', 'a running'])('lineside queue purge on %s gateway', (kind) => {
  const prepare = async () => {
    const data = await makeData();
    const gateway = kind === 'a running' ? await startGateway(data) : { stop: () => Promise.resolve() };
    return { data, stop: gateway.stop };
  };

  it('says what would go and changes nothing, until it is told yes', async () => {
    const { data, stop } = await prepare();
    const words = ['purge', '--data', data, '--metric', 'Speed', '--device', 'oven'];
    const asked = await run(...words);
    expect(asked.exitCode).toBe(EXIT.notConfirmed);
    expect(asked.lines.at(-1)).toMatch(/^5 rows would be purged/);
    expect(await statsOf(data)).toMatchObject({
      rowCount: 30,
      droppedCount: 0,
      gatewayPid: kind === 'a running' ? process.pid : null,
    });
    const done = await run(...words, '--yes');
    expect(done.exitCode).toBe(EXIT.ok);
    expect(done.lines.at(-1)).toMatch(/^5 rows purged/);
    expect(await statsOf(data)).toMatchObject({ rowCount: 25, droppedCount: 5 });
    const losses = await run('losses', '--data', data, '--json');
    expect(JSON.parse(losses.lines[0] ?? '')).toEqual([
      {
        deviceId: 'oven',
        metricName: 'Speed',
        reason: 'purged',
        droppedCount: 5,
        firstTimestampMs: BASE_MS,
        lastTimestampMs: BASE_MS + 24,
      },
    ]);
    await stop();
  });

  it('purges what is older than a time, and everything', async () => {
    const { data, stop } = await prepare();
    const before = new Date(BASE_MS + 10).toISOString();
    const old = await run('purge', '--data', data, '--before', before, '--yes', '--json');
    expect(JSON.parse(old.lines[0] ?? '')).toMatchObject({ isDone: true, rowCount: 10 });
    expect(await statsOf(data)).toMatchObject({ rowCount: 20 });
    await run('purge', '--data', data, '--all', '--yes');
    expect(await statsOf(data)).toMatchObject({ rowCount: 0, droppedCount: 30, lastRowId: 30 });
    await stop();
  });

  it('puts dead letters back that can be read', async () => {
    const data = await makeData();
    const db = new Database(bufferFilePath(join(data, 'buffer')));
    db.exec(`INSERT INTO dead_letter SELECT row_id, metric_id, value_kind, value, quality, status_code, timestamp_ms,
      stored_at_ms, crc32, 5, priority, 'damaged' FROM change WHERE row_id <= 2;
      DELETE FROM change WHERE row_id <= 2; UPDATE dead_letter SET value = 77 WHERE row_id = 2;
      UPDATE tally SET damaged_count = 2`);
    db.close();
    const gateway = kind === 'a running' ? await startGateway(data) : { stop: () => Promise.resolve() };
    const listed = JSON.parse((await run('deadletters', '--data', data, '--json')).lines[0] ?? '') as unknown;
    expect(listed).toMatchObject([
      { rowId: 1, deviceId: 'oven', metricName: 'Speed', reason: 'damaged', isReadable: true },
      { rowId: 2, isReadable: false },
    ]);
    expect((await run('retry', '--data', data)).exitCode).toBe(EXIT.notConfirmed);
    expect(await statsOf(data)).toMatchObject({ rowCount: 28 });
    expect((await run('retry', '--data', data, '--yes')).lines).toEqual([
      '1 rows put back into the queue, 1 stay set aside',
    ]);
    expect(await statsOf(data)).toMatchObject({ rowCount: 29, damagedCount: 1, lastRowId: 31 });
    await gateway.stop();
  });
});

describe('lineside queue purge', () => {
  it.each([
    ['nothing is named', []],
    ['everything and something is named', ['--all', '--metric', 'Speed']],
    ['the time is none', ['--before', 'yesterday']],
  ])('is refused when %s', async (_name, words) => {
    const data = await makeData();
    await expect(run('purge', '--data', data, ...words, '--yes')).rejects.toMatchObject({ code: 'cli/usage' });
    expect(await statsOf(data)).toMatchObject({ rowCount: 30 });
  });

  it('names the gateway that holds the folder and does not answer', async () => {
    const data = await makeData();
    const store = await WorkerForwardBuffer.open(optionsOf(data));
    await expect(run('purge', '--data', data, '--all', '--yes')).rejects.toMatchObject({
      code: 'store-and-forward/folder-in-use',
    });
    await store.close();
  });

  it('makes no buffer where there is none', async () => {
    const data = mkdtempSync(join(root, 'case-'));
    await expect(run('purge', '--data', data, '--all')).rejects.toMatchObject({ code: 'store-and-forward/no-buffer' });
  });
});

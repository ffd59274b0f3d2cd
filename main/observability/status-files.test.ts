import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EngineSnapshot } from '../../shared/domain/engine-snapshot.ts';
import { snapshotOf } from '../../shared/testing/snapshot-fixture.ts';
import { type Log, silentLog } from '../platform/log.ts';
import { type FakeClock, fakeClock } from '../testing/fake-clock.ts';
import { StatusFiles } from './status-files.ts';
import { StatusRecord } from './status-record.ts';

describe('the status files', () => {
  let folder: string;
  let clock: FakeClock;
  let lines: string[];
  let files: StatusFiles;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lineside-status-'));
    clock = fakeClock();
    lines = [];
    const write = (text: string): void => void lines.push(text);
    const log: Log = { ...silentLog, info: write, warn: write, error: write };
    const statusFile = join(folder, 'status.json');
    const metricsFile = join(folder, 'metrics.prom');
    files = new StatusFiles({ statusFile, metricsFile, processId: 4711, hostName: 'edge-1', clock, log });
  });

  afterEach(async () => {
    await chmod(folder, 0o700);
    await rm(folder, { recursive: true, force: true });
  });

  const read = async (): Promise<StatusRecord> =>
    StatusRecord.parse(JSON.parse(await readFile(join(folder, 'status.json'), 'utf8')));
  /** Shows it and waits until the write it began has ended. */
  const show = async (snapshot: EngineSnapshot): Promise<void> => {
    files.show(snapshot);
    await expect.poll(() => files.isWriting).toBe(false);
  };

  it('leave the snapshot for the owner only, and its numbers for a collector', async () => {
    await show(snapshotOf());
    expect(await read()).toEqual({
      format: 1,
      phase: 'running',
      processId: 4711,
      hostName: 'edge-1',
      writtenAtMs: clock.nowMs(),
      snapshot: snapshotOf(),
    });
    expect((await stat(join(folder, 'status.json'))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(folder, 'metrics.prom'), 'utf8')).toContain('lineside_buffer_rows{');
    expect((await readdir(folder)).sort()).toEqual(['metrics.prom', 'status.json']);
  });

  it('are written every 2 s, and not again while a write is under way', async () => {
    await show(snapshotOf({ takenAtMs: 1 }));
    clock.advanceMs(1_999);
    await show(snapshotOf({ takenAtMs: 2 }));
    expect((await read()).snapshot.takenAtMs).toBe(1);
    clock.advanceMs(1);
    files.show(snapshotOf({ takenAtMs: 3 }));
    clock.advanceMs(2_000);
    await show(snapshotOf({ takenAtMs: 4 }));
    expect((await read()).snapshot.takenAtMs).toBe(3);
  });

  it('say at the end that the gateway has stopped, and leave no metrics that grow old', async () => {
    await show(snapshotOf());
    await files.close();
    expect((await read()).phase).toBe('stopped');
    expect(await readdir(folder)).toEqual(['status.json']);
  });

  it('stay as they are when nothing was ever shown: a refused start is no stop of the other gateway', async () => {
    await files.close();
    expect(await readdir(folder)).toEqual([]);
  });

  it('tell once that they cannot be written, go on, and leave nothing half', async () => {
    await mkdir(join(folder, 'status.json'));
    for (let round = 0; round < 3; round++) {
      await show(snapshotOf());
      clock.advanceMs(2_000);
    }
    expect(lines).toEqual(['the status cannot be written']);
    expect(await readdir(folder)).toEqual(['status.json']);
    await rm(join(folder, 'status.json'), { recursive: true });
    await show(snapshotOf());
    expect(lines).toEqual(['the status cannot be written', 'the status is written again']);
    expect((await read()).phase).toBe('running');
  });
});

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { bufferFilePath } from './buffer-file-keeper.ts';
import { changesOf, EVERYTHING } from './change-ramp.ts';
import { GroupCommit } from './group-commit.ts';
import { SqliteForwardBuffer } from './sqlite-forward-buffer.ts';
import { WorkerForwardBuffer } from './worker-forward-buffer.ts';

const root = mkdtempSync(join(tmpdir(), 'lineside-disk-'));
const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };
const run = (command: string, ...words: readonly string[]): string =>
  execFileSync(command, words, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** A disk that can be broken: an ext4 file system in a file, which turns read-only at an error, as most do. */
const disk = { image: join(root, 'disk.img'), path: join(root, 'disk') };

function mountDisk(): boolean {
  try {
    run('mount', '-o', 'loop,errors=remount-ro', disk.image, disk.path);
    return true;
  } catch {
    return false;
  }
}

function makeDisk(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  mkdirSync(disk.path);
  writeFileSync(disk.image, '');
  truncateSync(disk.image, 64 * 1024 * 1024);
  try {
    run('mkfs.ext4', '-q', '-F', '-m', '0', disk.image);
  } catch {
    return false;
  }
  return mountDisk() && existsSync(errorTrigger());
}

/** The kernel's own lever: the file system takes note of an error and turns read-only under every open file. */
function errorTrigger(): string {
  const device = run('findmnt', '-no', 'SOURCE', disk.path).trim().split('/').at(-1) ?? '';
  return join('/sys/fs/ext4', device, 'trigger_fs_error');
}

const hasDisk = makeDisk();
afterAll(() => {
  if (hasDisk) run('umount', '-l', disk.path);
  rmSync(root, { recursive: true, force: true });
});

const isFailing = (writer: GroupCommit, wanted: boolean): Promise<void> =>
  new Promise((resolve) => {
    const look = (): void => {
      if ((writer.state.phase === 'failing') === wanted) resolve();
    };
    writer.stateChanged.on(look);
    look();
  });

describe.skipIf(!hasDisk)('the forward buffer on a disk that turns read-only (needs root, loop devices, ext4)', () => {
  it('holds changes in memory within the bound, counts what it drops, and resumes with a disk that is back', async () => {
    const folder = join(disk.path, 'buffer');
    const buffer = await WorkerForwardBuffer.open({ folder, limitBytes: 20_000_000, whenFull: 'drop-oldest' });
    const options = {
      buffer,
      clock: systemClock,
      random: () => 0,
      hasSession: () => true,
      groupCommitMs: 10,
      groupCommitRows: 100,
    };
    const writer = new GroupCommit({ ...options, maxCollectedRows: 500 });
    writer.add(changesOf(1, 300));
    await writer.flush();

    writeFileSync(errorTrigger(), '1');
    writer.add(changesOf(301, 300));
    await isFailing(writer, true);
    expect(writer.state).toMatchObject({
      code: expect.stringMatching(/store-and-forward\/(disk-error|no-permission)/),
    });
    writer.add(changesOf(601, 400));
    expect(writer.counts.collectedCount).toBeLessThanOrEqual(500);
    // What is on the disk can be read, and so be sent, all the while.
    expect(await buffer.read(EVERYTHING)).toHaveLength(300);

    // The kernel keeps the broken file system for as long as somebody has files open there; the disk is its copy.
    run('cp', disk.image, `${disk.image}.repaired`);
    run('umount', '-l', disk.path);
    disk.image = `${disk.image}.repaired`;
    expect(mountDisk()).toBe(true);
    await isFailing(writer, false);
    await writer.flush();
    const rows = await buffer.read(EVERYTHING);
    const losses = await buffer.losses();
    const droppedCount = losses.reduce((sum, loss) => sum + loss.droppedCount, 0);
    expect(droppedCount).toBeGreaterThanOrEqual(200);
    expect(losses.map((loss) => loss.reason)).toEqual(['file-unavailable']);
    expect(rows.length + droppedCount).toBe(1_000);
    expect(rows.slice(0, 300)).toMatchObject(changesOf(1, 300));
    expect(await writer.close(1_000)).toBe(0);
    await buffer.close();
  });

  it('goes on with the open file when it may write again', async () => {
    const folder = join(disk.path, 'immutable');
    const buffer = new SqliteForwardBuffer({ folder, limitBytes: 20_000_000, whenFull: 'drop-oldest' }, systemClock);
    await buffer.append(changesOf(1, 10));
    run('chattr', '+i', `${bufferFilePath(folder)}-wal`);
    await expect(buffer.append(changesOf(11, 1))).rejects.toMatchObject({ code: 'store-and-forward/disk-error' });
    await expect(buffer.confirm([{ firstRowId: 1, lastRowId: 2 }])).rejects.toThrow();
    expect(await buffer.read(EVERYTHING)).toHaveLength(10);
    run('chattr', '-i', `${bufferFilePath(folder)}-wal`);
    expect(await buffer.append(changesOf(11, 1))).toMatchObject({ lastRowId: 11, droppedCount: 0 });
    expect(await buffer.read(EVERYTHING)).toMatchObject(changesOf(1, 11));
    await buffer.close();
  });
});

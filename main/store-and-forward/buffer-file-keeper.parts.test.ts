import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, it } from 'vitest';
import { fakeClock } from '../testing/fake-clock.ts';
import { bufferFilePath } from './buffer-file-keeper.ts';
import { changesOf, EVERYTHING } from './change-ramp.ts';
import { SqliteForwardBuffer } from './sqlite-forward-buffer.ts';

const root = mkdtempSync(join(tmpdir(), 'lineside-keeper-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function start(rowCount: number, folder = mkdtempSync(join(root, 'case-'))) {
  const clock = fakeClock();
  const open = (): SqliteForwardBuffer =>
    new SqliteForwardBuffer({ folder, limitBytes: 20_000_000, whenFull: 'drop-oldest' }, clock);
  const buffer = open();
  await buffer.writeSetting('bdSeq', '42');
  await buffer.append(changesOf(1, rowCount));
  return { clock, folder, path: bufferFilePath(folder), buffer, open };
}

/** The rows that a gateway finds there which is started after this one was killed now. */
function countOnDisk(folder: string): number {
  const copy = mkdtempSync(join(root, 'killed-'));
  for (const name of readdirSync(folder)) {
    if (/sqlite(-wal|-shm)?$/.test(name)) copyFileSync(join(folder, name), join(copy, name));
  }
  const db = new Database(bufferFilePath(copy));
  try {
    return Number(db.prepare('SELECT count(*) FROM change').pluck().get());
  } finally {
    db.close();
  }
}

describe('the file of the running forward buffer', () => {
  const ways: readonly (readonly [string, (path: string) => void])[] = [
    ['the database is deleted', (path) => rmSync(path)],
    ['the database is moved away', (path) => renameSync(path, `${path}.old`)],
    ['the log is deleted', (path) => rmSync(`${path}-wal`)],
    ['the shared memory is deleted', (path) => rmSync(`${path}-shm`)],
    ['all three files are deleted', (path) => ['', '-wal', '-shm'].forEach((suffix) => rmSync(path + suffix))],
    ['the database is replaced', (path) => (rmSync(path), writeFileSync(path, 'something else altogether'))],
    ['the log is replaced', (path) => (rmSync(`${path}-wal`), writeFileSync(`${path}-wal`, 'not a log'))],
  ];

  it.each(ways)('keeps every accepted row when %s', async (_name, harm) => {
    const { clock, folder, path, buffer, open } = await start(3_000);
    harm(path);
    await buffer.append(changesOf(3_001, 100));
    expect((await buffer.stats()).rescue).toBeNull();
    clock.advanceMs(5_000);
    await buffer.append(changesOf(3_101, 100));
    expect(await buffer.stats()).toMatchObject({
      rowCount: 3_200,
      droppedCount: 0,
      damagedCount: 0,
      rescue: { rescueCount: 1, rowCount: 3_100 },
    });
    expect(countOnDisk(folder)).toBe(3_200);
    clock.advanceMs(5_000);
    expect((await buffer.stats()).rescue).toMatchObject({ rescueCount: 1 });
    await buffer.close();
    const after = open();
    expect(await after.read(EVERYTHING)).toMatchObject(changesOf(1, 3_200));
    expect(await after.readSetting('bdSeq')).toBe('42');
    expect(await after.stats()).toMatchObject({ quarantine: null, rescue: null, lastRowId: 3_200 });
    await after.close();
  });

  it.each(ways)('keeps every accepted row when %s just before the stop', async (_name, harm) => {
    const { path, buffer, open } = await start(3_000);
    harm(path);
    await buffer.append(changesOf(3_001, 100));
    await buffer.close();
    const after = open();
    expect(await after.read(EVERYTHING)).toMatchObject(changesOf(1, 3_100));
    expect(await after.stats()).toMatchObject({ droppedCount: 0, damagedCount: 0, lastRowId: 3_100 });
    await after.close();
  });

  it('keeps every accepted row when its log is deleted while another program reads', { timeout: 30_000 }, async () => {
    const { clock, path, buffer, open } = await start(10);
    const reader = new Database(path, { readonly: true });
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM change').get();
    await buffer.append(changesOf(11, 90));
    rmSync(`${path}-wal`);
    clock.advanceMs(5_000);
    await buffer.append(changesOf(101, 10));
    reader.close();
    await buffer.close();
    const after = open();
    expect(await after.read(EVERYTHING)).toMatchObject(changesOf(1, 110));
    await after.close();
  });

  it('moves what was put in its place to quarantine, whole', async () => {
    const { clock, path, buffer } = await start(10);
    rmSync(path);
    writeFileSync(path, 'something else altogether');
    clock.advanceMs(5_000);
    const { quarantine } = await buffer.stats();
    expect(readdirSync(quarantine?.folder ?? '')).toEqual(['forward-buffer.sqlite']);
    await buffer.close();
  });

  it('is carried over even when its whole folder is gone', async () => {
    const { clock, folder, buffer } = await start(500);
    rmSync(folder, { recursive: true });
    clock.advanceMs(5_000);
    await buffer.append(changesOf(501, 1));
    expect(countOnDisk(folder)).toBe(501);
    await buffer.close();
  });

  it('takes nothing while the copy cannot be made, and everything afterwards', async () => {
    const { clock, folder, path, buffer } = await start(500);
    rmSync(path);
    // A folder in the way of the copy: what a full or broken disk does as well.
    execFileSync('mkdir', ['-p', join(`${path}.rescuing`, 'full')]);
    clock.advanceMs(5_000);
    await expect(buffer.append(changesOf(501, 1))).rejects.toThrow();
    rmSync(`${path}.rescuing`, { recursive: true });
    await expect(buffer.append(changesOf(501, 1)), 'asked too soon').rejects.toThrow();
    clock.advanceMs(2_000);
    await buffer.append(changesOf(501, 1));
    expect(countOnDisk(folder)).toBe(501);
    await buffer.close();
  });

  it('puts a finished copy in its place that a crash has left', async () => {
    const { folder, path, buffer, open } = await start(500);
    await buffer.close();
    renameSync(path, `${path}.rescued`);
    writeFileSync(`${path}-wal`, 'the log of the lost database');
    const after = open();
    expect(await after.stats()).toMatchObject({ rowCount: 500, lastRowId: 500 });
    expect((await after.stats()).quarantine?.folder).toContain(folder);
    expect(existsSync(`${path}.rescued`)).toBe(false);
    await after.close();
  });

  it('waits for a program that holds it, and loses nothing', async () => {
    const { path, buffer } = await start(10);
    const other = new Database(path);
    other.exec('BEGIN EXCLUSIVE');
    await expect(buffer.append(changesOf(11, 1))).rejects.toMatchObject({ code: 'store-and-forward/file-busy' });
    expect(await buffer.read(EVERYTHING)).toHaveLength(10);
    other.exec('COMMIT');
    other.close();
    await buffer.append(changesOf(11, 1));
    expect((await buffer.stats()).rowCount).toBe(11);
    await buffer.close();
  });
});

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { bufferFilePath } from './buffer-file-keeper.ts';
import { changeOf, changesOf } from './change-ramp.ts';
import type { BufferedChange } from './forward-buffer.ts';
import { openSqlite } from './open-sqlite.ts';
import { SqliteForwardBuffer } from './sqlite-forward-buffer.ts';
import { WorkerForwardBuffer } from './worker-forward-buffer.ts';

const root = mkdtempSync(join(tmpdir(), 'lineside-faults-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const newFolder = (): string => mkdtempSync(join(root, 'case-'));
const optionsOf = (folder: string) => ({ folder, limitBytes: 20_000_000, whenFull: 'drop-oldest' as const });
const open = (folder: string): SqliteForwardBuffer => new SqliteForwardBuffer(optionsOf(folder), systemClock);
const readAll = (buffer: SqliteForwardBuffer): Promise<readonly BufferedChange[]> =>
  buffer.read({ afterRowId: 0, upToRowId: Number.MAX_SAFE_INTEGER, maxRows: 10_000_000 });

async function filledFolder(rowCount: number): Promise<string> {
  const folder = newFolder();
  const buffer = open(folder);
  await buffer.writeSetting('bdSeq', '42');
  await buffer.append(changesOf(1, rowCount));
  await buffer.close();
  return folder;
}

function overwrite(path: string, atByte: number, bytes: Uint8Array): void {
  const content = readFileSync(path);
  content.set(bytes, atByte);
  writeFileSync(path, content);
}

/** Starts the appending child and resolves with its last accepted row after `lineCount` answers, child still running. */
async function startAppending(folder: string, lineCount: number): Promise<{ child: ChildProcess; seen: number[] }> {
  const script = fileURLToPath(new URL('./append-until-killed.ts', import.meta.url));
  const child = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const seen: number[] = [];
  const lines = createInterface({ input: child.stdout });
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (exitCode) => reject(new Error(`the child ended early, exit code ${exitCode}`)));
    lines.on('line', (line) => {
      seen.push(Number(line));
      if (seen.length === lineCount) resolve();
    });
  });
  child.removeAllListeners('exit');
  return { child, seen };
}

async function killNow(child: ChildProcess): Promise<void> {
  const ended = once(child, 'close');
  child.kill('SIGKILL');
  await ended;
}

describe('the forward buffer when its process is killed', () => {
  it('holds every row that was accepted before each of several kills', { timeout: 60_000 }, async () => {
    const folder = newFolder();
    for (const lineCount of [3, 11, 26, 47, 8]) {
      const { child, seen } = await startAppending(folder, lineCount);
      await killNow(child);
      const buffer = open(folder);
      const values = (await readAll(buffer)).map((row) => row.value);
      await buffer.close();
      expect(values.length).toBeGreaterThanOrEqual(seen.at(-1) ?? Infinity);
      expect(values).toEqual(values.map((_, index) => index + 1));
    }
  });

  it('refuses a second gateway by the pid of the first, and lets it in once the first is killed', async () => {
    const folder = newFolder();
    const { child } = await startAppending(folder, 1);
    expect(() => open(folder)).toThrow(
      expect.objectContaining({
        code: 'store-and-forward/folder-in-use',
        message: expect.stringContaining(`pid ${child.pid}`),
      }),
    );
    await killNow(child);
    const buffer = open(folder);
    expect((await buffer.stats()).rowCount).toBeGreaterThan(0);
    await buffer.close();
  });

  it('refuses a second gateway inside the same process too', async () => {
    const folder = newFolder();
    const worker = await WorkerForwardBuffer.open(optionsOf(folder));
    await expect(WorkerForwardBuffer.open(optionsOf(folder))).rejects.toMatchObject({
      code: 'store-and-forward/folder-in-use',
      message: expect.stringContaining(`pid ${process.pid}`),
    });
    expect(() => open(folder)).toThrow(/in use/);
    await worker.close();
    await open(folder).close();
  });
});

it('does not blame another gateway when the lock cannot be taken for another reason', () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'forward-buffer.lock'), 'not the empty file that it is'.repeat(40));
  expect(() => open(folder)).toThrow(
    expect.objectContaining({ code: 'store-and-forward/file-failed', message: expect.stringContaining('NOTADB') }),
  );
});

describe('the forward buffer file', () => {
  it('is flushed on every commit: synchronous reads FULL after a write, on the first and on a later open', () => {
    const path = join(newFolder(), 'file.sqlite');
    for (let openCount = 0; openCount < 2; openCount++) {
      const db = openSqlite(path, 10_000_000);
      db.exec("INSERT OR REPLACE INTO setting VALUES ('a', 'b')");
      expect(db.pragma('synchronous', { simple: true })).toBe(2);
      expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
      expect(db.pragma('max_page_count', { simple: true })).toBe(2_441 + 2_048);
      db.close();
    }
  });

  it('is readable by its owner only, as are its log and its shared memory', async () => {
    const folder = newFolder();
    const buffer = open(folder);
    await buffer.append(changesOf(1, 1));
    for (const suffix of ['', '-wal', '-shm']) {
      expect(statSync(bufferFilePath(folder) + suffix).mode & 0o777).toBe(0o600);
    }
    await buffer.close();
  });

  it('never grows beyond its limit', async () => {
    const folder = newFolder();
    const limitBytes = 1_500_000;
    const buffer = new SqliteForwardBuffer({ folder, limitBytes, whenFull: 'drop-oldest' }, systemClock);
    for (let index = 0; index < 60; index++) {
      const text = 'x'.repeat((index * 131) % 3_000);
      await buffer.append(
        changesOf(index * 200, 200).map((change) => ({ ...change, datatype: 'String', value: text })),
      );
    }
    const { rowCount, droppedCount } = await buffer.stats();
    expect(rowCount + droppedCount).toBe(12_000);
    await buffer.close();
    expect(statSync(bufferFilePath(folder)).size).toBeLessThanOrEqual(limitBytes);
  });

  it('drops a single change that is larger than the whole file, counted', async () => {
    const folder = newFolder();
    const buffer = new SqliteForwardBuffer({ folder, limitBytes: 1_000_000, whenFull: 'drop-oldest' }, systemClock);
    const huge = changeOf(2, { datatype: 'Bytes', value: new Uint8Array(2_000_000) });
    expect(await buffer.append([changeOf(1), huge, changeOf(3)])).toMatchObject({ droppedCount: 2 });
    expect((await readAll(buffer)).map((row) => row.value)).toEqual([3]);
    await buffer.close();
  });

  it('goes on with rows, gaps, counts and settings after it was closed', async () => {
    const folder = await filledFolder(100);
    const before = open(folder);
    await before.confirm([{ firstRowId: 10, lastRowId: 60 }]);
    await before.close();
    const buffer = open(folder);
    expect(await buffer.stats()).toMatchObject({ rowCount: 49, storedCount: 100, lastRowId: 100, quarantine: null });
    expect((await buffer.page({ fromIndex: 8, maxRows: 2, search: '' })).rows.map((row) => row.rowId)).toEqual([9, 61]);
    expect(await buffer.readSetting('bdSeq')).toBe('42');
    await buffer.close();
  });

  it('is refused, not touched, when a newer version wrote it', async () => {
    const folder = await filledFolder(5);
    const db = new Database(bufferFilePath(folder));
    db.pragma('user_version = 99');
    db.close();
    expect(() => open(folder)).toThrow(expect.objectContaining({ code: 'store-and-forward/file-newer' }));
    expect(existsSync(join(folder, 'quarantine'))).toBe(false);
  });
});

describe('a damaged forward buffer', () => {
  const trash = Uint8Array.from({ length: 64 }, (_, index) => (index * 37) % 251);

  it.each<readonly [string, (path: string) => void]>([
    ['with a trashed header', (path) => overwrite(path, 0, trash)],
    ['with a trashed page', (path) => overwrite(path, 3 * 4_096, trash)],
    ['that is cut in half', (path) => truncateSync(path, Math.floor(statSync(path).size / 2))],
    [
      'that is another program’s',
      (path) => writeFileSync(path, 'not a database, but long enough to be one'.repeat(20)),
    ],
  ])('%s is moved to quarantine whole, and collection goes on', async (_name, damage) => {
    const folder = await filledFolder(5_000);
    const path = bufferFilePath(folder);
    damage(path);
    const damagedContent = readFileSync(path);
    const buffer = open(folder);
    const { quarantine, rowCount, droppedCount } = await buffer.stats();
    expect(rowCount).toBe(0);
    expect(quarantine?.reason).toBeTruthy();
    expect(droppedCount, 'the rows that waited in it').toBe(5_000);
    expect(await buffer.readSetting('bdSeq'), 'known to the mark when the file does not tell').toBe('42');
    expect(readFileSync(join(quarantine?.folder ?? '', 'forward-buffer.sqlite'))).toEqual(damagedContent);
    const { lastRowId } = await buffer.append(changesOf(1, 3));
    expect(lastRowId, 'row ids are never given twice').toBe(5_003);
    await buffer.close();
  });

  it('keeps bdSeq when only other pages are hit', async () => {
    const folder = await filledFolder(5_000);
    overwrite(bufferFilePath(folder), statSync(bufferFilePath(folder)).size - 4_096, trash);
    const buffer = open(folder);
    expect((await buffer.stats()).quarantine).not.toBeNull();
    expect(await buffer.readSetting('bdSeq')).toBe('42');
    await buffer.close();
  });

  it('is replaced while it runs, without an error to the caller', async () => {
    const options = { ...optionsOf(newFolder()), limitBytes: 60_000_000 };
    const before = new SqliteForwardBuffer(options, systemClock);
    const wide = { datatype: 'String', value: 'x'.repeat(500) } as const;
    await before.append(changesOf(1, 50_000).map((change) => ({ ...change, ...wide })));
    await before.close();
    const buffer = new SqliteForwardBuffer(options, systemClock);
    // An early page: the later ones have pushed it out of the page cache (16 MB) while the file was checked.
    overwrite(bufferFilePath(options.folder), 60 * 4_096, trash);
    expect((await readAll(buffer)).length).toBe(0);
    const { quarantine, lastRowId, storedCount } = await buffer.stats();
    expect(quarantine?.reason).toMatch(/malformed/);
    expect({ lastRowId, storedCount }).toEqual({ lastRowId: 50_000, storedCount: 50_000 });
    await buffer.append(changesOf(1, 2));
    expect((await readAll(buffer)).map((row) => row.rowId)).toEqual([50_001, 50_002]);
    await buffer.close();
  });

  it('counts the rows that a deleted write-ahead log has taken with it', async () => {
    const folder = newFolder();
    const { child } = await startAppending(folder, 4);
    await killNow(child);
    writeFileSync(join(folder, 'forward-buffer.mark'), JSON.stringify({ lastRowId: 148, atMs: 1_767_600_000_000 }));
    rmSync(`${bufferFilePath(folder)}-wal`);
    const buffer = open(folder);
    const { rowCount, droppedCount } = await buffer.stats();
    expect(rowCount + droppedCount).toBe(148);
    expect((await buffer.append(changesOf(1, 1))).lastRowId).toBe(149);
    await buffer.close();
  });

  it('keeps a write-ahead log whose database is gone', async () => {
    const folder = newFolder();
    const { child } = await startAppending(folder, 4);
    await killNow(child);
    rmSync(bufferFilePath(folder));
    const buffer = open(folder);
    const { quarantine } = await buffer.stats();
    expect(readdirSync(quarantine?.folder ?? '')).toContain('forward-buffer.sqlite-wal');
    await buffer.close();
  });
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, it } from 'vitest';
import { PRIORITIES } from '../../shared/domain/metric.ts';
import { systemClock } from '../platform/clock.ts';
import { bufferFilePath } from './buffer-file-keeper.ts';
import { BASE_MS, changeOf, EVERYTHING } from './change-ramp.ts';
import { identityCrc } from './change-row.ts';
import { SqliteForwardBuffer } from './sqlite-forward-buffer.ts';

const root = mkdtempSync(join(tmpdir(), 'lineside-dead-letters-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const open = (folder: string): SqliteForwardBuffer =>
  new SqliteForwardBuffer({ folder, limitBytes: 20_000_000, whenFull: 'drop-oldest' }, systemClock);

function overwrite(path: string, atByte: number, bytes: Uint8Array): void {
  const content = readFileSync(path);
  content.set(bytes, atByte);
  writeFileSync(path, content);
}

describe('the forward buffer', () => {
  it('sets a row with a flipped byte aside, counts it and gives the others', async () => {
    const folder = mkdtempSync(join(root, 'case-'));
    const before = open(folder);
    const values = Array.from({ length: 9 }, (_, index) => `needle-${index}`);
    await before.append(values.map((value, index) => changeOf(index, { datatype: 'String', value })));
    await before.close();
    const path = bufferFilePath(folder);
    overwrite(path, readFileSync(path).indexOf('needle-4'), new TextEncoder().encode('noodle'));
    const buffer = open(folder);
    const page = { fromIndex: 0, maxRows: 20, search: '' };
    expect((await buffer.read({ afterRowId: 3, upToRowId: 9, maxRows: 3 })).map((row) => row.rowId)).toEqual([4, 6, 7]);
    expect(await buffer.stats()).toMatchObject({ rowCount: 8, damagedCount: 1, quarantine: null });
    expect((await buffer.page(page)).rows.map((row) => row.value)).toEqual(
      values.filter((each) => each !== 'needle-4'),
    );
    const dead = {
      rowId: 5,
      metricName: 'Count',
      timestampMs: 1_767_600_000_004,
      reason: 'damaged',
      isReadable: false,
    };
    expect(await buffer.deadLetters()).toMatchObject([dead]);
    expect(await buffer.retryDeadLetters()).toEqual({ retriedCount: 0, keptCount: 1, lastRowId: 9 });
    await buffer.close();
    // Whoever repairs the row gets it back, as the newest one.
    const db = new Database(path);
    db.exec("UPDATE dead_letter SET value = 'needle-4'");
    db.close();
    const after = open(folder);
    expect(await after.deadLetters()).toMatchObject([{ ...dead, isReadable: true }]);
    expect(await after.retryDeadLetters()).toEqual({ retriedCount: 1, keptCount: 0, lastRowId: 10 });
    expect((await after.read(EVERYTHING)).at(-1)).toMatchObject({
      rowId: 10,
      value: 'needle-4',
      timestampMs: dead.timestampMs,
    });
    expect(await after.stats()).toMatchObject({ rowCount: 9, damagedCount: 0, storedCount: 9, lastRowId: 10 });
    expect(await after.deadLetters()).toEqual([]);
    await after.close();
  });

  it('finds a row whose class is damaged when a backlog is read class by class', async () => {
    const folder = mkdtempSync(join(root, 'case-'));
    const before = open(folder);
    await before.append([0, 1, 2, 3].map((index) => changeOf(index)));
    await before.close();
    const db = new Database(bufferFilePath(folder));
    db.exec('UPDATE change SET priority = 7 WHERE row_id = 2');
    db.exec("UPDATE change SET priority = 'x' WHERE row_id = 3");
    db.close();
    const buffer = open(folder);
    const rowIds: number[] = [];
    for (const priority of PRIORITIES) {
      for (const { rowId } of await buffer.read({ ...EVERYTHING, priority })) rowIds.push(rowId);
    }
    expect(rowIds).toEqual([1, 4]);
    expect(await buffer.stats()).toMatchObject({ rowCount: 2, damagedCount: 2 });
    await buffer.close();
  });

  it('lists and keeps a row whose value is not of its own kind', async () => {
    const folder = mkdtempSync(join(root, 'case-'));
    const before = open(folder);
    await before.append([0, 1, 2].map((index) => changeOf(index)));
    await before.close();
    const db = new Database(bufferFilePath(folder));
    // The checksum is right, but the text is no 64-bit integer; another version may write what this one cannot read.
    const { metricId, storedAtMs } = db
      .prepare<[], { metricId: number; storedAtMs: number }>(
        'SELECT metric_id AS metricId, stored_at_ms AS storedAtMs FROM change WHERE row_id = 2',
      )
      .get() ?? { metricId: 0, storedAtMs: 0 };
    const identity = { deviceId: 'press-1', metricName: 'Count', datatype: 'Double' } as const;
    const text = `2,${metricId},3,0,0,${BASE_MS + 1},${storedAtMs},tnumberless`;
    db.prepare("UPDATE change SET value_kind = 3, value = 'numberless', crc32 = ? WHERE row_id = 2").run(
      crc32(text, identityCrc(identity)),
    );
    db.close();
    const buffer = open(folder);
    expect((await buffer.read(EVERYTHING)).map((row) => row.rowId)).toEqual([1, 3]);
    expect(await buffer.deadLetters()).toMatchObject([{ rowId: 2, isReadable: false }]);
    expect(await buffer.retryDeadLetters()).toMatchObject({ retriedCount: 0, keptCount: 1 });
    await buffer.close();
  });
});

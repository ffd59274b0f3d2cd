import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { bufferFilePath } from './buffer-file-keeper.ts';
import { BufferReader } from './buffer-reader.ts';
import { changesOf } from './change-ramp.ts';
import { APPLICATION_ID, MIGRATIONS, SCHEMA, SCHEMA_VERSION } from './forward-buffer-schema.ts';
import { SqliteForwardBuffer } from './sqlite-forward-buffer.ts';

const root = mkdtempSync(join(tmpdir(), 'lineside-migration-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const open = (folder: string): SqliteForwardBuffer =>
  new SqliteForwardBuffer({ folder, limitBytes: 20_000_000, whenFull: 'drop-oldest' }, systemClock);
const EVERYTHING = { afterRowId: 0, upToRowId: Number.MAX_SAFE_INTEGER, maxRows: 1_000_000 };

const V1_COLUMNS = `metric_id INTEGER NOT NULL, value_kind INTEGER NOT NULL, value, quality INTEGER NOT NULL,
  status_code INTEGER NOT NULL, timestamp_ms INTEGER NOT NULL, stored_at_ms INTEGER NOT NULL, crc32 INTEGER NOT NULL`;

/** The schema as version 1 wrote it, word for word where it matters. */
const V1_SCHEMA = `
CREATE TABLE metric (metric_id INTEGER PRIMARY KEY, device_id TEXT, metric_name TEXT NOT NULL, datatype TEXT NOT NULL);
CREATE TABLE change (row_id INTEGER PRIMARY KEY AUTOINCREMENT, ${V1_COLUMNS});
CREATE TABLE dead_letter (row_id INTEGER PRIMARY KEY, ${V1_COLUMNS}, found_at_ms INTEGER NOT NULL);
CREATE TABLE loss (device_id TEXT, metric_name TEXT NOT NULL, reason TEXT NOT NULL, dropped_count INTEGER NOT NULL,
  first_timestamp_ms INTEGER NOT NULL, last_timestamp_ms INTEGER NOT NULL);
CREATE UNIQUE INDEX loss_identity ON loss (metric_name, reason, coalesce(device_id, ''));
CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE tally (tally_id INTEGER PRIMARY KEY CHECK (tally_id = 1), last_row_id INTEGER NOT NULL,
  stored_count INTEGER NOT NULL, dropped_count INTEGER NOT NULL, damaged_count INTEGER NOT NULL);
INSERT INTO tally VALUES (1, 0, 0, 0, 0);
PRAGMA application_id = ${APPLICATION_ID};
PRAGMA user_version = 1;`;

/** A file of version 1 with the rows of a gateway of today, all of normal priority, and one dead letter. */
async function makeV1Folder(rowCount: number): Promise<string> {
  const source = mkdtempSync(join(root, 'source-'));
  const buffer = open(source);
  await buffer.writeSetting('bdSeq', '42');
  await buffer.append(changesOf(1, rowCount));
  await buffer.close();
  const folder = mkdtempSync(join(root, 'case-'));
  const db = new Database(bufferFilePath(folder));
  const nine = 'row_id, metric_id, value_kind, value, quality, status_code, timestamp_ms, stored_at_ms, crc32';
  db.exec(V1_SCHEMA);
  db.exec(`ATTACH '${bufferFilePath(source)}' AS source;
    INSERT INTO metric SELECT * FROM source.metric;
    INSERT INTO change (${nine}) SELECT ${nine} FROM source.change;
    INSERT INTO dead_letter (${nine}, found_at_ms) SELECT 1000000, ${nine.slice(8)}, 5 FROM source.change LIMIT 1;
    INSERT OR REPLACE INTO setting SELECT key, value FROM source.setting;
    REPLACE INTO tally SELECT * FROM source.tally;`);
  db.close();
  return folder;
}

const versionOf = (folder: string): unknown => {
  const db = new Database(bufferFilePath(folder), { readonly: true });
  try {
    return db.pragma('user_version', { simple: true });
  } finally {
    db.close();
  }
};

describe('a forward buffer file of version 1', () => {
  it('is brought up with every row, count, setting and dead letter in it', async () => {
    const folder = await makeV1Folder(5_000);
    const buffer = open(folder);
    expect(await buffer.stats()).toMatchObject({ rowCount: 5_000, storedCount: 5_000, quarantine: null });
    expect(await buffer.readSetting('bdSeq')).toBe('42');
    expect((await buffer.append(changesOf(5_001, 2))).lastRowId).toBe(5_002);
    expect(await buffer.read(EVERYTHING)).toMatchObject(changesOf(1, 5_002));
    await buffer.close();
    expect(versionOf(folder)).toBe(SCHEMA_VERSION);
    const db = new Database(bufferFilePath(folder), { readonly: true });
    expect(db.prepare('SELECT row_id, priority, reason FROM dead_letter').all()).toEqual([
      { row_id: 1_000_000, priority: 1, reason: 'damaged' },
    ]);
    db.close();
  });

  it('has the tables and indexes of a new file afterwards', async () => {
    const folder = await makeV1Folder(1);
    await open(folder).close();
    const fresh = new Database(':memory:');
    fresh.exec(SCHEMA);
    const db = new Database(bufferFilePath(folder), { readonly: true });
    const columns = `SELECT m.name AS tableName, c.name, c.type, c."notnull", c.dflt_value FROM sqlite_schema m,
      pragma_table_info(m.name) c WHERE m.name NOT LIKE 'sqlite_%' ORDER BY 1, 2`;
    const indexes = `SELECT name FROM sqlite_schema WHERE type = 'index' ORDER BY 1`;
    expect(db.prepare(columns).all()).toEqual(fresh.prepare(columns).all());
    expect(db.prepare(indexes).all()).toEqual(fresh.prepare(indexes).all());
    db.close();
    fresh.close();
  });

  it('is whole and of version 1 when a step fails half-way, and is brought up at the next start', async () => {
    const folder = await makeV1Folder(500);
    const db = new Database(bufferFilePath(folder));
    // The name is taken: the first step succeeds, the second fails as a crash would end it.
    db.exec('CREATE TABLE change_low (a)');
    db.close();
    expect(() => open(folder)).toThrow();
    expect(versionOf(folder)).toBe(1);
    const repaired = new Database(bufferFilePath(folder));
    expect(repaired.prepare("SELECT count(*) FROM pragma_table_info('change')").pluck().get()).toBe(9);
    repaired.exec('DROP TABLE change_low');
    repaired.close();
    const buffer = open(folder);
    expect((await buffer.stats()).rowCount).toBe(500);
    await buffer.close();
  });

  it('is brought up although it is larger than the limit of today', async () => {
    const folder = await makeV1Folder(20_000);
    const options = { folder, limitBytes: 400_000, whenFull: 'drop-oldest' } as const;
    const buffer = new SqliteForwardBuffer(options, systemClock);
    expect(await buffer.stats()).toMatchObject({ rowCount: 20_000, diskFullSinceMs: null, quarantine: null });
    const { droppedCount } = await buffer.append(changesOf(20_001, 10));
    const { rowCount } = await buffer.stats();
    expect(rowCount + droppedCount).toBe(20_010);
    await buffer.close();
  });

  it('has one step for each version', () => {
    expect(MIGRATIONS).toHaveLength(SCHEMA_VERSION - 1);
  });

  it('is refused by the reader until its gateway has brought it up, and a newer one too', async () => {
    const folder = await makeV1Folder(3);
    expect(() => new BufferReader(folder)).toThrow(expect.objectContaining({ code: 'store-and-forward/file-older' }));
    await open(folder).close();
    const db = new Database(bufferFilePath(folder));
    db.pragma('user_version = 99');
    db.close();
    expect(() => new BufferReader(folder)).toThrow(expect.objectContaining({ code: 'store-and-forward/file-newer' }));
    expect(() => open(folder)).toThrow(expect.objectContaining({ code: 'store-and-forward/file-newer' }));
    expect(existsSync(join(folder, 'quarantine'))).toBe(false);
  });
});

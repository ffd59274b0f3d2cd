/**
 * Turns a forward buffer into one of another version: `node age-buffer.ts FILE 1` writes its rows into a file of the
 * first version, as a gateway before the upgrade left it; any other number is only written into the head. Prints the
 * version that it had.
 */
import { renameSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';

/** What version 1 looked like, for ever: not the schema of the code, which goes on. */
const CHANGE_COLUMNS = 'metric_id, value_kind, value, quality, status_code, timestamp_ms, stored_at_ms, crc32';
const FIRST_VERSION = `
CREATE TABLE metric (
  metric_id INTEGER PRIMARY KEY, device_id TEXT, metric_name TEXT NOT NULL, datatype TEXT NOT NULL
);
CREATE TABLE change (
  row_id INTEGER PRIMARY KEY AUTOINCREMENT, metric_id INTEGER NOT NULL, value_kind INTEGER NOT NULL, value,
  quality INTEGER NOT NULL, status_code INTEGER NOT NULL, timestamp_ms INTEGER NOT NULL,
  stored_at_ms INTEGER NOT NULL, crc32 INTEGER NOT NULL
);
CREATE TABLE dead_letter (
  row_id INTEGER PRIMARY KEY, metric_id INTEGER NOT NULL, value_kind INTEGER NOT NULL, value,
  quality INTEGER NOT NULL, status_code INTEGER NOT NULL, timestamp_ms INTEGER NOT NULL,
  stored_at_ms INTEGER NOT NULL, crc32 INTEGER NOT NULL, found_at_ms INTEGER NOT NULL
);
CREATE TABLE loss (
  device_id TEXT, metric_name TEXT NOT NULL, reason TEXT NOT NULL, dropped_count INTEGER NOT NULL,
  first_timestamp_ms INTEGER NOT NULL, last_timestamp_ms INTEGER NOT NULL
);
CREATE UNIQUE INDEX loss_identity ON loss (metric_name, reason, coalesce(device_id, ''));
CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE tally (
  tally_id INTEGER PRIMARY KEY CHECK (tally_id = 1), last_row_id INTEGER NOT NULL, stored_count INTEGER NOT NULL,
  dropped_count INTEGER NOT NULL, damaged_count INTEGER NOT NULL
);
PRAGMA application_id = 0x4c534642;
PRAGMA user_version = 1;`;

const COPY = `
INSERT INTO metric SELECT metric_id, device_id, metric_name, datatype FROM newer.metric;
INSERT INTO change (row_id, ${CHANGE_COLUMNS}) SELECT row_id, ${CHANGE_COLUMNS} FROM newer.change;
INSERT INTO loss
  SELECT device_id, metric_name, reason, dropped_count, first_timestamp_ms, last_timestamp_ms FROM newer.loss;
INSERT INTO setting SELECT key, value FROM newer.setting;
INSERT INTO tally SELECT tally_id, last_row_id, stored_count, dropped_count, damaged_count FROM newer.tally;`;

const [, , path = '', version = '1'] = process.argv;
const db = new Database(path, { fileMustExist: true });
const versionBefore = db.pragma('user_version', { simple: true });
if (version !== '1') db.pragma(`user_version = ${Number(version)}`);
db.pragma('wal_checkpoint(TRUNCATE)');
db.close();
if (version === '1') {
  const older = `${path}.older`;
  const target = new Database(older);
  target.exec(FIRST_VERSION);
  target.prepare('ATTACH ? AS newer').run(path);
  target.exec(COPY);
  target.close();
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
  renameSync(older, path);
}
process.stdout.write(`${String(versionBefore)}\n`);

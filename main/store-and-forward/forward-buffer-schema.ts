/** "LSFB": tells our file from any other SQLite file. */
export const APPLICATION_ID = 0x4c53_4642;
export const SCHEMA_VERSION = 2;

const CHANGE_COLUMNS = `
  metric_id    INTEGER NOT NULL,
  value_kind   INTEGER NOT NULL,
  value,
  quality      INTEGER NOT NULL,
  status_code  INTEGER NOT NULL,
  timestamp_ms INTEGER NOT NULL,
  stored_at_ms INTEGER NOT NULL,
  crc32        INTEGER NOT NULL`;

/** 0 low, 1 normal, 2 high. Nearly all rows are normal, so the indexes of the others cost an append next to nothing. */
const PRIORITY_INDEXES = `
CREATE INDEX change_low ON change (row_id) WHERE priority = 0;
CREATE INDEX change_high ON change (row_id) WHERE priority = 2;`;

/** `value` has no type on purpose: a column with one would turn 5.0 into 5 and '7' into 7. */
export const SCHEMA = `
CREATE TABLE metric (
  metric_id   INTEGER PRIMARY KEY,
  device_id   TEXT,
  metric_name TEXT NOT NULL,
  datatype    TEXT NOT NULL
);
CREATE TABLE change (
  row_id INTEGER PRIMARY KEY AUTOINCREMENT,${CHANGE_COLUMNS},
  priority INTEGER NOT NULL DEFAULT 1
);${PRIORITY_INDEXES}
CREATE TABLE dead_letter (
  row_id INTEGER PRIMARY KEY,${CHANGE_COLUMNS},
  found_at_ms INTEGER NOT NULL,
  priority INTEGER NOT NULL DEFAULT 1,
  reason TEXT NOT NULL DEFAULT 'damaged'
);
CREATE TABLE loss (
  device_id          TEXT,
  metric_name        TEXT NOT NULL,
  reason             TEXT NOT NULL,
  dropped_count      INTEGER NOT NULL,
  first_timestamp_ms INTEGER NOT NULL,
  last_timestamp_ms  INTEGER NOT NULL
);
CREATE UNIQUE INDEX loss_identity ON loss (metric_name, reason, coalesce(device_id, ''));
CREATE TABLE setting (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE tally (
  tally_id      INTEGER PRIMARY KEY CHECK (tally_id = 1),
  last_row_id   INTEGER NOT NULL,
  stored_count  INTEGER NOT NULL,
  dropped_count INTEGER NOT NULL,
  damaged_count INTEGER NOT NULL
);
INSERT INTO tally VALUES (1, 0, 0, 0, 0);
PRAGMA application_id = ${APPLICATION_ID};
PRAGMA user_version = ${SCHEMA_VERSION};
`;

/**
 * What brings a file from the version that stands before each entry (1, 2, …) to the next one. A default is
 * written into no row, so a full file is brought up in the time of one read of it.
 */
export const MIGRATIONS: readonly string[] = [
  `ALTER TABLE change ADD COLUMN priority INTEGER NOT NULL DEFAULT 1;
${PRIORITY_INDEXES}
ALTER TABLE dead_letter ADD COLUMN priority INTEGER NOT NULL DEFAULT 1;
ALTER TABLE dead_letter ADD COLUMN reason TEXT NOT NULL DEFAULT 'damaged';
PRAGMA user_version = 2;`,
];

/** "LSFB": tells our file from any other SQLite file. */
export const APPLICATION_ID = 0x4c53_4642;
export const SCHEMA_VERSION = 1;

const CHANGE_COLUMNS = `
  metric_id    INTEGER NOT NULL,
  value_kind   INTEGER NOT NULL,
  value,
  quality      INTEGER NOT NULL,
  status_code  INTEGER NOT NULL,
  timestamp_ms INTEGER NOT NULL,
  stored_at_ms INTEGER NOT NULL,
  crc32        INTEGER NOT NULL`;

/** `value` has no type on purpose: a column with one would turn 5.0 into 5 and '7' into 7. */
export const SCHEMA = `
CREATE TABLE metric (
  metric_id   INTEGER PRIMARY KEY,
  device_id   TEXT,
  metric_name TEXT NOT NULL,
  datatype    TEXT NOT NULL
);
CREATE TABLE change (
  row_id INTEGER PRIMARY KEY AUTOINCREMENT,${CHANGE_COLUMNS}
);
CREATE TABLE dead_letter (
  row_id INTEGER PRIMARY KEY,${CHANGE_COLUMNS},
  found_at_ms INTEGER NOT NULL
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

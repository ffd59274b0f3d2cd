/** "LSCF": tells our file from any other SQLite file. */
export const APPLICATION_ID = 0x4c53_4346;

/**
 * What brings a file from each version (0, 1, …) to the next; the version of a file is its `user_version`. An entry
 * that was released never changes. Instants are milliseconds since 1970 UTC; times of day are local, as `06:00`.
 */
export const MIGRATIONS: readonly string[] = [
  `
CREATE TABLE site (
  site_id    INTEGER PRIMARY KEY CHECK (site_id = 1),
  enterprise TEXT NOT NULL,
  site       TEXT NOT NULL,
  area       TEXT NOT NULL,
  time_zone  TEXT NOT NULL,
  -- The revision that all tables of the plant show.
  revision   INTEGER NOT NULL REFERENCES site_revision
) STRICT;

CREATE TABLE site_revision (
  revision      INTEGER PRIMARY KEY,
  -- The whole site file in its canonical form; it names the files of secrets and holds none.
  document      TEXT NOT NULL,
  sha256        TEXT NOT NULL,
  changed_by    TEXT NOT NULL,
  changed_at_ms INTEGER NOT NULL,
  source        TEXT NOT NULL CHECK (source IN ('file', 'window', 'command'))
) STRICT;

-- Lines and machines that left stay, retired: their history is joined with them.
CREATE TABLE line (
  -- group/edge node.
  line_id       TEXT PRIMARY KEY,
  name          TEXT NOT NULL,
  time_zone     TEXT NOT NULL,
  retired_at_ms INTEGER
) STRICT;

CREATE TABLE machine (
  -- group/edge node/device, as in telemetry.
  machine_id         TEXT PRIMARY KEY,
  line_id            TEXT NOT NULL REFERENCES line,
  name               TEXT NOT NULL,
  -- Along the line.
  position           INTEGER NOT NULL,
  is_bottleneck      INTEGER NOT NULL CHECK (is_bottleneck IN (0, 1)),
  ideal_cycle_ms     REAL,
  micro_stop_s       REAL NOT NULL,
  target_oee_percent REAL NOT NULL,
  retired_at_ms      INTEGER
) STRICT;
CREATE INDEX machine_line_id ON machine (line_id);

CREATE TABLE shift_template (
  line_id  TEXT NOT NULL REFERENCES line,
  position INTEGER NOT NULL,
  name     TEXT NOT NULL,
  -- Of the start, as in the site file: "mon,tue".
  days     TEXT NOT NULL,
  starts   TEXT NOT NULL,
  -- Not after the start: on the next day.
  ends     TEXT NOT NULL,
  PRIMARY KEY (line_id, position)
) STRICT;

CREATE TABLE shift_break (
  line_id        TEXT NOT NULL,
  shift_position INTEGER NOT NULL,
  position       INTEGER NOT NULL,
  name           TEXT NOT NULL,
  starts         TEXT NOT NULL,
  ends           TEXT NOT NULL,
  PRIMARY KEY (line_id, shift_position, position),
  FOREIGN KEY (line_id, shift_position) REFERENCES shift_template ON DELETE CASCADE
) STRICT;

CREATE TABLE reason (
  reason_id        TEXT PRIMARY KEY,
  parent_reason_id TEXT REFERENCES reason,
  time_class       TEXT NOT NULL,
  is_planned       INTEGER NOT NULL CHECK (is_planned IN (0, 1)),
  retired_at_ms    INTEGER
) STRICT;
CREATE INDEX reason_parent ON reason (parent_reason_id);

CREATE TABLE reason_name (
  reason_id TEXT NOT NULL REFERENCES reason,
  language  TEXT NOT NULL,
  name      TEXT NOT NULL,
  PRIMARY KEY (reason_id, language)
) STRICT, WITHOUT ROWID;

CREATE TABLE person (
  person_id     TEXT PRIMARY KEY,
  name          TEXT NOT NULL,
  role          TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'engineer')),
  retired_at_ms INTEGER
) STRICT;
`,
];

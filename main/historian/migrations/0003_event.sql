-- Faults, stops and other things that last. A unique key of a hypertable must hold its time column, so the
-- same event_id could be given twice: it is made here and never taken from a writer. Who writes an event
-- twice is stopped by the second key.
CREATE TABLE events (
  event_id         bigint       GENERATED ALWAYS AS IDENTITY,
  machine_id       text         NOT NULL,
  event_type       text         NOT NULL,
  ts_start         timestamptz  NOT NULL,
  -- NULL while it lasts. An event that still lasts when its week is dropped goes with that week.
  ts_end           timestamptz,
  duration_seconds numeric(12, 3) GENERATED ALWAYS AS (extract(epoch FROM ts_end - ts_start)) STORED,
  payload          jsonb,
  PRIMARY KEY (event_id, ts_start),
  UNIQUE (machine_id, event_type, ts_start),
  CHECK (ts_end >= ts_start)
);

SELECT create_hypertable('events', by_range('ts_start', INTERVAL '7 days'), create_default_indexes => false);

CREATE INDEX events_machine_id_ts_start_idx ON events (machine_id, ts_start DESC);
CREATE INDEX events_active_idx ON events (machine_id, ts_start DESC) WHERE ts_end IS NULL;

ALTER TABLE events SET (
  timescaledb.compress,
  timescaledb.compress_segmentby = 'machine_id',
  timescaledb.compress_orderby = 'ts_start DESC'
);

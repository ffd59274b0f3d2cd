-- Samples of all machines. Late data and data sent twice are normal: the unique key makes every insert
-- harmless to repeat. It also serves "one metric of one machine over a time", the most frequent question.
CREATE TABLE telemetry (
  time          timestamptz NOT NULL,
  machine_id    text        NOT NULL,
  metric_name   text        NOT NULL,
  value         double precision,
  -- 192 good, 64 uncertain, 0 bad, 500 stale. Good is BETWEEN 192 AND 255, never ">= 192".
  quality       smallint    NOT NULL DEFAULT 192,
  meta          jsonb,
  is_historical boolean     NOT NULL DEFAULT false,
  received_at   timestamptz NOT NULL DEFAULT now(),
  UNIQUE (machine_id, metric_name, time)
);

SELECT create_hypertable('telemetry', by_range('time', INTERVAL '1 day'), create_default_indexes => false);

CREATE INDEX telemetry_machine_id_time_idx ON telemetry (machine_id, time DESC);
CREATE INDEX telemetry_metric_name_time_idx ON telemetry (metric_name, time DESC);

-- Rows the database refuses: nothing is lost in silence. A plain table, so that no partitioning rule can
-- refuse them a second time.
CREATE TABLE telemetry_rejected (
  telemetry_rejected_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  "row"                 jsonb       NOT NULL,
  reason                text        NOT NULL,
  at                    timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX telemetry_rejected_at_idx ON telemetry_rejected (at DESC);

-- How chunks are compressed; when, is a policy and follows the site file. Both keys of the question "one
-- metric of one machine over a time" stand outside the compressed columns, so only its own batches are opened.
-- The names with "compress" are the ones that every version from 2.20 on takes.
ALTER TABLE telemetry SET (
  timescaledb.compress,
  timescaledb.compress_segmentby = 'machine_id, metric_name',
  timescaledb.compress_orderby = 'time DESC'
);

-- Retention drops chunks without a trace, and a late row makes a dropped chunk again with that one row in it.
-- An aggregate that is refreshed there would lose what it still knows. So nothing before this time is refreshed.
CREATE TABLE telemetry_retention (
  is_only_row    boolean     PRIMARY KEY DEFAULT true CHECK (is_only_row),
  dropped_before timestamptz NOT NULL
);

-- Hours whose aggregates do not hold all rows any more, because rows came late. Written in the transaction of
-- those rows; one row for each hour and machine, however many rows come.
CREATE TABLE dirty_range (
  machine_id   text        NOT NULL,
  range_start  timestamptz NOT NULL,
  range_end    timestamptz NOT NULL,
  row_count    bigint      NOT NULL,
  -- Grows with every commit: a refresh only removes what it has seen.
  change_count integer     NOT NULL DEFAULT 1,
  first_at     timestamptz NOT NULL DEFAULT now(),
  changed_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (machine_id, range_start),
  CHECK (range_start < range_end)
);

CREATE INDEX dirty_range_range_start_idx ON dirty_range (range_start);

-- What late rows have changed, and what became of it: reports that cover such a range are to be computed anew.
CREATE TABLE revised_range (
  revised_range_id bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  machine_id       text        NOT NULL,
  range_start      timestamptz NOT NULL,
  range_end        timestamptz NOT NULL,
  row_count        bigint      NOT NULL,
  -- beyond-retention: the rows are stored, the aggregates are left as they are.
  outcome          text        NOT NULL CHECK (outcome IN ('refreshed', 'beyond-retention')),
  revised_at       timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX revised_range_machine_id_range_start_idx ON revised_range (machine_id, range_start);
CREATE INDEX revised_range_revised_at_idx ON revised_range (revised_at DESC);

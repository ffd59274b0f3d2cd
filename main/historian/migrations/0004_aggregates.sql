-- Good is BETWEEN 192 AND 255: the code of STALE is 500, so ">= 192" would take stale values in.
--
-- The same rows give the same bytes, in whatever order they came: the mean is computed as numeric, since a sum of
-- double precision depends on the order (15 digits of each value take part; it cannot overflow either, as the
-- variance inside avg(double precision) does with two values of 1e200). Rounding to 300 places keeps a mean that is
-- smaller than any double from being refused. "+ 0" makes -0 a 0: they sort as equal.
--
-- Percentiles are those of the samples, unweighted, and cannot be made of other percentiles: each level reads the
-- raw rows. What is newer than the last refresh is read from the raw rows too (materialized_only = false).
-- WITH NO DATA because a transaction cannot fill them; the refresh does, before any policy runs.
CREATE MATERIALIZED VIEW telemetry_1min
WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
SELECT
  time_bucket(INTERVAL '1 minute', time) AS bucket,
  machine_id,
  metric_name,
  round(avg(value::numeric) FILTER (WHERE quality BETWEEN 192 AND 255), 300)::double precision AS avg_value,
  min(value + 0) FILTER (WHERE quality BETWEEN 192 AND 255) AS min_value,
  max(value + 0) FILTER (WHERE quality BETWEEN 192 AND 255) AS max_value,
  first(value, time) FILTER (WHERE quality BETWEEN 192 AND 255) AS first_value,
  last(value, time) FILTER (WHERE quality BETWEEN 192 AND 255) AS last_value,
  -- Numbers that took part above.
  count(value) FILTER (WHERE quality BETWEEN 192 AND 255) AS sample_count,
  count(*) FILTER (WHERE quality NOT BETWEEN 192 AND 255) AS bad_count,
  last(quality, time) AS last_quality
FROM telemetry
GROUP BY 1, 2, 3
WITH NO DATA;

CREATE MATERIALIZED VIEW telemetry_5min
WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
SELECT
  time_bucket(INTERVAL '5 minutes', time) AS bucket,
  machine_id,
  metric_name,
  round(avg(value::numeric) FILTER (WHERE quality BETWEEN 192 AND 255), 300)::double precision AS avg_value,
  min(value + 0) FILTER (WHERE quality BETWEEN 192 AND 255) AS min_value,
  max(value + 0) FILTER (WHERE quality BETWEEN 192 AND 255) AS max_value,
  first(value, time) FILTER (WHERE quality BETWEEN 192 AND 255) AS first_value,
  last(value, time) FILTER (WHERE quality BETWEEN 192 AND 255) AS last_value,
  percentile_cont(0.50) WITHIN GROUP (ORDER BY value + 0) FILTER (WHERE quality BETWEEN 192 AND 255) AS p50_value,
  percentile_cont(0.95) WITHIN GROUP (ORDER BY value + 0) FILTER (WHERE quality BETWEEN 192 AND 255) AS p95_value,
  -- Numbers that took part above.
  count(value) FILTER (WHERE quality BETWEEN 192 AND 255) AS sample_count,
  count(*) FILTER (WHERE quality NOT BETWEEN 192 AND 255) AS bad_count,
  last(quality, time) AS last_quality
FROM telemetry
GROUP BY 1, 2, 3
WITH NO DATA;

CREATE MATERIALIZED VIEW telemetry_1hour
WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
SELECT
  time_bucket(INTERVAL '1 hour', time) AS bucket,
  machine_id,
  metric_name,
  round(avg(value::numeric) FILTER (WHERE quality BETWEEN 192 AND 255), 300)::double precision AS avg_value,
  min(value + 0) FILTER (WHERE quality BETWEEN 192 AND 255) AS min_value,
  max(value + 0) FILTER (WHERE quality BETWEEN 192 AND 255) AS max_value,
  first(value, time) FILTER (WHERE quality BETWEEN 192 AND 255) AS first_value,
  last(value, time) FILTER (WHERE quality BETWEEN 192 AND 255) AS last_value,
  percentile_cont(0.50) WITHIN GROUP (ORDER BY value + 0) FILTER (WHERE quality BETWEEN 192 AND 255) AS p50_value,
  percentile_cont(0.95) WITHIN GROUP (ORDER BY value + 0) FILTER (WHERE quality BETWEEN 192 AND 255) AS p95_value,
  percentile_cont(0.99) WITHIN GROUP (ORDER BY value + 0) FILTER (WHERE quality BETWEEN 192 AND 255) AS p99_value,
  -- Numbers that took part above.
  count(value) FILTER (WHERE quality BETWEEN 192 AND 255) AS sample_count,
  count(*) FILTER (WHERE quality NOT BETWEEN 192 AND 255) AS bad_count,
  last(quality, time) AS last_quality
FROM telemetry
GROUP BY 1, 2, 3
WITH NO DATA;

-- Up to where each of them holds all rows, with gaps only where rows came late (dirty_range). A policy that ran before
-- the rows that were there already are in would hide them: the view reads no raw row below what it has refreshed.
CREATE TABLE aggregate_progress (
  view_name    text        PRIMARY KEY,
  filled_until timestamptz NOT NULL
);

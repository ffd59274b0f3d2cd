-- Share of the wall clock, in percent, in which no fault and no downtime lasted. Overlapping events count once.
-- NULL where nothing can be said: the window is empty or the machine told nothing in it. This is not the
-- availability of OEE, which knows shifts and breaks: that one is computed from oee_account.
CREATE FUNCTION calculate_availability(p_machine_id text, p_start_time timestamptz, p_end_time timestamptz)
RETURNS numeric(5, 2)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  WITH asked AS (
    SELECT tstzrange(p_start_time, p_end_time) AS r WHERE p_start_time < p_end_time
  ), down AS (
    SELECT range_agg(tstzrange(ts_start, ts_end) * asked.r) AS ranges
    FROM events, asked
    WHERE machine_id = p_machine_id
      AND event_type IN ('fault', 'downtime')
      AND ts_start < p_end_time
      AND (ts_end > p_start_time OR ts_end IS NULL)
  ), down_time AS (
    SELECT coalesce(sum(extract(epoch FROM upper(part) - lower(part))), 0) AS seconds
    FROM down, unnest(coalesce(down.ranges, '{}'::tstzmultirange)) AS part
    WHERE NOT isempty(part)
  )
  SELECT round(100 * (1 - down_time.seconds / extract(epoch FROM upper(asked.r) - lower(asked.r))), 2)
  FROM asked, down_time
  WHERE down_time.seconds > 0
     OR EXISTS (
       SELECT 1 FROM telemetry
       WHERE machine_id = p_machine_id AND time >= p_start_time AND time < p_end_time
     )
$$;

-- How a machine is now: unknown (never heard of), stale (its values are marked as such, or nothing was heard for five
-- minutes), down (a fault or downtime lasts), up.
CREATE FUNCTION get_machine_status(p_machine_id text)
RETURNS TABLE (status text, last_seen timestamptz, active_events bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  WITH newest AS (
    SELECT time, quality FROM telemetry WHERE machine_id = p_machine_id ORDER BY time DESC LIMIT 1
  ), active AS (
    SELECT count(*) AS event_count, count(*) FILTER (WHERE event_type IN ('fault', 'downtime')) AS down_count
    FROM events WHERE machine_id = p_machine_id AND ts_end IS NULL
  )
  SELECT
    CASE
      WHEN newest.time IS NULL AND active.event_count = 0 THEN 'unknown'
      WHEN newest.time IS NULL OR newest.quality = 500 OR newest.time < now() - INTERVAL '5 minutes' THEN 'stale'
      WHEN active.down_count > 0 THEN 'down'
      ELSE 'up'
    END,
    newest.time,
    active.event_count
  FROM active LEFT JOIN newest ON true
$$;

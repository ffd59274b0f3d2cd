import type { PoolClient } from 'pg';

/**
 * Retention may run at any moment, and removes whole chunks that ended before now less its `drop_after`. With an hour to
 * spare, so that none goes between this question and the refresh that follows.
 */
const RETENTION_EDGE = `
  SELECT time_bucket(INTERVAL '1 day', now() + INTERVAL '1 hour' - (config ->> 'drop_after')::interval) AS edge
  FROM timescaledb_information.jobs
  WHERE proc_name = 'policy_retention' AND hypertable_schema = 'public' AND hypertable_name = 'telemetry'`;

/** Ends of the chunks that were there and are not any more, whoever dropped them; what is there now is remembered. */
const DROPPED_CHUNKS = `
  present AS (
    SELECT chunk_name::text, range_end FROM timescaledb_information.chunks
    WHERE hypertable_schema = 'public' AND hypertable_name = 'telemetry'
  ), gone AS (
    DELETE FROM telemetry_chunk WHERE chunk_name NOT IN (SELECT chunk_name FROM present) RETURNING range_end
  ), seen AS (
    INSERT INTO telemetry_chunk SELECT chunk_name, range_end FROM present ON CONFLICT DO NOTHING
  )`;

/**
 * Writes down up to where raw rows may have been dropped, by the retention that is in force or by hand, and returns it;
 * undefined while nothing can have been. It never goes back: what a shorter retention dropped stays dropped when it is
 * made longer, so this is to be called before a policy is changed too, and before each refresh.
 */
export async function noteRetention(client: PoolClient): Promise<Date | undefined> {
  await client.query(
    `WITH ${DROPPED_CHUNKS}
     INSERT INTO telemetry_retention (dropped_before)
     SELECT max(edge) FROM (${RETENTION_EDGE} UNION ALL SELECT range_end FROM gone) AS dropped
     HAVING count(*) > 0
     ON CONFLICT (is_only_row) DO UPDATE
     SET dropped_before = greatest(telemetry_retention.dropped_before, excluded.dropped_before)`,
  );
  const { rows } = await client.query<{ dropped_before: Date }>('SELECT dropped_before FROM telemetry_retention');
  return rows[0]?.dropped_before;
}

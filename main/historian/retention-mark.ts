import type { PoolClient } from 'pg';

/**
 * Retention may run at any moment, and removes whole chunks that ended before now less its `drop_after`. With an hour to
 * spare, so that none goes between this question and the refresh that follows.
 */
const RETENTION_EDGE = `
  SELECT time_bucket(INTERVAL '1 day', now() + INTERVAL '1 hour' - (config ->> 'drop_after')::interval) AS edge
  FROM timescaledb_information.jobs
  WHERE proc_name = 'policy_retention' AND hypertable_schema = 'public' AND hypertable_name = 'telemetry'`;

/**
 * Writes down up to where raw rows may have been dropped by the retention that is in force, and returns it; undefined
 * while nothing can have been. It never goes back: what a shorter retention dropped stays dropped when it is
 * made longer, so this is to be called before a policy is changed too.
 */
export async function noteRetention(client: PoolClient): Promise<Date | undefined> {
  await client.query(
    `INSERT INTO telemetry_retention (dropped_before)
     SELECT edge FROM (${RETENTION_EDGE}) AS retention
     ON CONFLICT (is_only_row) DO UPDATE
     SET dropped_before = greatest(telemetry_retention.dropped_before, excluded.dropped_before)`,
  );
  const { rows } = await client.query<{ dropped_before: Date }>('SELECT dropped_before FROM telemetry_retention');
  return rows[0]?.dropped_before;
}

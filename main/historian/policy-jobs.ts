/**
 * Jobs of the kinds that we make, by the name of the table or view they work on: TimescaleDB knows a view by its
 * materialisation. Columns job_id, proc_name, schedule_interval, config, relation.
 */
export const POLICY_JOBS = `
  SELECT job_id, proc_name, schedule_interval, config,
         coalesce(
           (SELECT user_view_name::text FROM _timescaledb_catalog.continuous_agg WHERE mat_hypertable_id = target.id),
           (SELECT table_name::text FROM _timescaledb_catalog.hypertable WHERE id = target.id)
         ) AS relation
  FROM timescaledb_information.jobs,
       LATERAL (SELECT coalesce(config ->> 'mat_hypertable_id', config ->> 'hypertable_id')::int AS id) AS target
  WHERE proc_name IN ('policy_refresh_continuous_aggregate', 'policy_retention', 'policy_compression')`;

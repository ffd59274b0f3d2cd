import type { PoolClient } from 'pg';
import type { WantedPolicy } from './wanted-policies.ts';

interface PresentJob {
  readonly job_id: number;
  readonly isKept: boolean;
}

/** Our jobs by the name of the table or view they work on; TimescaleDB knows a view by its materialisation. */
const JOBS = `
  SELECT job_id, proc_name, schedule_interval, config,
         coalesce(
           (SELECT user_view_name::text FROM _timescaledb_catalog.continuous_agg WHERE mat_hypertable_id = target.id),
           (SELECT table_name::text FROM _timescaledb_catalog.hypertable WHERE id = target.id)
         ) AS relation
  FROM timescaledb_information.jobs,
       LATERAL (SELECT coalesce(config ->> 'mat_hypertable_id', config ->> 'hypertable_id')::int AS id) AS target
  WHERE proc_name IN ('policy_refresh_continuous_aggregate', 'policy_retention', 'policy_compression')`;

const PROCEDURES = {
  refresh: 'policy_refresh_continuous_aggregate',
  retention: 'policy_retention',
  compression: 'policy_compression',
} as const;

function toMatch(policy: WantedPolicy): { readonly condition: string; readonly parameters: string[] } {
  switch (policy.kind) {
    case 'compression':
      return { condition: `(config ->> 'compress_after')::interval = $3::interval`, parameters: [policy.after] };
    case 'retention':
      return { condition: `(config ->> 'drop_after')::interval = $3::interval`, parameters: [policy.after] };
    case 'refresh':
      return {
        condition: `(config ->> 'start_offset')::interval = $3::interval
          AND (config ->> 'end_offset')::interval = $4::interval AND schedule_interval = $5::interval`,
        parameters: [policy.start, policy.end, policy.every],
      };
  }
}

async function findJob(client: PoolClient, policy: WantedPolicy): Promise<number | undefined> {
  const { condition, parameters } = toMatch(policy);
  const { rows } = await client.query<{ job_id: number }>(
    `SELECT job_id FROM (${JOBS}) AS job WHERE relation = $1 AND proc_name = $2 AND ${condition} LIMIT 1`,
    [policy.relation, PROCEDURES[policy.kind], ...parameters],
  );
  return rows[0]?.job_id;
}

async function addJob(client: PoolClient, policy: WantedPolicy): Promise<void> {
  switch (policy.kind) {
    case 'compression':
      await client.query('SELECT add_compression_policy($1::regclass, $2::interval)', [policy.relation, policy.after]);
      return;
    case 'retention':
      await client.query('SELECT add_retention_policy($1::regclass, $2::interval)', [policy.relation, policy.after]);
      return;
    case 'refresh':
      await client.query(
        `SELECT add_continuous_aggregate_policy($1::regclass, start_offset => $2::interval, end_offset => $3::interval,
                schedule_interval => $4::interval)`,
        [policy.relation, policy.start, policy.end, policy.every],
      );
  }
}

/**
 * Makes the jobs of the given kinds those that are wanted: what differs is removed and added anew, what is
 * right is left alone. Jobs on other tables are not looked at. Returns how many were added or removed. To be
 * called in a transaction by the owner of the tables.
 */
export async function keepPolicies(
  client: PoolClient,
  kinds: readonly WantedPolicy['kind'][],
  wanted: readonly WantedPolicy[],
): Promise<number> {
  const missing: WantedPolicy[] = [];
  const kept = new Set<number>();
  for (const policy of wanted) {
    const jobId = await findJob(client, policy);
    if (jobId === undefined) missing.push(policy);
    else kept.add(jobId);
  }
  const { rows: present } = await client.query<PresentJob>(
    `SELECT job_id, job_id = ANY ($1::int[]) AS "isKept" FROM (${JOBS}) AS job
     WHERE proc_name = ANY ($2) AND (relation IN ('telemetry', 'events') OR relation LIKE 'telemetry\\_%')`,
    [[...kept], kinds.map((kind) => PROCEDURES[kind])],
  );
  const surplus = present.filter((job) => !job.isKept);
  for (const { job_id: jobId } of surplus) await client.query('SELECT delete_job($1)', [jobId]);
  for (const policy of missing) await addJob(client, policy);
  return surplus.length + missing.length;
}

import type { PoolClient } from 'pg';
import { AGGREGATES } from './aggregates.ts';
import { POLICY_JOBS } from './policy-jobs.ts';
import type { WantedPolicy } from './wanted-policies.ts';

const OUR_RELATIONS = ['telemetry', 'events', ...AGGREGATES.map(({ viewName }) => viewName)];

const PROCEDURES = {
  refresh: 'policy_refresh_continuous_aggregate',
  retention: 'policy_retention',
  compression: 'policy_compression',
} as const;

/**
 * Wanted policies beside the jobs that are there, matched by what they do; either side may be null. Intervals are
 * compared as seconds, since "24:00:00" and "1 day" are the same rule.
 */
const COMPARISON = `
  SELECT wanted.number::int AS number, job.job_id AS "jobId"
  FROM (
    SELECT number, relation, proc_name,
      concat_ws(' ', extract(epoch FROM first::interval), extract(epoch FROM second::interval), extract(epoch FROM every::interval)) AS rule
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
      WITH ORDINALITY AS u (relation, proc_name, first, second, every, number)
  ) AS wanted
  FULL JOIN (
    SELECT job_id, relation, proc_name::text,
      concat_ws(' ',
        extract(epoch FROM coalesce(config ->> 'compress_after', config ->> 'drop_after', config ->> 'start_offset')::interval),
        extract(epoch FROM (config ->> 'end_offset')::interval),
        CASE WHEN config ? 'end_offset' THEN extract(epoch FROM schedule_interval) END) AS rule
    FROM (${POLICY_JOBS}) AS present
    WHERE relation = ANY ($6::text[])
  ) AS job USING (relation, proc_name, rule)
  WHERE wanted.number IS NULL OR job.job_id IS NULL`;

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
 * Makes the jobs on our tables those that are wanted: what differs is removed and added anew, what is right is left
 * alone, and jobs on other tables are not looked at. Returns how many were added or removed. To be called in a
 * transaction by the owner of the tables.
 */
export async function keepPolicies(client: PoolClient, wanted: readonly WantedPolicy[]): Promise<number> {
  const { rows } = await client.query<{ number: number | null; jobId: number | null }>(COMPARISON, [
    wanted.map(({ relation }) => relation),
    wanted.map(({ kind }) => PROCEDURES[kind]),
    wanted.map((policy) => (policy.kind === 'refresh' ? policy.start : policy.after)),
    wanted.map((policy) => (policy.kind === 'refresh' ? policy.end : null)),
    wanted.map((policy) => (policy.kind === 'refresh' ? policy.every : null)),
    OUR_RELATIONS,
  ]);
  // A policy that is changed must go before its successor comes: two refreshes of one time are refused.
  for (const { jobId } of rows) if (jobId !== null) await client.query('SELECT delete_job($1)', [jobId]);
  const missing = wanted.filter((_policy, index) => rows.some((row) => row.number === index + 1));
  for (const policy of missing) await addJob(client, policy);
  return rows.length;
}

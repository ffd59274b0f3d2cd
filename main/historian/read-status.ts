import type { PoolClient } from 'pg';
import { AGGREGATES } from './aggregates.ts';
import { newestOf, readMigrations, readSchemaVersion } from './migrate-schema.ts';
import { POLICY_JOBS } from './policy-jobs.ts';

/** How the database keeps what it was given. Times are milliseconds of its own clock, sizes bytes on its disk. */
export interface HistorianStatus {
  readonly nowMs: number;
  readonly server: { readonly postgres: string; readonly timescaledb: string | null };
  readonly schema: { readonly version: number; readonly newest: number };
  /** Empty when the schema has not been made yet, as are all others below. */
  readonly hypertables: readonly {
    readonly name: string;
    readonly chunkCount: number;
    readonly compressedChunkCount: number;
    readonly sizeBytes: number;
    /** Of the compressed chunks: how many times smaller they are now; null when there are none. */
    readonly compressionRatio: number | null;
    /** 1 when a day is one chunk. */
    readonly spacePartitions: number;
    readonly oldestMs: number | null;
    readonly newestMs: number | null;
  }[];
  readonly aggregates: readonly {
    readonly name: string;
    /** What is newer is read from the raw rows. Null when nothing is refreshed yet. */
    readonly refreshedUntilMs: number | null;
    /** Everything before is in, but for what is dirty. */
    readonly filledUntilMs: number | null;
    readonly sizeBytes: number;
  }[];
  readonly policies: readonly {
    readonly jobId: number;
    readonly kind: string;
    readonly relation: string;
    readonly every: string;
    readonly rule: Readonly<Record<string, string>>;
    /** Null where the server has never run it by itself. */
    readonly lastRunMs: number | null;
    readonly lastResult: string | null;
    readonly failureCount: number;
  }[];
  /** `waitingSinceMs`: since when an hour that is over waits to be refreshed; null when none does. */
  readonly dirty: { readonly hourCount: number; readonly rowCount: number; readonly waitingSinceMs: number | null };
  readonly revised: { readonly refreshedCount: number; readonly beyondRetentionCount: number };
  readonly rejectedCount: number;
  /** Of the rejected, for a bound of age or number. */
  readonly rejectedDroppedCount: number;
  /** Raw rows before may be dropped; null when retention has not been in force. */
  readonly droppedBeforeMs: number | null;
}

const ms = (expression: string): string => `(extract(epoch FROM ${expression}) * 1000)::float8`;

const HYPERTABLES = `
  SELECT name,
    (SELECT count(*)::int FROM timescaledb_information.chunks c WHERE c.hypertable_name = name AND c.hypertable_schema = 'public') AS "chunkCount",
    (SELECT count(*)::int FROM timescaledb_information.chunks c WHERE c.hypertable_name = name AND c.hypertable_schema = 'public' AND is_compressed) AS "compressedChunkCount",
    coalesce(hypertable_size(name::regclass), 0)::float8 AS "sizeBytes",
    (SELECT (sum(before_compression_total_bytes) / nullif(sum(after_compression_total_bytes), 0))::float8
     FROM hypertable_compression_stats(name::regclass)) AS "compressionRatio",
    coalesce((SELECT num_partitions::int FROM timescaledb_information.dimensions d
      WHERE d.hypertable_name = name AND d.hypertable_schema = 'public' AND num_partitions IS NOT NULL), 1) AS "spacePartitions",
    (SELECT ${ms('min(range_start)')} FROM timescaledb_information.chunks c WHERE c.hypertable_name = name AND c.hypertable_schema = 'public') AS "oldestMs",
    (SELECT ${ms('max(range_end)')} FROM timescaledb_information.chunks c WHERE c.hypertable_name = name AND c.hypertable_schema = 'public') AS "newestMs"
  FROM unnest(ARRAY['telemetry', 'events']) AS name`;

/** The watermark of an aggregate that was never refreshed is the least time there is. */
const AGGREGATE_STATES = `
  SELECT user_view_name::text AS name,
    CASE WHEN watermark > timestamptz '1971-01-01' AND watermark < 'infinity' THEN ${ms('watermark')} END AS "refreshedUntilMs",
    (SELECT ${ms('filled_until')} FROM aggregate_progress WHERE view_name = user_view_name) AS "filledUntilMs",
    coalesce(hypertable_size(format('%I.%I', h.schema_name, h.table_name)::regclass), 0)::float8 AS "sizeBytes"
  FROM _timescaledb_catalog.continuous_agg
  JOIN _timescaledb_catalog.hypertable h ON h.id = mat_hypertable_id,
  LATERAL (SELECT _timescaledb_functions.to_timestamp(_timescaledb_functions.cagg_watermark(mat_hypertable_id)) AS watermark) AS read
  WHERE user_view_name = ANY ($1)
  ORDER BY array_position($1, user_view_name::text)`;

const POLICY_STATES = `
  SELECT job.job_id AS "jobId", replace(replace(job.proc_name, 'policy_', ''), '_continuous_aggregate', '') AS kind, relation,
    schedule_interval::text AS every, config - 'mat_hypertable_id' - 'hypertable_id' AS rule,
    CASE WHEN isfinite(last_run_started_at) THEN ${ms('last_run_started_at')} END AS "lastRunMs",
    last_run_status AS "lastResult", coalesce(total_failures, 0)::float8 AS "failureCount"
  FROM (${POLICY_JOBS}) AS job LEFT JOIN timescaledb_information.job_stats stats ON stats.job_id = job.job_id
  ORDER BY relation, kind, job.job_id`;

const COUNTS = `
  SELECT (SELECT count(*)::int FROM dirty_range) AS "hourCount",
    (SELECT coalesce(sum(row_count), 0)::float8 FROM dirty_range) AS "rowCount",
    (SELECT ${ms('min(greatest(first_at, range_end))')} FROM dirty_range WHERE range_end < now()) AS "waitingSinceMs",
    (SELECT count(*)::float8 FROM revised_range WHERE outcome = 'refreshed') AS "refreshedCount",
    (SELECT count(*)::float8 FROM revised_range WHERE outcome = 'beyond-retention') AS "beyondRetentionCount",
    (SELECT count(*)::float8 FROM telemetry_rejected) AS "rejectedCount",
    (SELECT coalesce(sum(row_count), 0)::float8 FROM telemetry_rejected_dropped) AS "rejectedDroppedCount",
    (SELECT ${ms('dropped_before')} FROM telemetry_retention) AS "droppedBeforeMs"`;

type Counts = HistorianStatus['dirty'] &
  HistorianStatus['revised'] &
  Pick<HistorianStatus, 'rejectedCount' | 'rejectedDroppedCount' | 'droppedBeforeMs'>;

/** Reads the state of the database and changes nothing. Any role of ours may ask. Rejects with the driver's error. */
export async function readHistorianStatus(client: PoolClient): Promise<HistorianStatus> {
  const server = await client.query<{ postgres: string; timescaledb: string | null; nowMs: number }>(
    `SELECT current_setting('server_version') AS postgres, ${ms('now()')} AS "nowMs",
            (SELECT extversion FROM pg_extension WHERE extname = 'timescaledb') AS timescaledb`,
  );
  const { postgres = '?', timescaledb = null, nowMs = 0 } = server.rows[0] ?? {};
  const schema = { version: await readSchemaVersion(client), newest: newestOf(readMigrations()) };
  const head = { nowMs, server: { postgres, timescaledb }, schema };
  if (schema.version < schema.newest) return { ...head, ...EMPTY };
  const counts = (await client.query<Counts>(COUNTS)).rows[0];
  if (counts === undefined) return { ...head, ...EMPTY };
  const { hourCount, rowCount, waitingSinceMs, refreshedCount, beyondRetentionCount, ...kept } = counts;
  return {
    ...head,
    hypertables: (await client.query<HistorianStatus['hypertables'][number]>(HYPERTABLES)).rows,
    aggregates: (
      await client.query<HistorianStatus['aggregates'][number]>(AGGREGATE_STATES, [
        AGGREGATES.map(({ viewName }) => viewName),
      ])
    ).rows,
    policies: (await client.query<HistorianStatus['policies'][number]>(POLICY_STATES)).rows,
    dirty: { hourCount, rowCount, waitingSinceMs },
    revised: { refreshedCount, beyondRetentionCount },
    ...kept,
  };
}

/** Of an older schema only its version is told: what it lacks cannot be asked. */
const EMPTY = {
  hypertables: [],
  aggregates: [],
  policies: [],
  dirty: { hourCount: 0, rowCount: 0, waitingSinceMs: null },
  revised: { refreshedCount: 0, beyondRetentionCount: 0 },
  rejectedCount: 0,
  rejectedDroppedCount: 0,
  droppedBeforeMs: null,
} as const;

import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';
import type { TelemetryRow } from '../../shared/domain/telemetry-row.ts';
import { storeRows } from './insert-rows.ts';
import type { StatementSize } from './statement-size.ts';

/** Which of the rejected; all when nothing is named. */
export interface RejectedFilter {
  readonly machineId?: string;
  /** Begins with. */
  readonly reason?: string;
}

/** Rejected values of one machine for one reason; times are milliseconds. */
export interface RejectedGroup {
  readonly machineId: string;
  readonly reason: string;
  readonly rowCount: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  /** Of the sources; null where they said none. */
  readonly oldestTimeMs: number | null;
  readonly newestTimeMs: number | null;
}

export interface RejectedRetry {
  readonly storedCount: number;
  /** Were stored already: sent again by their edge node, or tried before. */
  readonly duplicateCount: number;
  /** Whose time is still ahead, which never were a row, or which the database refuses again. */
  readonly remainingCount: number;
}

const PAGE_ROWS = 1_000;
/** Of a value that could not even become a row there are only the parts of the name. */
const MACHINE_ID = `coalesce("row" ->> 'machineId', concat_ws('/', "row" ->> 'groupId', "row" ->> 'edgeNodeId', "row" ->> 'deviceId'))`;
const TIME_MS = `coalesce("row" -> 'timeMs', "row" -> 'timestampMs')`;
const MATCHES = `($1::text IS NULL OR ${MACHINE_ID} = $1) AND ($2::text IS NULL OR starts_with(reason, $2))`;

const toParameters = ({ machineId, reason }: RejectedFilter): (string | null)[] => [machineId ?? null, reason ?? null];

/** What was set aside, by machine and reason, most first. Rejects with the driver's error. */
export async function listRejected(pool: Pool, filter: RejectedFilter): Promise<RejectedGroup[]> {
  const { rows } = await pool.query<RejectedGroup>(
    `SELECT ${MACHINE_ID} AS "machineId", reason, count(*)::float8 AS "rowCount",
       (extract(epoch FROM min(at)) * 1000)::float8 AS "firstAtMs",
       (extract(epoch FROM max(at)) * 1000)::float8 AS "lastAtMs",
       min(CASE WHEN jsonb_typeof(${TIME_MS}) = 'number' THEN (${TIME_MS})::float8 END) AS "oldestTimeMs",
       max(CASE WHEN jsonb_typeof(${TIME_MS}) = 'number' THEN (${TIME_MS})::float8 END) AS "newestTimeMs"
     FROM telemetry_rejected WHERE ${MATCHES} GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2`,
    toParameters(filter),
  );
  return rows;
}

/** As `toRejectedJson` has written it: what JSON has no number for is text. */
const KeptRow = z.object({
  timeMs: z.number(),
  machineId: z.string(),
  metricName: z.string(),
  value: z
    .number()
    .or(z.enum(['NaN', 'Infinity', '-Infinity', '-0']).transform(Number))
    .nullable(),
  quality: z.number(),
  meta: z
    .record(z.string(), z.union([z.string(), z.number(), z.array(z.union([z.string(), z.number(), z.boolean()]))]))
    .nullable(),
  isHistorical: z.boolean(),
  receivedAtMs: z.number(),
});

/** What `toRejectedJson` wrote in place of signs that the database has not: that is not what was measured. */
const REPLACED = /[\u2400\ufffd]/;

/**
 * Stores what was rejected and is plausible now: a row whose time is not after `latestMs`. It is late, so aggregates and
 * reports are revised; what is stored is no longer rejected. Rejects as `insertRows`; what was done stays done, and
 * the next call goes on.
 */
export async function retryRejected(
  pool: Pool,
  filter: RejectedFilter,
  latestMs: number,
  size: StatementSize,
): Promise<RejectedRetry> {
  const sum = { storedCount: 0, duplicateCount: 0, remainingCount: 0 };
  let afterId = '0';
  for (;;) {
    const { rows: page } = await pool.query<{ id: string; row: unknown }>(
      `SELECT telemetry_rejected_id AS id, "row" FROM telemetry_rejected
       WHERE ${MATCHES} AND telemetry_rejected_id > $3 ORDER BY telemetry_rejected_id LIMIT ${PAGE_ROWS}`,
      [...toParameters(filter), afterId],
    );
    const last = page.at(-1);
    if (last === undefined) return sum;
    afterId = last.id;
    const idOf = new Map<TelemetryRow, string>();
    for (const { id, row } of page) {
      const kept = KeptRow.safeParse(row);
      if (REPLACED.test(JSON.stringify(row))) continue;
      if (kept.success && kept.data.timeMs <= latestMs) idOf.set(kept.data, id);
    }
    const { insertedCount, rejected } = await storeRows(pool, [...idOf.keys()], size);
    const refused = new Set(rejected.map(({ row }) => row));
    const doneIds = [...idOf].flatMap(([row, id]) => (refused.has(row) ? [] : [id]));
    await pool.query('DELETE FROM telemetry_rejected WHERE telemetry_rejected_id = ANY ($1::bigint[])', [doneIds]);
    sum.storedCount += insertedCount;
    sum.duplicateCount += doneIds.length - insertedCount;
    sum.remainingCount += page.length - doneIds.length;
  }
}

/** Drops what is older than `days`, and the oldest beyond `maxRows`; returns how many, which are counted in the database too. */
export async function trimRejected(
  client: PoolClient,
  { days, maxRows }: { readonly days: number; readonly maxRows: number },
): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `WITH dropped AS (
       DELETE FROM telemetry_rejected
       WHERE at < now() - make_interval(days => $1) OR telemetry_rejected_id <=
         (SELECT telemetry_rejected_id FROM telemetry_rejected ORDER BY telemetry_rejected_id DESC OFFSET $2 LIMIT 1)
       RETURNING 1
     ), counted AS (
       INSERT INTO telemetry_rejected_dropped (row_count) SELECT count(*) FROM dropped HAVING count(*) > 0
       ON CONFLICT (is_only_row) DO UPDATE
       SET row_count = telemetry_rejected_dropped.row_count + excluded.row_count, last_at = now()
     )
     SELECT count(*)::int AS count FROM dropped`,
    [days, maxRows],
  );
  return rows[0]?.count ?? 0;
}

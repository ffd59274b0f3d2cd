import type { PoolClient } from 'pg';
import { type Aggregate, AGGREGATES } from './aggregates.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/**
 * Hours are refreshed this long after they ended, by the clock of the database. Rows that are committed later than
 * `LATE_AFTER` (store-statement.ts) are in `dirty_range`; a statement takes 30 s at most, so none falls between.
 */
const SETTLED_AFTER_MS = 120_000;
/** One refresh is one transaction; a day keeps it to what a server does in seconds or minutes. */
const FILL_STEP_MS = DAY_MS;

/** Refreshes one aggregate in [from, to), which must be whole buckets. Not in a transaction: it makes its own. */
export async function refreshAggregate(client: PoolClient, view: Aggregate['viewName'], fromMs: number, toMs: number) {
  await client.query('CALL refresh_continuous_aggregate($1::regclass, $2::timestamptz, $3::timestamptz)', [
    view,
    new Date(fromMs).toISOString(),
    new Date(toMs).toISOString(),
  ]);
}

/** End of the last hour that can be refreshed without hiding rows that are still to come. */
export async function readSettledUntilMs(client: PoolClient): Promise<number> {
  const { rows } = await client.query<{ now_ms: number }>(
    'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now_ms',
  );
  const nowMs = rows[0]?.now_ms ?? 0;
  return Math.floor((nowMs - SETTLED_AFTER_MS) / HOUR_MS) * HOUR_MS;
}

async function readStartMs(client: PoolClient, viewName: string): Promise<number | undefined> {
  const { rows } = await client.query<{ start_ms: number | null }>(
    `SELECT (extract(epoch FROM coalesce(filled_until, oldest)) * 1000)::float8 AS start_ms
     FROM (SELECT (SELECT filled_until FROM aggregate_progress WHERE view_name = $1) AS filled_until,
                  (SELECT time_bucket(INTERVAL '1 day', min(time)) FROM telemetry) AS oldest) AS found`,
    [viewName],
  );
  return rows[0]?.start_ms ?? undefined;
}

/**
 * Brings every aggregate up to `untilMs`, day by day from where it was left, at first from the oldest raw row: also
 * where the server runs no background jobs, or did not for a while. What a policy has refreshed already costs nothing.
 * Never before the mark of what was dropped, which is read before each day.
 */
export async function fillAggregates(
  client: PoolClient,
  untilMs: number,
  readMark: () => Promise<Date | undefined>,
): Promise<void> {
  for (const { viewName } of AGGREGATES) {
    // An empty table has nothing to fill; what comes late into it is in dirty_range.
    let fromMs = (await readStartMs(client, viewName)) ?? untilMs;
    while (fromMs < untilMs) {
      fromMs = Math.max(fromMs, (await readMark())?.getTime() ?? 0);
      const toMs = Math.min(fromMs + FILL_STEP_MS, untilMs);
      if (fromMs < toMs) await refreshAggregate(client, viewName, fromMs, toMs);
      await noteFilled(client, viewName, toMs);
      fromMs = toMs;
    }
    await noteFilled(client, viewName, untilMs);
  }
}

async function noteFilled(client: PoolClient, viewName: string, untilMs: number): Promise<void> {
  await client.query(
    `INSERT INTO aggregate_progress (view_name, filled_until)
     VALUES ($1, timestamptz 'epoch' + $2::float8 * INTERVAL '1 millisecond')
     ON CONFLICT (view_name) DO UPDATE SET filled_until = greatest(aggregate_progress.filled_until, excluded.filled_until)`,
    [viewName, untilMs],
  );
}

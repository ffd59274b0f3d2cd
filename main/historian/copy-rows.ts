import type { PoolClient } from 'pg';
import type { TelemetryRow } from '../../shared/domain/telemetry-row.ts';
import { COPY_COLUMNS, toCopyFrames } from './copy-frames.ts';
import { runCopy } from './copy-query.ts';
import { isRetriable, isRowFault } from './sql-errors.ts';
import { toStoreStatement } from './store-statement.ts';

/** Of the session alone, in memory where it fits, never in the log; empty again at each commit. */
const MAKE_STAGE = `
  CREATE TEMPORARY TABLE IF NOT EXISTS lineside_stage (
    time timestamptz, machine_id text, metric_name text, value float8, quality smallint, meta jsonb,
    is_historical boolean, received_at timestamptz
  ) ON COMMIT DELETE ROWS`;

// One simple query is one transaction.
const COPY_AND_STORE = `COPY lineside_stage (${COPY_COLUMNS}) FROM STDIN (FORMAT binary);
  ${toStoreStatement(`SELECT ${COPY_COLUMNS} FROM lineside_stage`)}`;

/** Whether a connection can COPY: asked once of each. */
const canCopy = new WeakMap<PoolClient, boolean>();

/**
 * Stores rows by binary COPY into a table of the session and from there, without those that are there already, into
 * `telemetry`, in one transaction. Resolves to the number of new rows; null when nothing was stored because this way
 * is closed: a row is refused, or the session may not have tables of its own. The caller then goes the other way,
 * which finds the row. Rejects with the driver's error when `isRetriable`.
 */
export async function copyRows(client: PoolClient, rows: readonly TelemetryRow[]): Promise<number | null> {
  try {
    if (!canCopy.has(client)) {
      await client.query(MAKE_STAGE);
      canCopy.set(client, true);
    }
    if (canCopy.get(client) !== true) return null;
    return Number(await runCopy(client, COPY_AND_STORE, toCopyFrames(rows)));
  } catch (error) {
    if (isRetriable(error)) throw error;
    if (!isRowFault(error)) canCopy.set(client, false);
    return null;
  }
}

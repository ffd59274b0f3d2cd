import type { Pool } from 'pg';
import type { TelemetryRow } from '../../shared/domain/telemetry-row.ts';
import { EngineError } from '../platform/engine-error.ts';
import { describeConnectFailure } from './connect-failure.ts';
import { copyRows } from './copy-rows.ts';
import { describeRowFault, type RejectedRow, toColumns, toRejectedJson } from './row-columns.ts';
import { describeSqlError, hasNoSession, isRetriable, isRowFault, QUERY_CANCELED, sqlStateOf } from './sql-errors.ts';
import type { StatementSize } from './statement-size.ts';
import { sliceForStatements } from './statement-slices.ts';
import { toStoreStatement } from './store-statement.ts';
import { withClient } from './with-client.ts';

export interface InsertResult {
  readonly insertedCount: number;
  /** Rows whose (machine, metric, time) was already there: data sent twice. */
  readonly duplicateCount: number;
  /** Rows the database refuses; they are in `telemetry_rejected`. */
  readonly rejectedCount: number;
}

/**
 * From so many rows on they go by COPY. Measured (2 cores, three rounds of 60,000 late rows a size, rows/s by UNNEST and
 * by COPY): PostgreSQL 15 with three indexes 1,000 rows 61,000 and 60,000, 5,000 rows 65,000 and 78,000, 20,000 rows
 * 62,000 and 76,000, 50,000 rows 64,000 and 84,000; the embedded TimescaleDB 1,000 rows 37,000 and 47,000, 5,000 rows
 * 43,000 and 59,000, 50,000 rows 45,000 and 59,000. Below, the two are one within what runs differ by, and UNNEST needs
 * no table of the session. Most of the time goes into the indexes either way, so COPY is no more than 1.2 to 1.4 times
 * as fast.
 */
const COPY_FROM_ROWS = 5_000;
/** Of an UNNEST: the driver makes one text of each column. */
const UNNEST_ROWS = 10_000;

// Times go as integer milliseconds: exact, and the interval has no days, so no time zone takes part.
const INSERT_ROWS = toStoreStatement(`
  SELECT timestamptz 'epoch' + u.time_ms * interval '1 millisecond', u.machine_id, u.metric_name, u.value, u.quality,
         u.meta::jsonb, u.is_historical, timestamptz 'epoch' + u.received_at_ms * interval '1 millisecond'
  FROM unnest($1::float8[], $2::text[], $3::text[], $4::float8[], $5::smallint[], $6::text[], $7::boolean[], $8::float8[])
    AS u (time_ms, machine_id, metric_name, value, quality, meta, is_historical, received_at_ms)`);

const INSERT_REJECTED = `
  INSERT INTO telemetry_rejected ("row", reason)
  SELECT u."row"::jsonb, u.reason FROM unnest($1::text[], $2::text[]) AS u ("row", reason)`;

/**
 * Inserts all rows the database takes. Rows already there are counted, not changed (the first writer
 * wins), so repeating a batch is harmless. A row it refuses is found by halving the batch, written to
 * `telemetry_rejected` and counted; the others are inserted. Each transaction has at most `size.rowLimit` rows; `size`
 * is told how it went.
 *
 * Rejects with the driver's error when `isRetriable`: the caller gives the same rows again later. Rejects
 * with an EngineError when the fault is neither the rows' nor passing: `historian/write-refused` (no table,
 * no permission), `historian/login-refused`, `historian/tls`. The caller must keep the rows then too: none
 * is rejected for it, and a person has to act.
 */
export async function insertRows(
  pool: Pool,
  rows: readonly TelemetryRow[],
  size: StatementSize,
): Promise<InsertResult> {
  const { insertedCount, rejected } = await storeRows(pool, rows, size);
  if (rejected.length > 0) await keepRejected(pool, rejected);
  return {
    insertedCount,
    duplicateCount: rows.length - rejected.length - insertedCount,
    rejectedCount: rejected.length,
  };
}

/** As `insertRows`, but what the database refuses is given back and written nowhere. */
export async function storeRows(
  pool: Pool,
  rows: readonly TelemetryRow[],
  size: StatementSize,
): Promise<{ readonly insertedCount: number; readonly rejected: readonly RejectedRow[] }> {
  const rejected: RejectedRow[] = [];
  const sound: TelemetryRow[] = [];
  for (const row of rows) {
    const reason = describeRowFault(row);
    if (reason === null) sound.push(row);
    else rejected.push({ row, reason });
  }
  let insertedCount = 0;
  for (const slice of sliceForStatements(sound, size.rowLimit)) {
    insertedCount += await insertSlice(pool, slice, rejected, size);
  }
  return { insertedCount, rejected };
}

async function insertSlice(
  pool: Pool,
  rows: readonly TelemetryRow[],
  rejected: RejectedRow[],
  size: StatementSize,
): Promise<number> {
  try {
    const copiedCount =
      rows.length < COPY_FROM_ROWS ? null : await withClient(pool, (client) => copyRows(client, rows));
    let insertedCount = copiedCount ?? 0;
    if (copiedCount === null) {
      for (const slice of sliceForStatements(rows, UNNEST_ROWS)) {
        insertedCount += await insertOrHalve(pool, slice, rejected);
      }
    }
    size.succeeded(rows.length);
    return insertedCount;
  } catch (error) {
    if (sqlStateOf(error) === QUERY_CANCELED) size.timedOut(rows.length);
    throw toWriteError(error);
  }
}

async function insertOrHalve(pool: Pool, rows: readonly TelemetryRow[], rejected: RejectedRow[]): Promise<number> {
  try {
    const result = await pool.query<{ inserted_count: number }>(INSERT_ROWS, [...toColumns(rows)]);
    return result.rows[0]?.inserted_count ?? 0;
  } catch (error) {
    if (!isRowFault(error)) throw error;
    const [only] = rows;
    if (rows.length === 1 && only !== undefined) {
      rejected.push({ row: only, reason: describeSqlError(error) });
      return 0;
    }
    const middle = Math.ceil(rows.length / 2);
    const first = await insertOrHalve(pool, rows.slice(0, middle), rejected);
    return first + (await insertOrHalve(pool, rows.slice(middle), rejected));
  }
}

/** Writes what could not be stored, with the reason, to `telemetry_rejected`; rejects as `insertRows`. */
export async function keepRejected(pool: Pool, rejected: readonly RejectedRow[]): Promise<void> {
  const parameters = [rejected.map(({ row }) => toRejectedJson(row)), rejected.map(({ reason }) => reason)];
  try {
    await pool.query(INSERT_REJECTED, parameters);
  } catch (error) {
    throw toWriteError(error);
  }
}

function toWriteError(error: unknown): unknown {
  if (isRetriable(error)) return error;
  if (hasNoSession(error)) {
    const { code, text, nextStep } = describeConnectFailure(error);
    return new EngineError(code, `${text}. ${nextStep}`, {}, { cause: error });
  }
  return new EngineError(
    'historian/write-refused',
    `the historian refuses to store: ${describeSqlError(error)}; check that the schema is up to date and that the user may insert`,
    {},
    { cause: error },
  );
}

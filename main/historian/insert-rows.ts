import type { Pool } from 'pg';
import type { TelemetryRow } from '../../shared/domain/telemetry-row.ts';
import { EngineError } from '../platform/engine-error.ts';
import { describeConnectFailure } from './connect-failure.ts';
import { describeRowFault, type RejectedRow, toColumns, toRejectedJson } from './row-columns.ts';
import { describeSqlError, hasNoSession, isRetriable, isRowFault } from './sql-errors.ts';
import { sliceForStatements } from './statement-slices.ts';

export interface InsertResult {
  readonly insertedCount: number;
  /** Rows whose (machine, metric, time) was already there: data sent twice. */
  readonly duplicateCount: number;
  /** Rows the database refuses; they are in `telemetry_rejected`. */
  readonly rejectedCount: number;
}

// Times go as integer milliseconds: exact, and the interval has no days, so no time zone takes part.
//
// A row that is stored later than LATE_AFTER, by the clock of the database, may belong to an hour whose aggregates are
// made already: the hour becomes dirty with the same commit. Ordered, so that two writers never wait for each other.
const LATE_AFTER = "INTERVAL '1 minute'";
const INSERT_ROWS = `
  WITH stored AS (
  INSERT INTO telemetry (time, machine_id, metric_name, value, quality, meta, is_historical, received_at)
  SELECT timestamptz 'epoch' + u.time_ms * interval '1 millisecond', u.machine_id, u.metric_name, u.value, u.quality,
         u.meta::jsonb, u.is_historical, timestamptz 'epoch' + u.received_at_ms * interval '1 millisecond'
  FROM unnest($1::float8[], $2::text[], $3::text[], $4::float8[], $5::smallint[], $6::text[], $7::boolean[], $8::float8[])
    AS u (time_ms, machine_id, metric_name, value, quality, meta, is_historical, received_at_ms)
  ON CONFLICT DO NOTHING
  RETURNING machine_id, time, is_historical
  ), dirty AS (
  INSERT INTO dirty_range (machine_id, range_start, range_end, row_count)
  SELECT machine_id, time_bucket(INTERVAL '1 hour', time) AS hour, time_bucket(INTERVAL '1 hour', time) + INTERVAL '1 hour',
         count(*)
  FROM stored WHERE is_historical OR time < now() - ${LATE_AFTER}
  GROUP BY 1, 2 ORDER BY 1, 2
  ON CONFLICT (machine_id, range_start) DO UPDATE
  SET row_count = dirty_range.row_count + excluded.row_count, change_count = dirty_range.change_count + 1,
      changed_at = now()
  )
  SELECT count(*)::int AS inserted_count FROM stored`;

const INSERT_REJECTED = `
  INSERT INTO telemetry_rejected ("row", reason)
  SELECT u."row"::jsonb, u.reason FROM unnest($1::text[], $2::text[]) AS u ("row", reason)`;

/**
 * Inserts all rows the database takes. Rows already there are counted, not changed (the first writer
 * wins), so repeating a batch is harmless. A row it refuses is found by halving the batch, written to
 * `telemetry_rejected` and counted; the others are inserted.
 *
 * Rejects with the driver's error when `isRetriable`: the caller gives the same rows again later. Rejects
 * with an EngineError when the fault is neither the rows' nor passing: `historian/write-refused` (no table,
 * no permission), `historian/login-refused`, `historian/tls`. The caller must keep the rows then too: none
 * is rejected for it, and a person has to act.
 */
export async function insertRows(pool: Pool, rows: readonly TelemetryRow[]): Promise<InsertResult> {
  const rejected: RejectedRow[] = [];
  const sound: TelemetryRow[] = [];
  for (const row of rows) {
    const reason = describeRowFault(row);
    if (reason === null) sound.push(row);
    else rejected.push({ row, reason });
  }
  let insertedCount = 0;
  for (const slice of sliceForStatements(sound)) insertedCount += await insertOrHalve(pool, slice, rejected);
  if (rejected.length > 0) await keepRejected(pool, rejected);
  return {
    insertedCount,
    duplicateCount: rows.length - rejected.length - insertedCount,
    rejectedCount: rejected.length,
  };
}

async function insertOrHalve(pool: Pool, rows: readonly TelemetryRow[], rejected: RejectedRow[]): Promise<number> {
  try {
    const result = await pool.query<{ inserted_count: number }>(INSERT_ROWS, [...toColumns(rows)]);
    return result.rows[0]?.inserted_count ?? 0;
  } catch (error) {
    if (!isRowFault(error)) throw toWriteError(error);
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

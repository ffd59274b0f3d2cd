import type { Pool, PoolClient } from 'pg';
import type { ShiftInstance } from '../../shared/oee/shift-calendar.ts';
import type { ShiftTask, StoredShift } from '../../shared/oee/stored-shift.ts';
import type { TimeRange } from '../../shared/oee/time-class.ts';
import { AT, MS } from './oee-sql.ts';
import { inTransaction } from './with-client.ts';

/** A line and its machines, as reports join them. */
export interface StoredLine {
  readonly lineId: string;
  readonly name: string;
  readonly timeZone: string;
  readonly machines: readonly { readonly machineId: string; readonly name: string; readonly isBottleneck: boolean }[];
}

interface ShiftRow {
  readonly shift_instance_id: string;
  readonly name: string;
  readonly production_day: string;
  readonly from_ms: number;
  readonly to_ms: number;
  readonly breaks: StoredShift['breaks'];
  readonly settled_at_ms: number | null;
}

const SHIFT = `shift_instance.shift_instance_id, shift_instance.name, production_day::text, ${MS('starts_at')} AS from_ms,
  ${MS('ends_at')} AS to_ms, breaks, ${MS('settled_at')} AS settled_at_ms`;

const toShift = (row: ShiftRow): StoredShift => ({
  shiftId: Number(row.shift_instance_id),
  name: row.name,
  localDate: row.production_day,
  fromMs: row.from_ms,
  toMs: row.to_ms,
  breaks: row.breaks,
  settledAtMs: row.settled_at_ms,
});

/** Makes the line and its machines known where the copies of the configuration have not come yet. */
export async function keepLine(pool: Pool, { lineId, name, timeZone, machines }: StoredLine): Promise<void> {
  const known = await pool.query<{ count: number }>(
    `SELECT (SELECT count(*) FROM line WHERE line_id = $1)::int + (SELECT count(*) FROM machine WHERE machine_id = ANY($2))::int AS count`,
    [lineId, machines.map(({ machineId }) => machineId)],
  );
  if (known.rows[0]?.count === machines.length + 1) return;
  const line = { line_id: lineId, name, time_zone: timeZone };
  const rows = machines.map((machine) => ({
    machine_id: machine.machineId,
    line_id: lineId,
    name: machine.name,
    is_bottleneck: machine.isBottleneck,
  }));
  await pool.query(`SELECT copy_configuration($1::jsonb, $2::jsonb, '[]')`, [
    JSON.stringify([line]),
    JSON.stringify(rows),
  ]);
}

/** Shifts of a line that touch a range, oldest first. */
export async function readShifts(
  pool: Pool | PoolClient,
  lineId: string,
  { fromMs, toMs }: TimeRange,
): Promise<StoredShift[]> {
  const { rows } = await pool.query<ShiftRow>(
    `SELECT ${SHIFT} FROM shift_instance
     WHERE line_id = $1 AND ends_at > ${AT('$2')} AND starts_at < ${AT('$3')} ORDER BY starts_at`,
    [lineId, fromMs, toMs],
  );
  return rows.map(toShift);
}

/** Shifts of a line that began before, newest first. */
export async function readShiftsBefore(
  pool: Pool,
  lineId: string,
  beforeMs: number,
  limit: number,
): Promise<StoredShift[]> {
  const { rows } = await pool.query<ShiftRow>(
    `SELECT ${SHIFT} FROM shift_instance WHERE line_id = $1 AND starts_at < ${AT('$2')} ORDER BY starts_at DESC LIMIT $3`,
    [lineId, beforeMs, limit],
  );
  return rows.map(toShift);
}

/**
 * Makes the shifts of a line in a range those that the calendar says. One that is new or has other times or breaks must
 * be computed; one that is not planned any more goes with its numbers, unless somebody has signed it. Returns whether
 * anything changed.
 */
export function keepShifts(
  pool: Pool,
  lineId: string,
  range: TimeRange,
  planned: readonly ShiftInstance[],
  because: string | null,
): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    const stored = await readShifts(client, lineId, range);
    const isSame = (shift: StoredShift): boolean => planned.some((wanted) => describe(wanted) === describe(shift));
    const wrong = stored.filter((shift) => !isSame(shift));
    const missing = planned.filter((shift) => !stored.some((known) => describe(known) === describe(shift)));
    if (wrong.length === 0 && missing.length === 0) return false;
    // In this order no two shifts overlap at any moment.
    const kept = await dropShifts(
      client,
      wrong.filter((shift) => !missing.some(({ fromMs }) => fromMs === shift.fromMs)),
    );
    const free = missing.filter((shift) => !kept.some((old) => old.fromMs < shift.toMs && shift.fromMs < old.toMs));
    const changed = free.filter((shift) => wrong.some(({ fromMs }) => fromMs === shift.fromMs));
    await updateShifts(client, lineId, changed);
    await insertShifts(
      client,
      lineId,
      free.filter((shift) => !changed.includes(shift)),
    );
    await addTasks(client, lineId, free, because);
    return true;
  });
}

const describe = ({ name, fromMs, toMs, breaks }: ShiftInstance): string =>
  JSON.stringify([name, fromMs, toMs, breaks.map((pause) => [pause.name, pause.fromMs, pause.toMs])]);

/** Those that somebody signed are returned: they stay. */
async function dropShifts(client: PoolClient, shifts: readonly StoredShift[]): Promise<StoredShift[]> {
  const kept: StoredShift[] = [];
  for (const shift of shifts) {
    const signed = await client.query('SELECT 1 FROM shift_signature WHERE shift_instance_id = $1 LIMIT 1', [
      shift.shiftId,
    ]);
    if (signed.rowCount !== 0) {
      kept.push(shift);
      continue;
    }
    for (const table of ['oee_account', 'shift_revision', 'shift_instance']) {
      await client.query(`DELETE FROM ${table} WHERE shift_instance_id = $1`, [shift.shiftId]);
    }
  }
  return kept;
}

const toColumns = (shifts: readonly ShiftInstance[]) => [
  shifts.map(({ name }) => name),
  shifts.map(({ localDate }) => localDate),
  shifts.map(({ fromMs }) => fromMs),
  shifts.map(({ toMs }) => toMs),
  shifts.map(({ breaks }) => JSON.stringify(breaks)),
];
const COLUMNS = `unnest($2::text[], $3::date[], $4::float8[], $5::float8[], $6::jsonb[])
  AS u (name, production_day, from_ms, to_ms, breaks)`;

async function updateShifts(client: PoolClient, lineId: string, shifts: readonly ShiftInstance[]): Promise<void> {
  // Ends that come earlier first: a shift that grows would touch the next one, which has not moved yet.
  const ordered = [...shifts].sort((a, b) => b.fromMs - a.fromMs);
  for (const shift of ordered) {
    await client.query(
      `UPDATE shift_instance SET name = u.name, production_day = u.production_day, ends_at = ${AT('u.to_ms')}, breaks = u.breaks
       FROM ${COLUMNS} WHERE line_id = $1 AND starts_at = ${AT('u.from_ms')}`,
      [lineId, ...toColumns([shift])],
    );
  }
}

async function insertShifts(client: PoolClient, lineId: string, shifts: readonly ShiftInstance[]): Promise<void> {
  if (shifts.length === 0) return;
  await client.query(
    `INSERT INTO shift_instance (line_id, name, production_day, starts_at, ends_at, breaks)
     SELECT $1, u.name, u.production_day, ${AT('u.from_ms')}, ${AT('u.to_ms')}, u.breaks FROM ${COLUMNS}
     ORDER BY u.from_ms ON CONFLICT DO NOTHING`,
    [lineId, ...toColumns(shifts)],
  );
}

async function addTasks(
  client: PoolClient,
  lineId: string,
  shifts: readonly TimeRange[],
  because: string | null,
): Promise<void> {
  for (const { fromMs, toMs } of shifts) await askFor(client, lineId, { fromMs, toMs }, because);
}

/** Asks to compute the shifts of a line that touch a range; returns how many. */
export async function askFor(
  client: Pool | PoolClient,
  lineId: string,
  { fromMs, toMs }: TimeRange,
  because: string | null,
): Promise<number> {
  const { rowCount } = await client.query(
    `INSERT INTO shift_task AS old (shift_instance_id, because)
     SELECT shift_instance_id, $4 FROM shift_instance
     WHERE line_id = $1 AND ends_at > ${AT('$2')} AND starts_at < ${AT('$3')}
     ON CONFLICT (shift_instance_id) DO UPDATE
     SET change_count = old.change_count + 1, because = coalesce(excluded.because, old.because)`,
    [lineId, fromMs, toMs, because],
  );
  return rowCount ?? 0;
}

/** Shifts that ended before and must be computed, oldest first. */
export async function readTasks(
  pool: Pool,
  lineId: string,
  endedBeforeMs: number,
  limit: number,
): Promise<ShiftTask[]> {
  const { rows } = await pool.query<ShiftRow & { change_count: number; because: string | null }>(
    `SELECT ${SHIFT}, change_count, because FROM shift_task JOIN shift_instance USING (shift_instance_id)
     WHERE line_id = $1 AND ends_at <= ${AT('$2')} ORDER BY starts_at LIMIT $3`,
    [lineId, endedBeforeMs, limit],
  );
  return rows.map((row) => ({ shift: toShift(row), changeCount: row.change_count, because: row.because }));
}

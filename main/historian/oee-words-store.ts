import type { Pool } from 'pg';
import type { AssignedReason, StopCut } from '../../shared/oee/machine-account.ts';
import type { SpokenWords } from '../../shared/oee/stored-shift.ts';
import { TimeClass, type TimeRange } from '../../shared/oee/time-class.ts';
import { AT, MS } from './oee-sql.ts';

/** A reason of the tree as the historian has it. */
export interface StoredReason {
  readonly reasonId: string;
  readonly parentReasonId: string | null;
  readonly name: string;
  readonly timeClass: TimeClass;
  readonly isPlanned: boolean;
  readonly isRetired: boolean;
}

export interface NewAssignment extends TimeRange {
  readonly machineId: string;
  /** Null takes the reason back. */
  readonly reasonId: string | null;
  readonly comment: string | null;
  readonly by: string;
}

/** The reason tree; a class that this program does not know counts as unassigned. */
export async function readReasons(pool: Pool): Promise<StoredReason[]> {
  const { rows } = await pool.query<{
    reason_id: string;
    parent_reason_id: string | null;
    name: string;
    time_class: string;
    is_planned: boolean;
    is_retired: boolean;
  }>(
    `SELECT reason_id, parent_reason_id, name, time_class, is_planned, coalesce(retired_at <= now(), false) AS is_retired
     FROM reason ORDER BY reason_id`,
  );
  return rows.map((row) => ({
    reasonId: row.reason_id,
    parentReasonId: row.parent_reason_id,
    name: row.name,
    timeClass: TimeClass.safeParse(row.time_class).data ?? 'unassigned',
    isPlanned: row.is_planned,
    isRetired: row.is_retired,
  }));
}

/** What people said about the time of machines in a range, by machine. Rejects with the driver's error. */
export async function readWords(
  pool: Pool,
  machineIds: readonly string[],
  { fromMs, toMs }: TimeRange,
): Promise<Map<string, SpokenWords>> {
  const assigned = await pool.query<
    Omit<AssignedReason, 'timeClass'> & { machineId: string; timeClass: string | null }
  >(
    `SELECT a.machine_id AS "machineId", a.reason_assignment_id::float8 AS "assignmentId", a.reason_id AS "reasonId",
       ${MS('a.starts_at')} AS "fromMs", ${MS('a.ends_at')} AS "toMs", a.comment, a.assigned_by AS by,
       ${MS('a.assigned_at')} AS "atMs", r.time_class AS "timeClass", coalesce(r.is_planned, false) AS "isPlanned"
     FROM reason_assignment AS a LEFT JOIN reason AS r USING (reason_id)
     WHERE a.machine_id = ANY($1) AND a.starts_at < ${AT('$3')} AND a.ends_at > ${AT('$2')}
     ORDER BY a.reason_assignment_id`,
    [machineIds, fromMs, toMs],
  );
  const cuts = await pool.query<StopCut & { machineId: string }>(
    `SELECT machine_id AS "machineId", ${MS('cut_at')} AS "atMs", kind FROM stop_cut
     WHERE machine_id = ANY($1) AND cut_at >= ${AT('$2')} AND cut_at < ${AT('$3')} ORDER BY stop_cut_id`,
    [machineIds, fromMs, toMs],
  );
  return new Map(
    machineIds.map((machineId) => [
      machineId,
      {
        assignments: assigned.rows
          .filter((row) => row.machineId === machineId)
          .map((row) => ({ ...row, timeClass: TimeClass.safeParse(row.timeClass).data ?? 'unassigned' })),
        cuts: cuts.rows.filter((row) => row.machineId === machineId).map(({ atMs, kind }) => ({ atMs, kind })),
      },
    ]),
  );
}

/** Adds a reason; the newest one before it that touches the same time is named as what it replaces. */
export async function addAssignment(pool: Pool, said: NewAssignment): Promise<void> {
  await pool.query(
    `INSERT INTO reason_assignment (machine_id, starts_at, ends_at, reason_id, comment, assigned_by, supersedes_id)
     SELECT $1, ${AT('$2')}, ${AT('$3')}, $4, $5, $6, (
       SELECT a.reason_assignment_id FROM reason_assignment AS a
       WHERE a.machine_id = $1 AND a.starts_at < ${AT('$3')} AND a.ends_at > ${AT('$2')}
         AND NOT EXISTS (SELECT 1 FROM reason_assignment AS b WHERE b.supersedes_id = a.reason_assignment_id)
       ORDER BY a.reason_assignment_id DESC LIMIT 1)`,
    [said.machineId, said.fromMs, said.toMs, said.reasonId, said.comment, said.by],
  );
}

export async function addCut(pool: Pool, machineId: string, cut: StopCut, by: string): Promise<void> {
  await pool.query(`INSERT INTO stop_cut (machine_id, cut_at, kind, made_by) VALUES ($1, ${AT('$2')}, $3, $4)`, [
    machineId,
    cut.atMs,
    cut.kind,
    by,
  ]);
}

export interface NewSignature {
  readonly shiftId: number;
  readonly equipmentId: string;
  readonly revision: number;
  readonly by: string;
  readonly comment: string | null;
}

/** Signs a revision; false when it is not the newest one any more. */
export async function addSignature(pool: Pool, said: NewSignature): Promise<boolean> {
  const { rowCount } = await pool.query(
    `WITH signed AS (
       INSERT INTO shift_signature (shift_instance_id, equipment_id, revision, comment, signed_by)
       SELECT $1, $2, $3, $4, $5
       WHERE $3 = (SELECT max(revision) FROM shift_revision WHERE shift_instance_id = $1 AND equipment_id = $2)
       RETURNING shift_instance_id
     )
     UPDATE shift_instance SET signed_at = now() FROM signed
     WHERE shift_instance.shift_instance_id = signed.shift_instance_id`,
    [said.shiftId, said.equipmentId, said.revision, said.comment, said.by],
  );
  return rowCount === 1;
}

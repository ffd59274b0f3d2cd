import { isDeepStrictEqual } from 'node:util';
import type { Pool, PoolClient } from 'pg';
import type {
  ComputedShift,
  MadeRevision,
  ShiftFigures,
  StoredRevision,
  StoredSignature,
} from '../../shared/oee/stored-shift.ts';
import { MS } from './oee-sql.ts';

interface FigureRow {
  readonly shift_instance_id: string;
  readonly equipment_id: string;
  readonly revision: number;
  readonly because: string | null;
  readonly made_at_ms: number;
  readonly planned_ms: string;
  readonly run_ms: string;
  readonly unknown_ms: string;
  readonly earned_total_ms: string | null;
  readonly earned_good_ms: string | null;
  readonly total_count: string | null;
  readonly good_count: string | null;
  readonly reject_count: string | null;
  readonly rework_count: string | null;
  readonly account_ms: ShiftFigures['accountMs'];
  readonly unexplained_stop_count: number;
  readonly ruleset: string;
}

interface SignatureRow extends FigureRow {
  readonly signed_by: string;
  readonly signed_at_ms: number;
  readonly comment: string | null;
}

const FIGURES = `r.shift_instance_id, r.equipment_id, r.revision, r.because, ${MS('r.made_at')} AS made_at_ms, r.planned_ms,
  r.run_ms, r.unknown_ms, r.earned_total_ms::text, r.earned_good_ms::text, r.total_count::text, r.good_count::text,
  r.reject_count::text, r.rework_count::text, r.account_ms, r.unexplained_stop_count, r.ruleset`;

const toCount = (text: string | null): number | null => (text === null ? null : Number(text));

const toFigures = (row: FigureRow): ShiftFigures => ({
  equipmentId: row.equipment_id,
  plannedMs: Number(row.planned_ms),
  runMs: Number(row.run_ms),
  unknownMs: Number(row.unknown_ms),
  earnedTotalMs: row.earned_total_ms,
  earnedGoodMs: row.earned_good_ms,
  totalCount: toCount(row.total_count),
  goodCount: toCount(row.good_count),
  rejectCount: toCount(row.reject_count),
  reworkCount: toCount(row.rework_count),
  accountMs: row.account_ms,
  unexplainedStopCount: row.unexplained_stop_count,
  ruleset: row.ruleset,
});

/** The newest revision of each equipment in each of the shifts, with the newest signature under any of them. */
export async function readRevisions(
  pool: Pool | PoolClient,
  shiftIds: readonly number[],
  equipmentIds: readonly string[],
): Promise<StoredRevision[]> {
  const { rows } = await pool.query<FigureRow>(
    `SELECT DISTINCT ON (r.shift_instance_id, r.equipment_id) ${FIGURES} FROM shift_revision AS r
     WHERE r.shift_instance_id = ANY($1) AND r.equipment_id = ANY($2)
     ORDER BY r.shift_instance_id, r.equipment_id, r.revision DESC`,
    [shiftIds, equipmentIds],
  );
  const signed = await pool.query<SignatureRow>(
    `SELECT DISTINCT ON (r.shift_instance_id, r.equipment_id) ${FIGURES}, s.signed_by, ${MS('s.signed_at')} AS signed_at_ms,
       s.comment
     FROM shift_signature AS s JOIN shift_revision AS r USING (shift_instance_id, equipment_id, revision)
     WHERE s.shift_instance_id = ANY($1) AND s.equipment_id = ANY($2)
     ORDER BY r.shift_instance_id, r.equipment_id, s.shift_signature_id DESC`,
    [shiftIds, equipmentIds],
  );
  return rows.map((row) => {
    const signature = signed.rows.find(
      (one) => one.shift_instance_id === row.shift_instance_id && one.equipment_id === row.equipment_id,
    );
    return {
      ...toFigures(row),
      shiftId: Number(row.shift_instance_id),
      revision: row.revision,
      madeAtMs: row.made_at_ms,
      because: row.because,
      signature: signature === undefined ? null : { ...toSignature(signature), figures: toFigures(signature) },
    };
  });
}

const toSignature = ({ signed_by, signed_at_ms, comment, revision }: SignatureRow): StoredSignature => ({
  by: signed_by,
  atMs: signed_at_ms,
  comment,
  revision,
});

/**
 * Brings the figures of a shift to what was computed. Numbers that stood (`isSettled`) or that somebody has signed are
 * not overwritten: what differs is another revision. A reason that only divides the same stops otherwise is none (L7),
 * unless it was signed.
 */
export async function keepFigures(
  client: PoolClient,
  { shiftId, figures }: ComputedShift,
  isSettled: boolean,
  because: string | null,
): Promise<{ readonly made: MadeRevision[]; readonly revisionOf: ReadonlyMap<string, number> }> {
  const known = await readRevisions(
    client,
    [shiftId],
    figures.map(({ equipmentId }) => equipmentId),
  );
  const made: MadeRevision[] = [];
  const changed: object[] = [];
  const revisionOf = new Map<string, number>();
  for (const now of figures) {
    const before = known.find(({ equipmentId }) => equipmentId === now.equipmentId);
    const isSigned = before !== undefined && before.signature?.revision === before.revision;
    const isOther = before === undefined || !isDeepStrictEqual(sortable(before), sortable(now));
    const isNext = before !== undefined && isOther && (isSigned || (isSettled && isMoved(before, now)));
    const revision = (before?.revision ?? 1) + (isNext ? 1 : 0);
    revisionOf.set(now.equipmentId, revision);
    if (!isOther) continue;
    changed.push(toRow(now, revision, isNext ? (because ?? 'late data') : (before?.because ?? null)));
    if (isNext) made.push({ equipmentId: now.equipmentId, revision });
  }
  if (changed.length > 0) await client.query(WRITE_FIGURES, [shiftId, JSON.stringify(changed)]);
  return { made, revisionOf };
}

/** Only what figures say, in one form: decimals of one value may have several texts. */
const sortable = (figures: ShiftFigures) => ({
  ...moving(figures),
  accountMs: Object.fromEntries(Object.entries(figures.accountMs).sort()),
  unexplainedStopCount: figures.unexplainedStopCount,
  ruleset: figures.ruleset,
});

/** What availability, performance, quality and OEE are made of. */
const moving = (figures: ShiftFigures) => ({
  plannedMs: figures.plannedMs,
  runMs: figures.runMs,
  unknownMs: figures.unknownMs,
  earnedTotalMs: toCount(figures.earnedTotalMs),
  earnedGoodMs: toCount(figures.earnedGoodMs),
  totalCount: figures.totalCount,
  goodCount: figures.goodCount,
  rejectCount: figures.rejectCount,
  reworkCount: figures.reworkCount,
});

const isMoved = (before: ShiftFigures, now: ShiftFigures): boolean => !isDeepStrictEqual(moving(before), moving(now));

const COLUMNS = `equipment_id, revision, because, planned_ms, run_ms, unknown_ms, earned_total_ms, earned_good_ms,
  total_count, good_count, reject_count, rework_count, account_ms, unexplained_stop_count, ruleset`;

const WRITE_FIGURES = `
  INSERT INTO shift_revision (shift_instance_id, ${COLUMNS})
  SELECT $1, ${COLUMNS} FROM jsonb_to_recordset($2::jsonb) AS u (
    equipment_id text, revision int, because text, planned_ms bigint, run_ms bigint, unknown_ms bigint,
    earned_total_ms numeric, earned_good_ms numeric, total_count numeric, good_count numeric, reject_count numeric,
    rework_count numeric, account_ms jsonb, unexplained_stop_count int, ruleset text)
  ON CONFLICT (shift_instance_id, equipment_id, revision) DO UPDATE
  SET made_at = now(), planned_ms = excluded.planned_ms, run_ms = excluded.run_ms, unknown_ms = excluded.unknown_ms,
    earned_total_ms = excluded.earned_total_ms, earned_good_ms = excluded.earned_good_ms,
    total_count = excluded.total_count, good_count = excluded.good_count, reject_count = excluded.reject_count,
    rework_count = excluded.rework_count, account_ms = excluded.account_ms,
    unexplained_stop_count = excluded.unexplained_stop_count, ruleset = excluded.ruleset`;

const toRow = (figures: ShiftFigures, revision: number, because: string | null): object => ({
  equipment_id: figures.equipmentId,
  revision,
  because,
  planned_ms: figures.plannedMs,
  run_ms: figures.runMs,
  unknown_ms: figures.unknownMs,
  earned_total_ms: figures.earnedTotalMs,
  earned_good_ms: figures.earnedGoodMs,
  total_count: figures.totalCount,
  good_count: figures.goodCount,
  reject_count: figures.rejectCount,
  rework_count: figures.reworkCount,
  account_ms: figures.accountMs,
  unexplained_stop_count: figures.unexplainedStopCount,
  ruleset: figures.ruleset,
});

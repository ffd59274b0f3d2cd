import type { Pool, PoolClient } from 'pg';
import type { AccountRow, ComputedShift, DowntimeEvent, MadeRevision } from '../../shared/oee/stored-shift.ts';
import type { TimeClass } from '../../shared/oee/time-class.ts';
import { keepFigures } from './oee-revision-store.ts';
import { AT } from './oee-sql.ts';
import { inTransaction } from './with-client.ts';

export interface ShiftCommit {
  readonly computed: ComputedShift;
  /** The task that this fulfils; null for the shift that runs. */
  readonly changeCount: number | null;
  /** Why numbers that stood are others now. */
  readonly because: string | null;
  /** From this moment on the numbers stand; null while late data are expected. */
  readonly settledAtMs: number | null;
}

const CLASS_COLUMNS: Readonly<Record<TimeClass, string>> = {
  run: 'run_ms',
  'short-stop': 'short_stop_ms',
  failure: 'failure_ms',
  starved: 'starved_ms',
  blocked: 'blocked_ms',
  setup: 'setup_ms',
  unassigned: 'unassigned_ms',
  planned: 'planned_ms',
  'no-order': 'no_order_ms',
  'not-scheduled': 'not_scheduled_ms',
  unknown: 'unknown_ms',
};
// The keys of a record of all classes are all classes.
const CLASSES = Object.keys(CLASS_COLUMNS) as TimeClass[];

/**
 * Writes what was computed of a shift, as a whole or not at all: its accounts, its events, its figures with their
 * revisions, that it is settled, and that the task is done, unless there was a further reason meanwhile. Harmless to
 * repeat. Returns the revisions of numbers that stood. Rejects with the driver's error.
 */
export function commitShift(pool: Pool, commit: ShiftCommit): Promise<MadeRevision[]> {
  const { computed, changeCount, because, settledAtMs } = commit;
  const { shiftId } = computed;
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ settled: boolean }>(
      'SELECT settled_at IS NOT NULL AS settled FROM shift_instance WHERE shift_instance_id = $1 FOR UPDATE',
      [shiftId],
    );
    const [shift] = rows;
    // A changed calendar has taken the shift away while it was computed.
    if (shift === undefined) return [];
    const kept = await keepFigures(client, computed, shift.settled, because);
    await writeAccounts(client, computed, kept.revisionOf);
    await writeEvents(client, computed);
    await client.query(
      `UPDATE shift_instance SET settled_at = coalesce(settled_at, ${AT('$2')}), revision = greatest(revision, $3::int)
       WHERE shift_instance_id = $1 AND (settled_at IS NULL AND $2::float8 IS NOT NULL OR revision < $3::int)`,
      [shiftId, settledAtMs, Math.max(1, ...kept.revisionOf.values())],
    );
    await client.query('DELETE FROM shift_task WHERE shift_instance_id = $1 AND change_count = $2', [
      shiftId,
      changeCount,
    ]);
    return kept.made;
  });
}

async function writeAccounts(
  client: PoolClient,
  { shiftId, machineIds, accounts }: ComputedShift,
  revisionOf: ReadonlyMap<string, number>,
): Promise<void> {
  await client.query('DELETE FROM oee_account WHERE shift_instance_id = $1 AND machine_id = ANY($2)', [
    shiftId,
    machineIds,
  ]);
  if (accounts.length === 0) return;
  const column = <V>(valueOf: (row: AccountRow) => V): V[] => accounts.map(valueOf);
  const times = CLASSES.map((timeClass) => column(({ accountMs }) => accountMs[timeClass]));
  const names = CLASSES.map((timeClass) => CLASS_COLUMNS[timeClass]);
  const first = 12;
  const arrays = names.map((_name, index) => `$${first + index}::bigint[]`);
  await client.query(
    `INSERT INTO oee_account (shift_instance_id, machine_id, hour_start, product_id, earned_total_ms, earned_good_ms,
       total_count, good_count, reject_count, rework_count, revision, ruleset, ${names.join(', ')})
     SELECT $1, u.machine_id, ${AT('u.hour_ms')}, u.product_id, u.earned_total, u.earned_good, u.total, u.good, u.reject,
       u.rework, u.revision, $11, ${names.map((name) => `u.${name}`).join(', ')}
     FROM unnest($2::text[], $3::float8[], $4::text[], $5::numeric[], $6::numeric[], $7::numeric[], $8::numeric[],
       $9::numeric[], $10::numeric[], $${first + names.length}::int[], ${arrays.join(', ')})
       AS u (machine_id, hour_ms, product_id, earned_total, earned_good, total, good, reject, rework, revision,
         ${names.join(', ')})`,
    [
      shiftId,
      column(({ machineId }) => machineId),
      column(({ hourMs }) => hourMs),
      column(({ productId }) => productId),
      column(({ earnedTotalMs }) => earnedTotalMs),
      column(({ earnedGoodMs }) => earnedGoodMs),
      column(({ totalCount }) => totalCount),
      column(({ goodCount }) => goodCount),
      column(({ rejectCount }) => rejectCount),
      column(({ reworkCount }) => reworkCount),
      accounts[0]?.ruleset ?? '',
      ...times,
      column(({ machineId }) => revisionOf.get(machineId) ?? 1),
    ],
  );
}

/** Stops that are no more are taken out, others are made what they are now; events of other writers are not touched. */
async function writeEvents(client: PoolClient, { machineIds, range, events }: ComputedShift): Promise<void> {
  const column = <V>(valueOf: (event: DowntimeEvent) => V): V[] => events.map(valueOf);
  const keys = [
    column(({ machineId }) => machineId),
    column(({ eventType }) => eventType),
    column(({ fromMs }) => fromMs),
  ];
  await client.query(
    `DELETE FROM events WHERE machine_id = ANY($4) AND ts_start >= ${AT('$5')} AND ts_start < ${AT('$6')}
       AND payload ->> 'source' = 'oee'
       AND (machine_id, event_type, ts_start) NOT IN (
         SELECT u.machine_id, u.event_type, ${AT('u.from_ms')}
         FROM unnest($1::text[], $2::text[], $3::float8[]) AS u (machine_id, event_type, from_ms))`,
    [...keys, machineIds, range.fromMs, range.toMs],
  );
  if (events.length === 0) return;
  await client.query(
    `INSERT INTO events AS old (machine_id, event_type, ts_start, ts_end, payload)
     SELECT u.machine_id, u.event_type, ${AT('u.from_ms')}, ${AT('u.to_ms')}, u.payload
     FROM unnest($1::text[], $2::text[], $3::float8[], $4::float8[], $5::jsonb[])
       AS u (machine_id, event_type, from_ms, to_ms, payload)
     ON CONFLICT (machine_id, event_type, ts_start) DO UPDATE SET ts_end = excluded.ts_end, payload = excluded.payload
     WHERE old.payload ->> 'source' = 'oee'
       AND (old.ts_end, old.payload) IS DISTINCT FROM (excluded.ts_end, excluded.payload)`,
    [...keys, column(({ toMs }) => toMs), column(({ payload }) => JSON.stringify({ source: 'oee', ...payload }))],
  );
}

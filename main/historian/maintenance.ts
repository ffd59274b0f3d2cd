import type { Pool, PoolClient } from 'pg';
import type { HistorianStorage } from '../../shared/config/historian.ts';
import { applyPolicies, ownsSchema } from './apply-storage.ts';
import { fillAggregates, readSettledUntilMs } from './fill-aggregates.ts';
import { pruneRevised } from './prune-revised.ts';
import { type DirtyPatience, refreshDirty, type RevisedRange } from './refresh-dirty.ts';
import { trimRejected } from './rejected-rows.ts';
import { noteRetention } from './retention-mark.ts';
import { withClient } from './with-client.ts';

/** What one round did; `elsewhere`: another program is at it, `not-owner`: this user may not refresh. */
export type MaintenanceRound =
  | { readonly phase: 'done'; readonly filledUntilMs: number; readonly revised: readonly RevisedRange[] }
  | { readonly phase: 'elsewhere' }
  | { readonly phase: 'not-owner' };

/** Any number; all Lineside programs must take the same one. */
const MAINTENANCE_LOCK = 4_115_202;
/** A refresh of a day of a large plant; the pool for rows has 30 s. */
export const MAINTENANCE_TIMEOUT_MS = 30 * 60_000;

/**
 * One round: fills the aggregates up to the last whole hour, gives the server the policies by which it compresses,
 * drops and refreshes by itself from then on, and refreshes the hours into which rows came late, at once or with the
 * `patience` that is given. `onRevised` is told of each stretch once it is committed.
 * Rejects with the driver's error; what is done stays done, and the next round goes on from there.
 */
export function runMaintenance(
  pool: Pool,
  storage: HistorianStorage,
  onRevised: (ranges: readonly RevisedRange[]) => void,
  patience?: DirtyPatience,
): Promise<MaintenanceRound> {
  return withClient(pool, async (client) => {
    if (!(await ownsSchema(client))) return { phase: 'not-owner' };
    const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [
      MAINTENANCE_LOCK,
    ]);
    if (rows[0]?.locked !== true) return { phase: 'elsewhere' };
    try {
      return await runRound(client, storage, onRevised, patience);
    } finally {
      // With the connection lost the lock is gone as well.
      await client.query('SELECT pg_advisory_unlock($1)', [MAINTENANCE_LOCK]).catch(() => undefined);
    }
  });
}

async function runRound(
  client: PoolClient,
  storage: HistorianStorage,
  onRevised: (ranges: readonly RevisedRange[]) => void,
  patience?: DirtyPatience,
): Promise<MaintenanceRound> {
  const filledUntilMs = await readSettledUntilMs(client);
  const readMark = (): Promise<Date | undefined> => noteRetention(client);
  await fillAggregates(client, filledUntilMs, readMark);
  await applyPolicies(client, storage);
  await trimRejected(client, { days: storage.rejectedRetentionDays, maxRows: storage.rejectedMaxRows });
  const revised: RevisedRange[] = [];
  for await (const ranges of refreshDirty(client, filledUntilMs, readMark, patience)) {
    if (ranges.length === 0) continue;
    revised.push(...ranges);
    onRevised(ranges);
  }
  await pruneRevised(client);
  return { phase: 'done', filledUntilMs, revised };
}

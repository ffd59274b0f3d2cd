import type { PoolClient } from 'pg';
import type { HistorianStorage } from '../../shared/config/historian.ts';
import type { Log } from '../platform/log.ts';
import { keepPolicies } from './keep-policies.ts';
import { inMigration } from './migrate-schema.ts';
import { noteRetention } from './retention-mark.ts';
import { setSpacePartitions } from './space-partitions.ts';
import { describeSqlError, isRetriable } from './sql-errors.ts';
import { toWantedPolicies } from './wanted-policies.ts';

/** Several policies on one aggregate. */
const TWO_POLICIES_SINCE = [2, 21] as const;

/** Only the owner may change policies, refresh aggregates and migrate. */
export async function ownsSchema(client: PoolClient): Promise<boolean> {
  const { rows } = await client.query<{ is_owner: boolean }>(
    `SELECT pg_has_role(current_user, relowner, 'USAGE') AS is_owner FROM pg_class WHERE oid = to_regclass('telemetry')`,
  );
  return rows[0]?.is_owner === true;
}

/**
 * Makes the partitions those of the site file and gives our roles their rights. What is right already is left alone.
 * Without ownership nothing is changed: then the owner decides.
 */
export async function applyStorage(client: PoolClient, storage: HistorianStorage, log: Log): Promise<void> {
  if (!(await ownsSchema(client))) return;
  await divideByMachine(client, storage.spacePartitions, log);
  await inMigration(client, () => client.query('SELECT grant_lineside_roles()'));
}

/** A server that refuses keeps the chunks it has: rows are stored all the same, so the start goes on. */
async function divideByMachine(client: PoolClient, wanted: number, log: Log): Promise<void> {
  try {
    const before = await inMigration(client, () => setSpacePartitions(client, wanted));
    if (Math.max(before, 1) !== Math.max(wanted, 1)) {
      log.info('chunks of telemetry are divided by machine from the next new one on', { before, wanted });
    }
  } catch (error) {
    if (isRetriable(error)) throw error;
    log.warn(`chunks of telemetry cannot be divided by machine: ${describeSqlError(error)}`, { wanted });
  }
}

/** Whole hours from now back to what was dropped last, as long as nothing was; a refresh must not reach beyond them. */
async function readIntactHours(client: PoolClient): Promise<number> {
  const { rows } = await client.query<{ hours: number }>(
    'SELECT floor(extract(epoch FROM now() - dropped_before) / 3600)::float8 AS hours FROM telemetry_retention',
  );
  return rows[0]?.hours ?? Infinity;
}

/**
 * Makes compression, retention and refreshes by the server those of the site file. To be called by the owner when
 * the aggregates hold all older rows: a refresh policy that ran before would hide them, retention would drop them.
 */
export async function applyPolicies(client: PoolClient, storage: HistorianStorage): Promise<void> {
  const { rows } = await client.query<{ version: string }>(
    "SELECT extversion AS version FROM pg_extension WHERE extname = 'timescaledb'",
  );
  const [major = 0, minor = 0] = (rows[0]?.version ?? '').split('.').map(Number);
  const [sinceMajor, sinceMinor] = TWO_POLICIES_SINCE;
  const canHaveTwo = major > sinceMajor || (major === sinceMajor && minor >= sinceMinor);
  await inMigration(client, async () => {
    // Before the retention is changed: what the old one has dropped stays dropped.
    await noteRetention(client);
    await keepPolicies(client, toWantedPolicies(storage, { canHaveTwo, intactHours: await readIntactHours(client) }));
  });
}

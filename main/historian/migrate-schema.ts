import { readdirSync, readFileSync } from 'node:fs';
import type { PoolClient } from 'pg';
import { EngineError } from '../platform/engine-error.ts';
import type { Log } from '../platform/log.ts';
import { assertMayCreate } from '../platform/table-home.ts';
import { sqlStateOf } from './sql-errors.ts';

export interface Migration {
  readonly version: number;
  /** File name without its ending, e.g. `0001_telemetry`. */
  readonly name: string;
  readonly sql: string;
}

/** Any number; all Lineside programs must take the same one. */
const MIGRATION_LOCK = 4_115_201;
const FILE_NAME = /^(\d{4})_[a-z0-9_]+\.sql$/;

/** The numbered files beside this module, in order; the same place from source and in the bundle. */
export function readMigrations(folder = new URL('./migrations/', import.meta.url)): Migration[] {
  return readdirSync(folder)
    .filter((file) => FILE_NAME.test(file))
    .sort()
    .map((file) => ({
      version: Number(file.slice(0, 4)),
      name: file.slice(0, -'.sql'.length),
      sql: readFileSync(new URL(file, folder), 'utf8'),
    }));
}

/** Version the database has, 0 when it has no tables of ours. */
export async function readSchemaVersion(client: PoolClient): Promise<number> {
  const known = await client.query<{ has_table: boolean }>(
    "SELECT to_regclass('schema_version') IS NOT NULL AS has_table",
  );
  if (known.rows[0]?.has_table !== true) return 0;
  const { rows } = await client.query<{ version: number }>(
    'SELECT coalesce(max(version), 0)::int AS version FROM schema_version',
  );
  return rows[0]?.version ?? 0;
}

/**
 * Brings the schema to the newest version: each file in a transaction of its own with its version row
 * first, so that two programs at once, or a crash in the middle, leave whole versions only. Returns the
 * versions that were new.
 *
 * @throws EngineError `historian/schema-newer` when a newer program has been here, `historian/no-timescaledb`
 *   when the server has no such extension, `config/wrong-home` for a migration that makes a table of another store.
 */
export async function migrateSchema(
  client: PoolClient,
  log: Log,
  migrations: readonly Migration[] = readMigrations(),
): Promise<number[]> {
  const newest = newestOf(migrations);
  const version = await readSchemaVersion(client);
  refuseNewer(version, migrations);
  // A user who may only store rows needs no more than this.
  if (version === newest) return [];
  await createExtension(client);
  const applied: number[] = [];
  for (const migration of migrations) {
    if (await applyOne(client, migration, migrations)) {
      applied.push(migration.version);
      log.info(`historian schema is now at version ${migration.version}`, { migration: migration.name });
    }
  }
  return applied;
}

async function createExtension(client: PoolClient): Promise<void> {
  try {
    await client.query('CREATE EXTENSION IF NOT EXISTS timescaledb');
  } catch (cause) {
    // 0A000 and 58P01: not installed on this server; 42501: installed, but this user may not create it.
    const sqlState = sqlStateOf(cause);
    if (sqlState !== '0A000' && sqlState !== '58P01' && sqlState !== '42501') throw cause;
    throw new EngineError(
      'historian/no-timescaledb',
      sqlState === '42501'
        ? 'the database has no timescaledb extension and this user may not create it: an administrator runs CREATE EXTENSION timescaledb'
        : 'the PostgreSQL server has no timescaledb extension: install TimescaleDB 2.20 or newer on it',
      {},
      { cause },
    );
  }
}

/**
 * Runs `work` in a transaction while no other Lineside program changes the schema or its policies; rolls back and
 * rejects with its error.
 */
export async function inMigration<T>(client: PoolClient, work: () => Promise<T>): Promise<T> {
  await client.query('BEGIN');
  try {
    await client.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    const result = await work();
    await client.query('COMMIT');
    return result;
  } catch (error) {
    // A lost connection cannot roll back, and need not: the first failure is the one to tell.
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

function applyOne(client: PoolClient, migration: Migration, all: readonly Migration[]): Promise<boolean> {
  return inMigration(client, async () => {
    await client.query(
      'CREATE TABLE IF NOT EXISTS schema_version (version int PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())',
    );
    const version = await readSchemaVersion(client);
    refuseNewer(version, all);
    if (version >= migration.version) return false;
    await client.query('INSERT INTO schema_version (version, name) VALUES ($1, $2)', [
      migration.version,
      migration.name,
    ]);
    assertMayCreate(migration.sql, 'time-series');
    await client.query(migration.sql);
    return true;
  });
}

/** The version that these migrations lead to. */
export const newestOf = (migrations: readonly Migration[]): number =>
  Math.max(0, ...migrations.map((migration) => migration.version));

/** @throws EngineError `historian/schema-newer` */
export function refuseNewer(version: number, migrations: readonly Migration[]): void {
  const newest = newestOf(migrations);
  if (version <= newest) return;
  throw new EngineError(
    'historian/schema-newer',
    `the database has schema version ${version}, this program knows ${newest}: install the newer Lineside that made it`,
    { version, newest },
  );
}

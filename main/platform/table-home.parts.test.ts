import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openConfigurationStore } from '../config-store/configuration-store.ts';
import { migrateSchema, type Migration, readMigrations } from '../historian/migrate-schema.ts';
import { openHistorian } from '../historian/open-historian.ts';
import { bufferFilePath } from '../store-and-forward/buffer-file-keeper.ts';
import { SqliteForwardBuffer } from '../store-and-forward/sqlite-forward-buffer.ts';
import { startTestHistorian } from '../testing/test-historian.ts';
import { systemClock } from './clock.ts';
import { silentLog } from './log.ts';
import {
  assertHome,
  assertMayCreate,
  assertMayStand,
  COPIED_TABLES,
  createdTables,
  storeOf,
  tablesIn,
} from './table-home.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lineside-homes-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function tablesOfFile(file: string): string[] {
  const db = new Database(file, { readonly: true });
  try {
    return db
      .prepare<[], string>(
        "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite%' ORDER BY name",
      )
      .pluck()
      .all();
  } finally {
    db.close();
  }
}

const wrongHome: unknown = expect.objectContaining({ code: 'config/wrong-home' });

describe('every table that is there after all migrations has its home in the list, and the list names no other', () => {
  it('in the configuration', () => {
    const file = join(folder, 'configuration.sqlite');
    openConfigurationStore(file).close();
    expect(tablesOfFile(file)).toEqual([...tablesIn('configuration')].sort());
  });

  it('in the forward buffer', async () => {
    const buffer = new SqliteForwardBuffer({ folder, limitBytes: 50_000_000, whenFull: 'drop-oldest' }, systemClock);
    await buffer.close();
    expect(tablesOfFile(bufferFilePath(folder))).toEqual([...tablesIn('buffer')].sort());
  });

  it('in TimescaleDB, where a migration that makes a table of another store is refused before it runs', async () => {
    const server = await startTestHistorian();
    const historian = openHistorian({ url: server.url, maxConnections: 1, clock: systemClock, log: silentLog });
    const client = new Client({ connectionString: server.url });
    await client.connect();
    try {
      await historian.migrate();
      await historian.maintain();
      const { rows } = await client.query<{ name: string }>(
        `SELECT c.relname AS name FROM pg_class c
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
           AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
         ORDER BY c.relname COLLATE "C"`,
      );
      expect(rows.map(({ name }) => name)).toEqual([...tablesIn('time-series')].sort());
      const person: Migration = { version: 9998, name: '9998_person', sql: 'CREATE TABLE person (person_id text)' };
      // As much of a pooled client as migrations need.
      const pooled = client as unknown as Parameters<typeof migrateSchema>[0];
      await expect(migrateSchema(pooled, silentLog, [...readMigrations(), person])).rejects.toMatchObject({
        code: 'config/wrong-home',
        context: { table: 'person', home: 'configuration', store: 'time-series' },
      });
      const left = await client.query(
        "SELECT to_regclass('person') AS person, max(version) AS version FROM schema_version",
      );
      expect(left.rows).toEqual([{ person: null, version: readMigrations().at(-1)?.version }]);
    } finally {
      await client.end();
      await historian.close();
      await server.close();
    }
  });
});

describe('the home of a table', () => {
  it('is one, but for the copies of configuration that stand beside time series', () => {
    const standing = (['configuration', 'time-series', 'buffer'] as const).flatMap((store) => tablesIn(store));
    const twice = standing.filter((table, index) => standing.indexOf(table) !== index);
    expect(twice.sort()).toEqual([...COPIED_TABLES].sort());
    for (const table of COPIED_TABLES) expect(storeOf(table)).toBe('configuration');
  });

  it('takes no other store: neither writing nor making the table', () => {
    expect(() => assertHome('person', 'configuration')).not.toThrow();
    expect(() => assertHome('person', 'time-series')).toThrow(wrongHome);
    expect(() => assertHome('telemetry', 'configuration')).toThrow(wrongHome);
    expect(() => assertHome('machine', 'time-series')).toThrow(wrongHome);
    expect(() => assertMayStand('machine', 'time-series')).not.toThrow();
    expect(() => assertMayStand('machine', 'buffer')).toThrow(wrongHome);
    expect(() => assertMayCreate('-- as said\ncreate table if not exists Telemetry (a)', 'time-series')).toThrow(
      expect.objectContaining({ code: 'config/unknown-table' }),
    );
    expect(() => assertMayCreate('CREATE MATERIALIZED VIEW telemetry_1min AS SELECT 1', 'buffer')).toThrow(wrongHome);
  });

  it('is asked of every table that SQL makes and of none that a comment names', () => {
    const sql = `CREATE TABLE a (x); -- CREATE TABLE b
      CREATE UNLOGGED TABLE IF NOT EXISTS c (x); CREATE TEMP TABLE d (x); CREATE VIEW e AS SELECT 1;`;
    expect(createdTables(sql)).toEqual(['a', 'c', 'e']);
  });
});

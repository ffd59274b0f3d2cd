import { readFileSync } from 'node:fs';
import { Client, Pool } from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import { describeHistorianSchema } from '../testing/historian-schema.ts';
import { isNativeHistorian, startTestHistorian } from '../testing/test-historian.ts';
import { migrateSchema, readMigrations } from './migrate-schema.ts';
import { openHistorian } from './open-historian.ts';

const VERSIONS = readMigrations().map(({ version }) => version);
const AT = `now() - INTERVAL '5 days'`;

/** From this version on, copies of the configuration are written by its function only. */
const COPIED_SINCE = 8;
const LINES = `'[{"line_id": "l", "name": "Line", "time_zone": "Europe/Berlin"}]'`;
const REASONS = `'[{"reason_id": "r", "name": "Jam", "time_class": "failure", "is_planned": false}]'`;

/** A row for each table, by the version that brought it: what a plant has in it when it is upgraded. */
const ROWS: readonly { readonly since: number; readonly table: string; readonly insert?: string }[] = [
  { since: 1, table: 'telemetry', insert: `(time, machine_id, metric_name, value) VALUES (${AT}, 'm', 'Total', 7)` },
  { since: 1, table: 'telemetry_rejected', insert: `("row", reason) VALUES ('{}', 'a test')` },
  {
    since: 2,
    table: 'revised_range',
    insert: `(machine_id, range_start, range_end, row_count, outcome) VALUES ('m', ${AT}, now(), 1, 'refreshed')`,
  },
  { since: 3, table: 'events', insert: `(machine_id, event_type, ts_start) VALUES ('m', 'fault', ${AT})` },
  { since: 5, table: 'line' },
  { since: 5, table: 'reason' },
];

/** The configuration of a plant, as a program of that version wrote it. */
const configurationOf = (version: number): readonly string[] =>
  version >= COPIED_SINCE
    ? [`SELECT copy_configuration(${LINES}, '[]', ${REASONS})`]
    : [
        `INSERT INTO line (line_id, name, time_zone) VALUES ('l', 'Line', 'Europe/Berlin')`,
        `INSERT INTO reason (reason_id, name, time_class) VALUES ('r', 'Jam', 'failure')`,
      ];

describe('a database of an earlier version, with rows in it', () => {
  it.each([0, ...VERSIONS])(
    '(%i) is brought to the newest, keeps its rows and has the schema of a new one',
    async (from) => {
      const server = await startTestHistorian();
      onTestFinished(() => server.close());
      const pool = new Pool({ connectionString: server.url, max: 1 });
      const client = await pool.connect();
      const older = readMigrations().filter(({ version }) => version <= from);
      if (older.length > 0) await migrateSchema(client, silentLog, older);
      const rows = ROWS.filter(({ since }) => since <= from);
      for (const { table, insert } of rows)
        if (insert !== undefined) await client.query(`INSERT INTO ${table} ${insert}`);
      if (from >= 5) for (const statement of configurationOf(from)) await client.query(statement);
      client.release();
      await pool.end();

      const historian = openHistorian({ url: server.url, maxConnections: 1, clock: systemClock, log: silentLog });
      onTestFinished(() => historian.close());
      expect(await historian.migrate()).toEqual(VERSIONS.filter((version) => version > from));
      await historian.maintain();

      const admin = new Client({ connectionString: server.url });
      await admin.connect();
      onTestFinished(() => admin.end());
      for (const { table } of rows) {
        const { rows: counted } = await admin.query(`SELECT count(*)::int AS n FROM ${table}`);
        expect(counted, table).toEqual([{ n: 1 }]);
      }
      if (from > 0) {
        const { rows: hours } = await admin.query('SELECT avg_value, sample_count::int FROM telemetry_1hour');
        expect(hours).toEqual([{ avg_value: 7, sample_count: 1 }]);
      }
      // The catalog's texts differ between versions of PostgreSQL.
      if (!isNativeHistorian) {
        const wanted = readFileSync(new URL('./schema.txt', import.meta.url), 'utf8');
        expect(await describeHistorianSchema(admin)).toBe(wanted);
      }
    },
  );
});

import fc from 'fast-check';
import { Client, Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TelemetryRow } from '../../shared/domain/telemetry-row.ts';
import { systemClock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import { createPlainTelemetry } from '../testing/plain-telemetry.ts';
import { type PostgresServer, startPostgresServer } from '../testing/postgres-server.ts';
import { startTestHistorian } from '../testing/test-historian.ts';
import { copyRows } from './copy-rows.ts';
import { insertRows } from './insert-rows.ts';
import { openHistorian } from './open-historian.ts';
import { StatementSize } from './statement-size.ts';
import { withClient } from './with-client.ts';

const START_MS = Date.UTC(2026, 0, 5, 6);
const MANY = 6_000;

const row = (index: number, change: Partial<TelemetryRow> = {}): TelemetryRow => ({
  timeMs: START_MS + index * 250,
  machineId: 'plant/edge/filler',
  metricName: 'Total',
  value: index,
  quality: 192,
  meta: null,
  isHistorical: index % 2 === 0,
  receivedAtMs: START_MS + index * 250 + 40,
  ...change,
});
const rowsOf = (count: number): TelemetryRow[] => Array.from({ length: count }, (_, index) => row(index));

let server: PostgresServer;
let admin: Client;
let pool: Pool;

const openPool = (change: { user?: string; timeoutMs?: number } = {}): Pool => {
  const url = new URL(server.url);
  if (change.user !== undefined) [url.username, url.password] = [change.user, 'secret'];
  const opened = new Pool({ connectionString: url.href, max: 2, statement_timeout: change.timeoutMs ?? 30_000 });
  // A session that is still leaving when the server ends.
  opened.on('error', () => undefined);
  return opened;
};
const insert = (rows: readonly TelemetryRow[], into = pool): ReturnType<typeof insertRows> =>
  insertRows(into, rows, new StatementSize());
const readDirty = async (): Promise<unknown[]> =>
  (await admin.query('SELECT machine_id, range_start, range_end, row_count, change_count FROM dirty_range ORDER BY 2'))
    .rows;

beforeAll(async () => {
  server = await startPostgresServer();
  await createPlainTelemetry(server.url);
  admin = new Client({ connectionString: server.url });
  await admin.connect();
  pool = openPool();
}, 60_000);

beforeEach(async () => {
  await admin.query('TRUNCATE telemetry, telemetry_rejected, dirty_range');
});

afterAll(async () => {
  await pool.end();
  await admin.end();
  await server.close();
});

const anyRow = fc
  .record({
    timeMs: fc.integer({ min: 0, max: Date.UTC(2199, 0, 1) }),
    metricName: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter((name) => !name.includes('\0')),
    value: fc.oneof(fc.double(), fc.constantFrom(-0, null, Number.NaN, Infinity, -Infinity, 5e-324)),
    quality: fc.integer({ min: -32_767, max: 32_767 }),
    meta: fc.option(
      fc.record({ text: fc.string({ unit: 'grapheme' }), statusCode: fc.nat() }, { requiredKeys: ['statusCode'] }),
    ),
    isHistorical: fc.boolean(),
    receivedAtMs: fc.integer({ min: 0, max: Date.UTC(2199, 0, 1) }),
  })
  .map((part): TelemetryRow => ({ ...part, machineId: 'm' }));

describe('rows by COPY', () => {
  it('are stored bit for bit as those by UNNEST, and make the same hours dirty', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyRow, { minLength: 1, maxLength: 60 }), async (rows) => {
        await admin.query('TRUNCATE telemetry, dirty_range');
        const [copied, unnested] = ['copied', 'unnested'].map((machineId) =>
          rows.map((one) => ({ ...one, machineId })),
        );
        const copiedCount = await withClient(pool, (client) => copyRows(client, copied ?? []));
        const { insertedCount } = await insert(unnested ?? []);
        expect(copiedCount).toBe(insertedCount);
        const read = async (machineId: string): Promise<unknown[]> =>
          (
            await admin.query(
              `SELECT time, metric_name, float8send(value) AS value, quality, meta::text, is_historical, received_at
               FROM telemetry WHERE machine_id = $1 ORDER BY metric_name, time`,
              [machineId],
            )
          ).rows;
        expect(await read('copied')).toEqual(await read('unnested'));
        const dirty = (await readDirty()) as { machine_id: string }[];
        const hoursOf = (machineId: string): unknown[] =>
          dirty.filter((hour) => hour.machine_id === machineId).map((hour) => ({ ...hour, machine_id: '' }));
        expect(hoursOf('copied')).toEqual(hoursOf('unnested'));
      }),
      { numRuns: 50 },
    );
  });

  it('are what a large batch becomes, each stored once', async () => {
    await admin.query(
      "CREATE OR REPLACE FUNCTION refuse_unnest() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF current_query() NOT LIKE 'COPY%' THEN RAISE 'not by copy'; END IF; RETURN NULL; END $$",
    );
    await admin.query('CREATE TRIGGER only_copy BEFORE INSERT ON telemetry EXECUTE FUNCTION refuse_unnest()');
    try {
      expect(await insert(rowsOf(MANY))).toEqual({ insertedCount: MANY, duplicateCount: 0, rejectedCount: 0 });
      expect(await insert([...rowsOf(MANY), row(MANY), row(MANY)])).toEqual({
        insertedCount: 1,
        duplicateCount: MANY + 1,
        rejectedCount: 0,
      });
      await expect(insert([row(-1)])).rejects.toThrow('not by copy');
    } finally {
      await admin.query('DROP TRIGGER only_copy ON telemetry');
    }
  });

  it('leave out the rows that the database refuses, and only those', async () => {
    const rows = rowsOf(MANY);
    for (const at of [17, 5_800]) rows[at] = row(at, { meta: { text: 'half of a pair: \ud83d' } });
    expect(await insert(rows)).toEqual({ insertedCount: MANY - 2, duplicateCount: 0, rejectedCount: 2 });
    const { rows: kept } = await admin.query(`SELECT "row" ->> 'value' AS value FROM telemetry_rejected ORDER BY 1`);
    expect(kept).toEqual([{ value: '17' }, { value: '5800' }]);
    // The same connection still takes what is sound.
    expect(await insert(rowsOf(MANY))).toMatchObject({ insertedCount: 2, duplicateCount: MANY - 2 });
  });

  it('come in by UNNEST where the user may not have a table of its own', async () => {
    await admin.query(`CREATE ROLE poor LOGIN PASSWORD 'secret'; REVOKE TEMPORARY ON DATABASE postgres FROM PUBLIC`);
    await admin.query('GRANT SELECT, INSERT, UPDATE ON telemetry, dirty_range, telemetry_rejected TO poor');
    const poor = openPool({ user: 'poor' });
    expect(await withClient(poor, (client) => copyRows(client, rowsOf(1)))).toBeNull();
    expect(await insert(rowsOf(MANY), poor)).toMatchObject({ insertedCount: MANY });
    await poor.end();
  });

  it('end at the statement timeout with nothing stored, and are tried in half the number next time', async () => {
    const hurried = openPool({ timeoutMs: 300 });
    const size = new StatementSize();
    const blocker = new Client({ connectionString: server.url });
    await blocker.connect();
    await blocker.query('BEGIN; LOCK TABLE dirty_range IN ACCESS EXCLUSIVE MODE');
    await expect(insertRows(hurried, rowsOf(MANY), size)).rejects.toMatchObject({ code: '57014' });
    await expect(insertRows(hurried, rowsOf(1_000), size)).rejects.toMatchObject({ code: '57014' });
    expect(size.rowLimit).toBe(500);
    await blocker.query('ROLLBACK');
    await blocker.end();
    expect((await admin.query('SELECT 1 FROM telemetry')).rowCount).toBe(0);
    expect(await insertRows(hurried, rowsOf(MANY), size)).toMatchObject({ insertedCount: MANY });
    expect(size.rowLimit).toBe(1_000);
    await hurried.end();
  });
});

it('go into a hypertable as well, with late rows in compressed chunks', async () => {
  const historianServer = await startTestHistorian();
  const historian = openHistorian({
    url: historianServer.url,
    maxConnections: 2,
    clock: systemClock,
    log: silentLog,
  });
  await historian.migrate();
  expect(await historian.insert(rowsOf(MANY))).toMatchObject({ insertedCount: MANY });
  const client = new Client({ connectionString: historianServer.url });
  await client.connect();
  await client.query("SELECT compress_chunk(c) FROM show_chunks('telemetry') c");
  const halfOld = rowsOf(2 * MANY).map((one, index) => (index % 2 === 0 ? one : row(index, { metricName: 'Late' })));
  expect(await historian.insert(halfOld)).toEqual({
    insertedCount: 1.5 * MANY,
    duplicateCount: MANY / 2,
    rejectedCount: 0,
  });
  const { rows } = await client.query<{ count: number }>('SELECT count(*)::int AS count FROM telemetry');
  expect(rows).toEqual([{ count: 2.5 * MANY }]);
  await client.end();
  await historian.close();
  await historianServer.close();
}, 60_000);

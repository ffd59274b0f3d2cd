import { readFileSync } from 'node:fs';
import { Client, Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HistorianStorage } from '../../shared/config/historian.ts';
import { systemClock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import { describeHistorianSchema } from '../testing/historian-schema.ts';
import { isNativeHistorian, startTestHistorian } from '../testing/test-historian.ts';
import { migrateSchema, readMigrations } from './migrate-schema.ts';
import { type Historian, openHistorian } from './open-historian.ts';

const DAY_MS = 86_400_000;
const TODAY_MS = Math.floor(systemClock.nowMs() / DAY_MS) * DAY_MS;
const USUAL = HistorianStorage.parse({});

let server: Awaited<ReturnType<typeof startTestHistorian>>;
let admin: Client;
let historian: Historian;

const open = (storage: HistorianStorage): Historian =>
  openHistorian({ url: server.url, maxConnections: 2, storage, clock: systemClock, log: silentLog });

async function read<Row extends object>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
  return (await admin.query<Row>(sql, parameters)).rows;
}

/** A row of a machine at the same time of each of the last days. */
async function insertDays(machineId: string, fromDaysAgo: number, dayCount: number): Promise<void> {
  await admin.query(
    `INSERT INTO telemetry (time, machine_id, metric_name, value)
     SELECT $1::timestamptz - day * INTERVAL '1 day', $2, 'Total', day FROM generate_series($3::int, $4::int) AS day`,
    [new Date(TODAY_MS).toISOString(), machineId, fromDaysAgo - dayCount + 1, fromDaysAgo],
  );
}

async function runJobs(procName: string, relation: string): Promise<void> {
  const jobs = await read<{ job_id: number }>(
    `SELECT job_id FROM timescaledb_information.jobs,
            LATERAL (SELECT coalesce(config ->> 'mat_hypertable_id', config ->> 'hypertable_id')::int AS id) AS target
     WHERE proc_name = $1 AND $2 = coalesce(
       (SELECT user_view_name::text FROM _timescaledb_catalog.continuous_agg WHERE mat_hypertable_id = target.id),
       (SELECT table_name::text FROM _timescaledb_catalog.hypertable WHERE id = target.id))
     ORDER BY job_id`,
    [procName, relation],
  );
  expect(jobs).not.toEqual([]);
  for (const job of jobs) await admin.query(`CALL run_job(${job.job_id})`);
}

beforeAll(async () => {
  server = await startTestHistorian();
  admin = new Client({ connectionString: server.url });
  await admin.connect();
});

afterAll(async () => {
  await historian.close();
  await admin.end();
  await server.close();
});

describe('a database of the first version, with rows in it', () => {
  it('is brought to the newest, and its aggregates hold what was there before any policy hides it', async () => {
    const pool = new Pool({ connectionString: server.url, max: 1 });
    const client = await pool.connect();
    expect(await migrateSchema(client, silentLog, readMigrations().slice(0, 1))).toEqual([1]);
    client.release();
    await pool.end();
    await insertDays('old', 40, 40);
    // Older than the retention that is about to come into force.
    await insertDays('older', 120, 5);
    historian = open(USUAL);
    expect(await historian.migrate()).toEqual(
      readMigrations()
        .slice(1)
        .map((migration) => migration.version),
    );
    expect(await historian.maintain()).toMatchObject({ phase: 'done', revised: [] });
    for (const view of ['telemetry_1min', 'telemetry_5min', 'telemetry_1hour']) {
      await runJobs('policy_refresh_continuous_aggregate', view);
      expect(
        await read(`SELECT count(*)::int AS n, sum(avg_value) AS total FROM ${view} WHERE machine_id = 'old'`),
      ).toEqual([{ n: 40, total: 820 }]);
    }
  });

  it('loses no history to the retention that comes into force', async () => {
    await runJobs('policy_retention', 'telemetry');
    expect(await read(`SELECT 1 FROM telemetry WHERE machine_id = 'older'`)).toEqual([]);
    expect(await read(`SELECT 1 FROM telemetry_1hour WHERE machine_id = 'older'`)).toHaveLength(5);
  });

  // The catalog's texts differ between versions of PostgreSQL.
  it.skipIf(isNativeHistorian)(
    'then has the schema that schema.txt tells (npm run historian:dump writes it)',
    async () => {
      expect(await describeHistorianSchema(admin)).toBe(readFileSync(new URL('./schema.txt', import.meta.url), 'utf8'));
    },
  );
});

describe('storage rules of the site file', () => {
  it('are left alone when they are in force', async () => {
    const jobsBefore = await read('SELECT job_id FROM timescaledb_information.jobs ORDER BY job_id');
    await historian.migrate();
    await historian.maintain();
    expect(await read('SELECT job_id FROM timescaledb_information.jobs ORDER BY job_id')).toEqual(jobsBefore);
  });

  it('do not touch what others have made', async () => {
    await admin.query(
      `CREATE MATERIALIZED VIEW telemetry_of_others WITH (timescaledb.continuous) AS
       SELECT time_bucket(INTERVAL '1 day', time) AS bucket, count(*) FROM telemetry GROUP BY 1 WITH NO DATA`,
    );
    await admin.query(`SELECT add_retention_policy('telemetry_of_others', INTERVAL '1 year')`);
    const countJobs = 'SELECT count(*)::int AS n FROM timescaledb_information.jobs';
    const before = await read(countJobs);
    await historian.migrate();
    await historian.maintain();
    expect(await read(countJobs)).toEqual(before);
    await admin.query('DROP MATERIALIZED VIEW telemetry_of_others');
  });

  it('replace the ones that were in force', async () => {
    const other = open({ ...USUAL, spacePartitions: 0, compressAfterDays: 3, retentionDays: 20 });
    await other.migrate();
    await other.maintain();
    await other.close();
    const schema = await describeHistorianSchema(admin);
    expect(schema).toContain('telemetry by machine_id: 1 partitions');
    expect(schema).toContain('telemetry policy_compression every 12:00:00: {"compress_after": "3 days"}');
    expect(schema).toContain('telemetry policy_retention every 1 day: {"drop_after": "20 days"}');
    // A refresh that reached beyond the retention would empty the aggregate.
    expect(schema).toContain('{"end_offset": "7 days", "start_offset": "18 days"}');
    await historian.migrate();
    await historian.maintain();
    expect(await describeHistorianSchema(admin)).toContain('telemetry by machine_id: 16 partitions');
  });

  it('divide a day by machine, or leave it whole', async () => {
    const chunkCount = async (day: string): Promise<unknown> => {
      await admin.query(
        `INSERT INTO telemetry (time, machine_id, metric_name)
         SELECT $1::timestamptz, 'machine ' || i, 'Total' FROM generate_series(1, 40) AS i`,
        [day],
      );
      const [row] = await read<{ n: number }>(
        `SELECT count(*)::int AS n FROM timescaledb_information.chunks
         WHERE hypertable_name = 'telemetry' AND range_start = $1::timestamptz`,
        [day],
      );
      return row?.n;
    };
    expect(await chunkCount('2019-01-05T00:00:00Z')).toBeGreaterThan(8);
    await admin.query("SELECT set_number_partitions('telemetry', 1)");
    expect(await chunkCount('2019-01-06T00:00:00Z')).toBe(1);
    await historian.migrate();
    await admin.query("DELETE FROM telemetry WHERE time < '2020-01-01'");
  });
});

describe('policies', () => {
  it('compress what is older than seven days, and late rows still come in, each once', async () => {
    await runJobs('policy_compression', 'telemetry');
    const counts = await read(
      `SELECT is_compressed, count(*)::int AS n FROM timescaledb_information.chunks
       WHERE hypertable_name = 'telemetry' AND range_end < now() - INTERVAL '8 days' GROUP BY 1`,
    );
    expect(counts).toEqual([{ is_compressed: true, n: expect.any(Number) as number }]);
    const [telemetry] = (await historian.status()).hypertables;
    expect(telemetry?.compressedChunkCount).toBeGreaterThanOrEqual(counts.length);
    expect(telemetry?.compressionRatio).toBeGreaterThan(0);
    const rows = Array.from({ length: 60_000 }, (_, index) => ({
      timeMs: TODAY_MS - 20 * DAY_MS + index * 100,
      machineId: 'old',
      metricName: 'Total',
      value: index,
      quality: 192,
      meta: null,
      isHistorical: true,
      receivedAtMs: TODAY_MS,
    }));
    // One of them was there before.
    expect(await historian.insert(rows)).toMatchObject({ insertedCount: 59_999, duplicateCount: 1 });
    expect(await historian.insert(rows)).toMatchObject({ insertedCount: 0, duplicateCount: 60_000 });
  });

  it('drop raw rows after 90 days and keep what the aggregates know of them', async () => {
    await insertDays('dropped', 95, 3);
    await admin.query(`CALL refresh_continuous_aggregate('telemetry_1hour', NULL, now() - INTERVAL '91 days')`);
    await runJobs('policy_retention', 'telemetry');
    expect(await read(`SELECT 1 FROM telemetry WHERE machine_id = 'dropped'`)).toEqual([]);
    expect(await read(`SELECT sample_count::int AS n FROM telemetry_1hour WHERE machine_id = 'dropped'`)).toHaveLength(
      3,
    );
    for (const view of ['telemetry_1min', 'telemetry_5min', 'telemetry_1hour']) {
      await runJobs('policy_refresh_continuous_aggregate', view);
    }
    await historian.maintain();
    expect(await read(`SELECT sample_count::int AS n FROM telemetry_1hour WHERE machine_id = 'dropped'`)).toHaveLength(
      3,
    );
  });

  it('compress events after 30 days, drop them after two years, and let one that lasts be ended', async () => {
    await admin.query(
      `INSERT INTO events (machine_id, event_type, ts_start) VALUES
         ('old', 'fault', now() - INTERVAL '60 days'), ('old', 'fault', now() - INTERVAL '740 days')`,
    );
    await runJobs('policy_compression', 'events');
    await runJobs('policy_retention', 'events');
    await admin.query(`UPDATE events SET ts_end = ts_start + INTERVAL '90 seconds'`);
    expect(await read('SELECT duration_seconds::float8 AS s FROM events')).toEqual([{ s: 90 }]);
    expect(
      await read(`SELECT is_compressed FROM timescaledb_information.chunks WHERE hypertable_name = 'events'`),
    ).toEqual([{ is_compressed: true }]);
  });
});

describe.skipIf(isNativeHistorian)('roles', () => {
  // All clients of the embedded historian are one session, so this is the role of the Historian too.
  const as = async (role: string, work: () => Promise<void>): Promise<void> => {
    await admin.query(`SET ROLE ${role}`);
    await work().finally(() => admin.query('RESET ROLE'));
  };

  it('let a writer store rows and start, and no more', async () => {
    await as('lineside_write', async () => {
      expect(await historian.migrate()).toEqual([]);
      const row = { machineId: 'w', metricName: 'm', value: 1, quality: 192, meta: null, isHistorical: false };
      await historian.insert([{ ...row, timeMs: TODAY_MS - DAY_MS, receivedAtMs: TODAY_MS }]);
      await historian.insert([{ ...row, timeMs: TODAY_MS - DAY_MS + 1, receivedAtMs: TODAY_MS }]);
      await historian.keepRejected([{ row: {}, reason: 'a test' }]);
      expect(await historian.maintain()).toEqual({ phase: 'not-owner' });
      expect((await historian.status()).policies).toHaveLength(12);
      await expect(read('DELETE FROM telemetry')).rejects.toThrow('permission denied');
      await expect(read('SELECT grant_lineside_roles()')).rejects.toThrow('permission denied');
    });
    expect(await read(`SELECT row_count::int AS rows FROM dirty_range WHERE machine_id = 'w'`)).toEqual([{ rows: 2 }]);
  });

  it('let a reader read aggregates and functions, and store nothing', async () => {
    await as('lineside_read', async () => {
      expect(await read(`SELECT 1 FROM telemetry_1hour WHERE machine_id = 'old' LIMIT 1`)).toHaveLength(1);
      expect(await read(`SELECT status FROM get_machine_status('nobody')`)).toEqual([{ status: 'unknown' }]);
      expect((await historian.status()).hypertables).toHaveLength(2);
      await expect(historian.keepRejected([{ row: {}, reason: 'a test' }])).rejects.toMatchObject({
        code: 'historian/write-refused',
      });
    });
  });
});

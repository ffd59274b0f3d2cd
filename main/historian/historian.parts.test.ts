import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TelemetryRow } from '../../shared/domain/telemetry-row.ts';
import { type EmbeddedHistorian, startEmbeddedHistorian } from '../demo/embedded-historian.ts';
import { systemClock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import { readMigrations } from './migrate-schema.ts';
import { type Historian, openHistorian } from './open-historian.ts';
import { probeHistorian } from './probe-historian.ts';

const START_MS = Date.UTC(2026, 0, 5, 6);

const row = (index: number, change: Partial<TelemetryRow> = {}): TelemetryRow => ({
  timeMs: START_MS + index * 250,
  machineId: 'plant/edge/filler',
  metricName: 'Total',
  value: index,
  quality: 192,
  meta: null,
  isHistorical: false,
  receivedAtMs: START_MS + index * 250 + 40,
  ...change,
});

let server: EmbeddedHistorian;
let historian: Historian;
let admin: Client;

async function readAll(query: Parameters<Historian['readSamples']>[0]): Promise<TelemetryRow[]> {
  const rows: TelemetryRow[] = [];
  for await (const page of historian.readSamples(query)) rows.push(...page);
  return rows;
}

const open = (url: string): Historian => openHistorian({ url, maxConnections: 2, clock: systemClock, log: silentLog });

beforeAll(async () => {
  server = await startEmbeddedHistorian();
  admin = new Client({ connectionString: server.url });
  await admin.connect();
  historian = open(server.url);
}, 60_000);

afterAll(async () => {
  await historian.close();
  await admin.end();
  await server.close();
});

describe('migrations', () => {
  it('are applied once, each as a whole, also by two programs at the same time', async () => {
    const other = open(server.url);
    const both = await Promise.all([historian.migrate(), other.migrate()]);
    await other.close();
    expect(both.flat().sort((a, b) => a - b)).toEqual(readMigrations().map((migration) => migration.version));
    expect(await historian.migrate()).toEqual([]);
  });

  it('make a hypertable with chunks of a day', async () => {
    const { rows } = await admin.query<{ days: string }>(
      `SELECT (extract(epoch FROM time_interval) / 86400)::int AS days
       FROM timescaledb_information.dimensions WHERE hypertable_name = 'telemetry' AND column_name = 'time'`,
    );
    expect(rows).toEqual([{ days: 1 }]);
  });

  it('are refused when a newer program has been here', async () => {
    await admin.query("INSERT INTO schema_version (version, name) VALUES (9999, '9999_future')");
    await expect(historian.migrate()).rejects.toMatchObject({ code: 'historian/schema-newer' });
    expect(await probeHistorian({ url: server.url, clock: systemClock })).toContainEqual(
      expect.objectContaining({ step: 'schema', ok: false, code: 'historian/schema-newer' }),
    );
    await admin.query('DELETE FROM schema_version WHERE version = 9999');
  });
});

describe('insert', () => {
  beforeEach(async () => {
    await historian.migrate();
    await admin.query('DELETE FROM telemetry');
    await admin.query('DELETE FROM telemetry_rejected');
  });

  it('stores each row once, however often it is given', async () => {
    const rows = Array.from({ length: 1_000 }, (_, index) => row(index));
    expect(await historian.insert(rows)).toEqual({ insertedCount: 1_000, duplicateCount: 0, rejectedCount: 0 });
    expect(await historian.insert([...rows.slice(500), row(1_000), row(1_000)])).toEqual({
      insertedCount: 1,
      duplicateCount: 501,
      rejectedCount: 0,
    });
  });

  it('gives back exactly what it was given', async () => {
    const rows = [
      row(1, { value: 0.1, timeMs: START_MS + 1 }),
      row(2, { value: null, quality: 500, meta: { text: 'Held', statusCode: 0x80310000 }, isHistorical: true }),
      row(3, { value: 9_007_199_254_740_992, meta: { exact: '9007199254740993' } }),
      row(4, { value: Number.NaN }),
      row(5, { value: -0 }),
      row(6, { value: -Infinity }),
      row(7, { value: null, meta: { items: [5e-324, 1.7976931348623157e308, '-0', 'NaN'], datatype: 'DoubleArray' } }),
      row(8, { value: null, meta: { items: ['18446744073709551615'], datatype: 'UInt64Array' } }),
      row(9, { value: null, meta: { items: [], datatype: 'StringArray' } }),
    ];
    await historian.insert(rows);
    const query = { machineId: 'plant/edge/filler', metricNames: ['Total'], fromMs: START_MS, toMs: START_MS + 10_000 };
    expect(await readAll(query)).toStrictEqual(rows);
  });

  it('finds the rows the database refuses, keeps them aside and stores all others', async () => {
    const rows = Array.from({ length: 300 }, (_, index) => row(index));
    rows[17] = row(17, { metricName: 'with\0nul' });
    rows[101] = row(101, { meta: { text: 'half of a pair: \ud83d' } });
    rows[250] = row(250, { meta: { text: 'again \udc00' } });
    expect(await historian.insert(rows)).toEqual({ insertedCount: 297, duplicateCount: 0, rejectedCount: 3 });
    const { rows: kept } = await admin.query<{ row: { value: number }; reason: string }>(
      'SELECT "row", reason FROM telemetry_rejected ORDER BY ("row" ->> \'value\')::int',
    );
    expect(kept.map((entry) => entry.row.value)).toEqual([17, 101, 250]);
    expect(kept.map((entry) => entry.reason)).toEqual([
      expect.stringContaining('NUL'),
      expect.stringContaining('22P02'),
      expect.stringContaining('22P02'),
    ]);
  });

  it('keeps a padded PLC text', async () => {
    expect(await historian.insert([row(1, { value: null, meta: { text: 'Held\0' } })])).toMatchObject({
      insertedCount: 1,
    });
  });

  it('rejects no row when the table is missing, and says what to check', async () => {
    await admin.query('ALTER TABLE telemetry RENAME TO telemetry_elsewhere');
    await expect(historian.insert([row(1)])).rejects.toMatchObject({ code: 'historian/write-refused' });
    await admin.query('ALTER TABLE telemetry_elsewhere RENAME TO telemetry');
    expect((await admin.query('SELECT 1 FROM telemetry_rejected')).rowCount).toBe(0);
    expect(historian.state().phase).toBe('connected');
  });
});

describe('readSamples', () => {
  it('begins each metric with what was before, and the last good before that, then goes page by page', async () => {
    await historian.migrate();
    await admin.query('DELETE FROM telemetry');
    const fromMs = START_MS + 3_000_000;
    const inside = Array.from({ length: 10_001 }, (_, index) => row(12_000 + index));
    await historian.insert([row(1), row(2), row(3, { quality: 0 }), ...inside]);
    await historian.insert([row(5, { metricName: 'Good' })]);
    const toMs = fromMs + 86_400_000;
    const machineId = 'plant/edge/filler';
    const rows = await readAll({ machineId, metricNames: ['Total', 'Good', 'Absent'], fromMs, toMs });
    expect(rows.slice(0, 3).map((found) => found.value)).toEqual([2, 3, 12_000]);
    expect(rows).toHaveLength(2 + 10_001 + 1);
    expect(rows.at(-1)).toMatchObject({ metricName: 'Good', value: 5 });
  });
});

describe('a historian that is away', () => {
  it('is reported as away with the time of the next try, and rejects with what may be repeated', async () => {
    const gone = open('postgres://nobody@127.0.0.1:1/x');
    expect(gone.state()).toEqual({ phase: 'stopped' });
    expect(await gone.isReachable()).toBe(false);
    expect(gone.state()).toMatchObject({ phase: 'away', code: 'historian/unreachable' });
    await gone.close();
    expect(gone.state()).toEqual({ phase: 'stopped' });
  });

  it('comes back without being asked', async () => {
    const first = await startEmbeddedHistorian();
    const away = open(first.url);
    expect(await away.isReachable()).toBe(true);
    await first.close();
    expect(await away.isReachable()).toBe(false);
    const second = await startEmbeddedHistorian({ port: first.port });
    await expect.poll(() => away.state().phase, { timeout: 20_000 }).toBe('connected');
    await away.close();
    await second.close();
  }, 60_000);
});

describe('probeHistorian', () => {
  it('goes through all steps', async () => {
    await historian.migrate();
    const steps = await probeHistorian({ url: server.url, clock: systemClock });
    expect(steps.map(({ step, ok }) => ({ step, ok }))).toEqual([
      { step: 'tcp', ok: true },
      { step: 'login', ok: true },
      { step: 'extension', ok: true },
      { step: 'schema', ok: true },
    ]);
  });

  it('stops at the first step that fails and says what to do', async () => {
    const steps = await probeHistorian({ url: 'postgres://nobody@127.0.0.1:1/x', clock: systemClock });
    expect(steps).toEqual([expect.objectContaining({ step: 'tcp', ok: false, code: 'historian/unreachable' })]);
    expect(steps[0]?.nextStep).toMatch(/firewall/);
  });
});

import fc from 'fast-check';
import { Client, Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TelemetryRow } from '../../shared/domain/telemetry-row.ts';
import { systemClock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import { startTestHistorian } from '../testing/test-historian.ts';
import { type Historian, openHistorian } from './open-historian.ts';
import { refreshDirty, type RevisedRange } from './refresh-dirty.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const THIS_HOUR_MS = Math.floor(systemClock.nowMs() / HOUR_MS) * HOUR_MS;
/** Three hours that are over, and one day to be far from any edge. */
const START_MS = THIS_HOUR_MS - 30 * HOUR_MS;
const VIEWS = ['telemetry_1min', 'telemetry_5min', 'telemetry_1hour'] as const;

let server: Awaited<ReturnType<typeof startTestHistorian>>;
let historian: Historian;
let admin: Client;
let machineCount = 0;
let told: RevisedRange[] = [];

const toRow = (machineId: string, timeMs: number, change: Partial<TelemetryRow> = {}): TelemetryRow => ({
  timeMs,
  machineId,
  metricName: 'Temperature',
  value: 1,
  quality: 192,
  meta: null,
  isHistorical: false,
  receivedAtMs: timeMs,
  ...change,
});

/** Every byte of what the aggregates hold of a machine, read from what is materialised. */
async function readAggregates(machineId: string): Promise<string[]> {
  const texts: string[] = [];
  for (const view of VIEWS) {
    await admin.query(`ALTER MATERIALIZED VIEW ${view} SET (timescaledb.materialized_only = true)`);
    const { rows } = await admin.query<{ text: string }>(
      `SELECT replace(${view}::text, machine_id, '') AS text FROM ${view} WHERE machine_id = $1 ORDER BY bucket`,
      [machineId],
    );
    await admin.query(`ALTER MATERIALIZED VIEW ${view} SET (timescaledb.materialized_only = false)`);
    texts.push(...rows.map(({ text }) => `${view} ${text}`));
  }
  return texts;
}

async function deliver(rows: readonly TelemetryRow[], batchRows: number): Promise<void> {
  for (let from = 0; from < rows.length; from += batchRows) await historian.insert(rows.slice(from, from + batchRows));
}

beforeAll(async () => {
  server = await startTestHistorian();
  admin = new Client({ connectionString: server.url });
  await admin.connect();
  historian = openHistorian({ url: server.url, maxConnections: 2, clock: systemClock, log: silentLog });
  historian.onRevised((ranges) => told.push(...ranges));
  // An index would give the rows in the order of their time and hide that an aggregate depends on that of their coming.
  for (const way of ['indexscan', 'indexonlyscan', 'bitmapscan']) await admin.query(`SET enable_${way} TO off`);
  await historian.migrate();
  // From now on every hour that is over counts as filled: what comes into it comes late.
  await historian.maintain();
});

beforeEach(async () => {
  await admin.query('DELETE FROM dirty_range');
  told = [];
});

afterAll(async () => {
  await historian.close();
  await admin.end();
  await server.close();
});

const values = fc.oneof(
  { weight: 6, arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(0, -0, 1.7e308, -1.7e308, 5e-324, Number.NaN, Infinity, -Infinity, 1e16, 0.1),
  },
  { weight: 1, arbitrary: fc.constant(null) },
);
const samples = fc.uniqueArray(
  fc.record({
    offsetMs: fc.integer({ min: 0, max: 3 * HOUR_MS - 1 }),
    value: values,
    quality: fc.constantFrom(192, 192, 192, 216, 64, 0, 500),
  }),
  { minLength: 30, maxLength: 300, selector: (sample) => sample.offsetMs },
);

describe('the same samples', () => {
  it('give the same aggregates and the same samples, byte for byte, once, twice, shuffled, or late', async () => {
    await fc.assert(
      fc.asyncProperty(
        samples.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        fc.integer({ min: 1, max: 100 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async ([list, shuffled], batchRows, lateShare) => {
          machineCount += 1;
          const name = (way: string): string => `property/${machineCount}/${way}`;
          const inOrder = [...list].sort((a, b) => a.offsetMs - b.offsetMs);
          const rowsOf = (way: string, from: typeof list): TelemetryRow[] =>
            from.map(({ offsetMs, value, quality }) => toRow(name(way), START_MS + offsetMs, { value, quality }));
          const once = rowsOf('once', inOrder);
          const late = rowsOf('late', shuffled);
          const lateFrom = Math.floor(late.length * lateShare);
          await deliver(once, once.length);
          await deliver([...rowsOf('twice', inOrder), ...rowsOf('twice', shuffled)], batchRows);
          await deliver(rowsOf('shuffled', shuffled), batchRows);
          await deliver(late.slice(0, lateFrom), batchRows);
          await historian.maintain();
          await deliver(late.slice(lateFrom), batchRows);
          await historian.maintain();
          const wanted = await readAggregates(name('once'));
          expect(wanted.length).toBeGreaterThan(2);
          for (const way of ['twice', 'shuffled', 'late']) expect(await readAggregates(name(way))).toEqual(wanted);
          const stored = async (way: string): Promise<unknown> =>
            (
              await admin.query(
                `SELECT time, value::text, quality FROM telemetry WHERE machine_id = $1 ORDER BY time`,
                [name(way)],
              )
            ).rows;
          expect(await stored('late')).toEqual(await stored('once'));
        },
      ),
      { numRuns: 8 },
    );
  });

  it('are aggregated with values that no machine should send', async () => {
    const machineId = 'extreme';
    const odd = [1.7e308, -1.7e308, 1e200, 5e-324];
    await historian.insert(odd.map((value, index) => toRow(machineId, START_MS + index, { value })));
    await historian.insert(
      [0, 0, 5e-324].map((value, index) => toRow(machineId, START_MS + HOUR_MS + index, { value })),
    );
    await historian.maintain();
    const { rows } = await admin.query(
      'SELECT avg_value, min_value, max_value FROM telemetry_1hour WHERE machine_id = $1 ORDER BY bucket',
      [machineId],
    );
    expect(rows).toEqual([
      { avg_value: 2.5e199, min_value: -1.7e308, max_value: 1.7e308 },
      { avg_value: 0, min_value: 0, max_value: 5e-324 },
    ]);
  });

  it('hold no stale value, and the mean of the good ones', async () => {
    const machineId = 'stale';
    await historian.insert([
      toRow(machineId, START_MS, { value: 10 }),
      toRow(machineId, START_MS + 1, { value: 20 }),
      toRow(machineId, START_MS + 2, { value: 1_000, quality: 500 }),
      toRow(machineId, START_MS + 3, { value: 2_000, quality: 0 }),
    ]);
    await historian.maintain();
    const { rows } = await admin.query(
      `SELECT avg_value, max_value, p95_value, sample_count::int, bad_count::int, last_quality FROM telemetry_1hour WHERE machine_id = $1`,
      [machineId],
    );
    expect(rows).toEqual([
      { avg_value: 15, max_value: 20, p95_value: 19.5, sample_count: 2, bad_count: 2, last_quality: 0 },
    ]);
  });
});

describe('rows that come late', () => {
  it('make their hours dirty with their commit, and revised when the aggregates hold them', async () => {
    const machineId = 'revised';
    await historian.insert([toRow(machineId, START_MS), toRow(machineId, START_MS + 2 * HOUR_MS)]);
    await historian.insert([toRow(machineId, START_MS + 1), toRow(machineId, START_MS)]);
    const dirty = await admin.query(`SELECT row_count::int, change_count FROM dirty_range ORDER BY range_start`);
    expect(dirty.rows).toEqual([
      { row_count: 2, change_count: 2 },
      { row_count: 1, change_count: 1 },
    ]);
    const round = await historian.maintain();
    const hour = (index: number, rowCount: number) => ({
      machineId,
      fromMs: START_MS + index * HOUR_MS,
      toMs: START_MS + (index + 1) * HOUR_MS,
      rowCount,
      outcome: 'refreshed',
    });
    expect(told).toEqual([hour(0, 2), hour(2, 1)]);
    expect(round).toMatchObject({ phase: 'done', revised: told });
    expect((await admin.query('SELECT 1 FROM dirty_range')).rowCount).toBe(0);
    expect((await admin.query(`SELECT 1 FROM revised_range WHERE machine_id = $1`, [machineId])).rowCount).toBe(2);
  });

  it('say nothing when all of them were there already, or none is late', async () => {
    const now = systemClock.nowMs();
    await historian.insert([toRow('again', START_MS), toRow('live', now)]);
    await historian.maintain();
    told = [];
    await historian.insert([toRow('again', START_MS), toRow('live', now + 1)]);
    expect((await admin.query('SELECT 1 FROM dirty_range')).rowCount).toBe(0);
    await historian.maintain();
    expect(told).toEqual([]);
  });

  it('leave an hour that is not over to the raw rows, so that live rows are not hidden', async () => {
    const now = systemClock.nowMs();
    await historian.insert([toRow('running', now - 1, { isHistorical: true })]);
    await historian.maintain();
    expect(told).toEqual([]);
    await historian.insert([toRow('running', now, { value: 3 })]);
    const { rows } = await admin.query(
      `SELECT sum(avg_value * sample_count) AS sum FROM telemetry_1hour WHERE machine_id = 'running'`,
    );
    expect(rows).toEqual([{ sum: 4 }]);
  });

  it('stay dirty when more come while they are refreshed', async () => {
    const machineId = 'meanwhile';
    await historian.insert([toRow(machineId, START_MS)]);
    const pool = new Pool({ connectionString: server.url, max: 1 });
    const client = await pool.connect();
    const lastView = VIEWS[2];
    // Between the last refresh and its note another program commits a row.
    const interrupted = new Proxy(client, {
      get: (target, name) =>
        name === 'query'
          ? async (sql: string, parameters: unknown[]) => {
              const result = await target.query(sql, parameters);
              if (parameters[0] === lastView) await historian.insert([toRow(machineId, START_MS + 1, { value: 3 })]);
              return result;
            }
          : (Reflect.get(target, name) as unknown),
    });
    const ranges: RevisedRange[] = [];
    for await (const some of refreshDirty(interrupted, THIS_HOUR_MS, () => Promise.resolve(undefined)))
      ranges.push(...some);
    client.release();
    await pool.end();
    expect(ranges).toEqual([]);
    // It waits anew, or a replay of an hour would be refreshed with every round after the first ten minutes.
    const { rows } = await admin.query('SELECT first_at > changed_at AS "waitsAnew" FROM dirty_range');
    expect(rows).toEqual([{ waitsAnew: true }]);
    await historian.maintain();
    expect(told).toEqual([expect.objectContaining({ machineId, rowCount: 2 })]);
    expect((await readAggregates(machineId)).at(-1)).toContain(',Temperature,2,1,3,');
  });
});

describe('rows from before what retention has dropped', () => {
  it('are stored, told of, and never cost the aggregates what they know', async () => {
    const dropped = Math.floor((systemClock.nowMs() - 100 * DAY_MS) / DAY_MS) * DAY_MS;
    const rows = Array.from({ length: 12 }, (_, index) => toRow('history', dropped + index * 60_000, { value: index }));
    await historian.insert(rows);
    await admin.query('DELETE FROM dirty_range');
    for (const view of VIEWS) {
      await admin.query(`CALL refresh_continuous_aggregate('${view}', NULL, now() - INTERVAL '99 days')`);
    }
    const before = await readAggregates('history');
    expect(before.length).toBe(12 + 3 + 1);
    await admin.query(`SELECT drop_chunks('telemetry', now() - INTERVAL '90 days')`);
    told = [];
    await historian.insert([toRow('history', dropped + 5, { value: 99, isHistorical: true })]);
    await historian.maintain();
    expect(told).toEqual([expect.objectContaining({ outcome: 'beyond-retention', rowCount: 1 })]);
    expect(await readAggregates('history')).toEqual(before);
    expect((await admin.query(`SELECT 1 FROM telemetry WHERE machine_id = 'history'`)).rowCount).toBe(1);
  });
});

import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import { startTestHistorian } from '../testing/test-historian.ts';
import { type Historian, openHistorian } from './open-historian.ts';
import type { RevisedRange } from './refresh-dirty.ts';

const DAY_MS = 86_400_000;
const TODAY_MS = Math.floor(systemClock.nowMs() / DAY_MS) * DAY_MS;
const VIEWS = ['telemetry_1min', 'telemetry_5min', 'telemetry_1hour'] as const;

let server: Awaited<ReturnType<typeof startTestHistorian>>;
let historian: Historian;
let admin: Client;
let told: RevisedRange[] = [];

const insertAt = (daysAgo: number, offsetMs = 0): Promise<unknown> =>
  historian.insert([
    {
      timeMs: TODAY_MS - daysAgo * DAY_MS + offsetMs,
      machineId: 'm',
      metricName: 'Total',
      value: daysAgo,
      quality: 192,
      meta: null,
      isHistorical: true,
      receivedAtMs: TODAY_MS,
    },
  ]);

/** What each aggregate holds, oldest first. */
async function readAggregates(): Promise<unknown> {
  const found: unknown[] = [];
  for (const view of VIEWS) {
    const { rows } = await admin.query(`SELECT bucket, avg_value, sample_count::int FROM ${view} ORDER BY bucket`);
    found.push(rows);
  }
  return found;
}

async function runRefreshJobs(): Promise<number> {
  const { rows } = await admin.query<{ job_id: number }>(
    `SELECT job_id FROM timescaledb_information.jobs WHERE proc_name = 'policy_refresh_continuous_aggregate' ORDER BY job_id`,
  );
  for (const { job_id: id } of rows) await admin.query(`CALL run_job(${id})`);
  return rows.length;
}

beforeAll(async () => {
  server = await startTestHistorian();
  admin = new Client({ connectionString: server.url });
  await admin.connect();
  historian = openHistorian({ url: server.url, maxConnections: 1, clock: systemClock, log: silentLog });
  historian.onRevised((ranges) => told.push(...ranges));
  await historian.migrate();
  for (let daysAgo = 20; daysAgo > 1; daysAgo -= 1) await insertAt(daysAgo);
  await historian.maintain();
  expect(await runRefreshJobs()).toBe(6);
  told = [];
});

afterAll(async () => {
  await historian.close();
  await admin.end();
  await server.close();
});

describe('chunks that are dropped by hand', () => {
  it('are noticed before anything is refreshed, also when a late row makes one of them anew', async () => {
    const before = await readAggregates();
    await admin.query(`SELECT drop_chunks('telemetry', $1::timestamptz)`, [
      new Date(TODAY_MS - 10 * DAY_MS).toISOString(),
    ]);
    await insertAt(15, 1);
    await insertAt(5, 1);
    await historian.maintain();
    expect(told.map(({ fromMs, outcome }) => ({ daysAgo: (TODAY_MS - fromMs) / DAY_MS, outcome }))).toEqual([
      { daysAgo: 15, outcome: 'beyond-retention' },
      { daysAgo: 5, outcome: 'refreshed' },
    ]);
    const revised = { bucket: new Date(TODAY_MS - 5 * DAY_MS), avg_value: 5 };
    const after = (before as { bucket: Date }[][]).map((rows) =>
      rows.map((row) =>
        row.bucket.getTime() === revised.bucket.getTime() ? { ...row, ...revised, sample_count: 2 } : row,
      ),
    );
    expect(await readAggregates()).toEqual(after);
  });

  it('are kept out of the refreshes that the server does by itself', async () => {
    const before = await readAggregates();
    expect(await runRefreshJobs()).toBe(6);
    expect(await readAggregates()).toEqual(before);
  });

  it('leave nothing to the server to refresh when all of the last days are gone', async () => {
    const before = await readAggregates();
    await admin.query(`SELECT drop_chunks('telemetry', now())`);
    await historian.maintain();
    expect(await runRefreshJobs()).toBe(0);
    expect(await readAggregates()).toEqual(before);
  });
});

it('forgets what was revised long ago, and more than 100,000 revisions', async () => {
  await admin.query(
    `INSERT INTO revised_range (machine_id, range_start, range_end, row_count, outcome, revised_at)
     SELECT 'many', now(), now() + INTERVAL '1 hour', 1, 'refreshed',
            CASE WHEN i = 100100 THEN now() - INTERVAL '91 days' ELSE now() END FROM generate_series(1, 100100) AS i`,
  );
  const { rows: newest } = await admin.query<{ id: string }>('SELECT max(revised_range_id) AS id FROM revised_range');
  await historian.maintain();
  const { rows } = await admin.query(
    `SELECT count(*)::int AS n, (max(revised_range_id) - min(revised_range_id))::int AS span,
            count(*) FILTER (WHERE revised_at < now() - INTERVAL '90 days')::int AS old, max(revised_range_id) + 1 = $1 AS is_newest
     FROM revised_range`,
    [newest[0]?.id],
  );
  expect(rows).toEqual([{ n: 99_999, span: 99_998, old: 0, is_newest: true }]);
});

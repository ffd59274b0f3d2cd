import { Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { HistorianStorage } from '../../shared/config/historian.ts';
import type { TelemetryRow } from '../../shared/domain/telemetry-row.ts';
import { systemClock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import { startTestHistorian } from '../testing/test-historian.ts';
import { type Historian, openHistorian } from './open-historian.ts';
import { trimRejected } from './rejected-rows.ts';
import { withClient } from './with-client.ts';

const NOW_MS = Date.UTC(2026, 0, 5, 6);
const HOUR_MS = 3_600_000;

const ahead = (byMs: number, change: Partial<TelemetryRow> = {}): TelemetryRow => ({
  timeMs: NOW_MS + byMs,
  machineId: 'plant/edge/filler',
  metricName: 'Total',
  value: byMs,
  quality: 192,
  meta: null,
  isHistorical: false,
  receivedAtMs: NOW_MS,
  ...change,
});
const FUTURE = 'timestamp-in-future';

let server: Awaited<ReturnType<typeof startTestHistorian>>;
let historian: Historian;
let pool: Pool;

beforeAll(async () => {
  server = await startTestHistorian();
  historian = openHistorian({ url: server.url, maxConnections: 2, clock: systemClock, log: silentLog });
  await historian.migrate();
  pool = new Pool({ connectionString: server.url, max: 1 });
}, 60_000);

beforeEach(async () => {
  await pool.query('DELETE FROM telemetry; DELETE FROM telemetry_rejected; DELETE FROM telemetry_rejected_dropped');
});

afterAll(async () => {
  await pool.end();
  await historian.close();
  await server.close();
});

it('stores a value from the future once its time has come, bit for bit, and no sooner', async () => {
  const rows = [
    ahead(HOUR_MS, { value: -0 }),
    ahead(2 * HOUR_MS, { value: Number.NaN, quality: 64, isHistorical: true }),
    ahead(3 * HOUR_MS, { value: null, meta: { items: [1, 'NaN', true], datatype: 'DoubleArray', statusCode: 5 } }),
    ahead(9 * HOUR_MS),
  ];
  await historian.keepRejected(rows.map((row) => ({ row, reason: FUTURE })));
  expect(await historian.retryRejected({}, NOW_MS)).toEqual({ storedCount: 0, duplicateCount: 0, remainingCount: 4 });
  const latestMs = NOW_MS + 3 * HOUR_MS;
  expect(await historian.retryRejected({}, latestMs)).toEqual({ storedCount: 3, duplicateCount: 0, remainingCount: 1 });
  const stored: TelemetryRow[] = [];
  const query = { machineId: 'plant/edge/filler', metricNames: ['Total'], fromMs: NOW_MS, toMs: NOW_MS + 24 * HOUR_MS };
  for await (const page of historian.readSamples(query)) stored.push(...page);
  expect(stored).toStrictEqual(rows.slice(0, 3));
  expect(await historian.retryRejected({}, latestMs)).toEqual({ storedCount: 0, duplicateCount: 0, remainingCount: 1 });
});

it('counts what is there already and keeps what the database refuses again or what never was a row', async () => {
  await historian.insert([ahead(0)]);
  await historian.keepRejected([
    { row: ahead(0), reason: FUTURE },
    { row: ahead(1, { meta: { text: 'half of a pair: \ud83d' } }), reason: 'invalid input syntax (SQLSTATE 22P02)' },
    { row: ahead(2, { metricName: 'with\0nul' }), reason: 'the metric name has a NUL character' },
    { row: { groupId: 'plant', edgeNodeId: 'edge', deviceId: null, timestampMs: 0 }, reason: 'timestamp-zero' },
  ]);
  await historian.keepRejected([
    { row: ahead(3, { machineId: 'x'.repeat(700) }), reason: 'the machine id is too long' },
  ]);
  expect(await historian.retryRejected({}, NOW_MS + HOUR_MS)).toEqual({
    storedCount: 0,
    duplicateCount: 1,
    remainingCount: 4,
  });
  expect((await pool.query('SELECT 1 FROM telemetry_rejected')).rowCount).toBe(4);
});

it('are listed by machine and reason, and retried by them', async () => {
  await historian.keepRejected([
    { row: ahead(1), reason: FUTURE },
    { row: ahead(2), reason: FUTURE },
    { row: ahead(3, { machineId: 'plant/edge/packer' }), reason: FUTURE },
    { row: { groupId: 'plant', edgeNodeId: 'edge', deviceId: null, timestampMs: null }, reason: 'timestamp-missing' },
  ]);
  expect(await historian.listRejected({})).toEqual([
    {
      machineId: 'plant/edge/filler',
      reason: FUTURE,
      rowCount: 2,
      firstAtMs: expect.any(Number) as number,
      lastAtMs: expect.any(Number) as number,
      oldestTimeMs: NOW_MS + 1,
      newestTimeMs: NOW_MS + 2,
    },
    expect.objectContaining({ machineId: 'plant/edge', reason: 'timestamp-missing', oldestTimeMs: null }),
    expect.objectContaining({ machineId: 'plant/edge/packer', rowCount: 1 }),
  ]);
  expect(await historian.listRejected({ reason: 'timestamp-m' })).toHaveLength(1);
  const byMachine = await historian.retryRejected({ machineId: 'plant/edge/packer' }, NOW_MS + HOUR_MS);
  expect(byMachine).toEqual({ storedCount: 1, duplicateCount: 0, remainingCount: 0 });
});

it('are dropped beyond their age and their number, the oldest first, and counted', async () => {
  await historian.keepRejected([1, 2, 3, 4, 5].map((n) => ({ row: ahead(n), reason: FUTURE })));
  await pool.query(`UPDATE telemetry_rejected SET at = now() - INTERVAL '40 days' WHERE "row" ->> 'value' = '5'`);
  const trim = (days: number, maxRows: number): Promise<number> =>
    withClient(pool, (client) => trimRejected(client, { days, maxRows }));
  expect(await trim(50, 5)).toBe(0);
  expect((await historian.status()).rejectedDroppedCount).toBe(0);
  expect(await trim(30, 3)).toBe(3);
  const { rows } = await pool.query(`SELECT "row" ->> 'value' AS value FROM telemetry_rejected ORDER BY 1`);
  expect(rows).toEqual([{ value: '3' }, { value: '4' }]);
  expect(await historian.status()).toMatchObject({ rejectedCount: 2, rejectedDroppedCount: 3 });
});

it('are kept in bounds by the maintenance', async () => {
  await historian.keepRejected([{ row: ahead(1), reason: FUTURE }]);
  await pool.query(`UPDATE telemetry_rejected SET at = now() - INTERVAL '3 days'`);
  const other = openHistorian({
    url: server.url,
    maxConnections: 1,
    storage: HistorianStorage.parse({ rejectedRetentionDays: 2 }),
    clock: systemClock,
    log: silentLog,
  });
  await other.maintain();
  expect(await other.listRejected({})).toEqual([]);
  await other.close();
});

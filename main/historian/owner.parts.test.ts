import { readFileSync } from 'node:fs';
import { Client } from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { startEmbeddedHistorian } from '../demo/embedded-historian.ts';
import { systemClock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import { openHistorian } from './open-historian.ts';

const SQL = readFileSync(new URL('../../docker/timescaledb/init/100_lineside.sh', import.meta.url), 'utf8');

it('is made and kept by an owner who is no superuser, with the roles that docker/timescaledb makes', async () => {
  const server = await startEmbeddedHistorian();
  onTestFinished(() => server.close());
  const admin = new Client({ connectionString: server.url });
  await admin.connect();
  onTestFinished(() => admin.end());
  const roles = [...SQL.matchAll(/^CREATE ROLE .*;$/gm)].map(([line]) => line.replace(":'password'", "'a test'"));
  expect(roles).toHaveLength(3);
  for (const role of roles) await admin.query(role);
  // As the owner of a database may since PostgreSQL 15.
  await admin.query('GRANT CREATE ON SCHEMA public TO lineside');
  // All clients of the embedded historian are one session, so this is the role of the Historian too.
  await admin.query('SET ROLE lineside');
  const historian = openHistorian({ url: server.url, maxConnections: 1, clock: systemClock, log: silentLog });
  onTestFinished(() => historian.close());
  const atMs = systemClock.nowMs() - 5 * 86_400_000;
  const row = { machineId: 'm', metricName: 'n', value: 1, quality: 192, meta: null, isHistorical: true };

  await historian.migrate();
  await historian.insert([{ ...row, timeMs: atMs, receivedAtMs: atMs }]);
  const round = await historian.maintain();
  const line = { lineId: 'plant/edge', name: 'Line', timeZone: 'UTC', retiredAtMs: null };
  expect(await historian.copyConfiguration({ lines: [line], machines: [], reasons: [] })).toBe(1);
  const { policies } = await historian.status();

  expect(round).toMatchObject({ phase: 'done', revised: [{ outcome: 'refreshed', rowCount: 1 }] });
  expect(policies).toHaveLength(12);
  const { rows } = await admin.query(
    `SELECT has_table_privilege('lineside_read', 'telemetry_1hour', 'SELECT') AS reads,
            has_table_privilege('lineside_write', 'telemetry', 'INSERT') AS writes,
            has_table_privilege('lineside_write', 'telemetry', 'DELETE') AS deletes,
            (SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user) AS is_mighty`,
  );
  expect(rows).toEqual([{ reads: true, writes: true, deletes: false, is_mighty: false }]);
});

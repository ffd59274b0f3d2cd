import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import { expectAllThere, flowInto, openAdmin, TOLD_LIMIT } from '../testing/database-faults.ts';
import { createPlainTelemetry } from '../testing/plain-telemetry.ts';
import { type PostgresServer, startPostgresServer } from '../testing/postgres-server.ts';
import { createTestAuthority } from '../testing/test-certificates.ts';
import type { HistorianAddress } from './connection-options.ts';
import { openHistorian } from './open-historian.ts';
import { probeHistorian } from './probe-historian.ts';

const authority = createTestAuthority();
const stranger = createTestAuthority('Another authority');
const PASSWORD = 'a test';

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgresServer({ tls: authority.issueServer(['IP:127.0.0.1']) });
  await createPlainTelemetry(server.url);
  const admin = new Client({ connectionString: server.url });
  await admin.connect();
  await admin.query(`CREATE ROLE gateway LOGIN PASSWORD '${PASSWORD}'`);
  await admin.query('GRANT SELECT, INSERT ON telemetry, telemetry_rejected, dirty_range TO gateway');
  await admin.query('GRANT UPDATE ON dirty_range TO gateway');
  await admin.end();
});

afterAll(async () => {
  await server.close();
  authority.dispose();
  stranger.dispose();
});

const ROW = {
  machineId: 'm',
  metricName: 'n',
  value: 1,
  quality: 192,
  meta: null,
  isHistorical: false,
  receivedAtMs: 0,
};

/** What a person is told, by the state and by the probe, of a database that cannot be used like this. */
async function askFor(address: HistorianAddress) {
  const historian = openHistorian({ ...address, maxConnections: 1, clock: systemClock, log: silentLog });
  try {
    const refusal = await historian.insert([{ ...ROW, timeMs: systemClock.nowMs() }]).catch((error: unknown) => error);
    const probe = await probeHistorian({ ...address, clock: systemClock });
    return { refusal, state: historian.state(), failed: probe.find(({ ok }) => !ok) };
  } finally {
    await historian.close();
  }
}

describe('a login', () => {
  const good = (): HistorianAddress => ({
    url: server.urlOf('gateway'),
    password: PASSWORD,
    tls: { ca: authority.ca },
  });

  it.each([
    ['a wrong password', { password: 'wrong' }, 'historian/login-refused', 'password authentication failed'],
    ['no password', { password: '' }, 'historian/login-refused', 'password'],
    ['an unknown user', { user: 'nobody' }, 'historian/login-refused', 'password authentication failed'],
    ['an unknown database', { database: 'elsewhere' }, 'historian/no-database', 'database "elsewhere" does not exist'],
    ['another authority’s certificate', { tls: { ca: stranger.ca } }, 'historian/tls', 'certificate'],
    ['another host’s certificate', { hostname: 'localhost' }, 'historian/tls', 'localhost'],
  ] as const)('with %s is refused by name, with what to do', async (_name, change, code, text) => {
    const {
      user = 'gateway',
      database = 'postgres',
      hostname = '127.0.0.1',
      ...rest
    } = { ...change } as {
      user?: string;
      database?: string;
      hostname?: string;
      password?: string;
      tls?: { ca: string };
    };
    const url = server.urlOf(user, database).replace('127.0.0.1', hostname);
    const { refusal, state, failed } = await askFor({ ...good(), ...rest, url });
    expect(refusal).toMatchObject({ code });
    expect(state).toMatchObject({ phase: 'away', code, text: expect.stringContaining(text) as string });
    expect(failed).toMatchObject({ step: 'login', code });
    expect(failed?.nextStep).toMatch(/\w+/);
  });

  it('goes over TLS with the certificate checked', async () => {
    const line = await flowInto(server, good());
    const admin = await openAdmin(server);
    const { rows } = await admin.query(
      `SELECT DISTINCT ssl, usename FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'lineside'`,
    );
    expect(rows).toEqual([{ ssl: true, usename: 'gateway' }]);
    await expectAllThere(server, line);
  });

  it('whose password is changed while rows flow waits for the right one, and loses nothing', async () => {
    const line = await flowInto(server, good());
    const admin = await openAdmin(server);
    await admin.query(`ALTER ROLE gateway PASSWORD 'another'`);
    await admin.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'gateway'`);
    await line.untilState('offline');
    await expect
      .poll(() => line.historian.state(), TOLD_LIMIT)
      .toMatchObject({ phase: 'away', code: 'historian/login-refused' });
    await admin.query(`ALTER ROLE gateway PASSWORD '${PASSWORD}'`);
    await expectAllThere(server, line);
  });

  it('whose right to store is taken away is told so, and rows wait until it is given back', async () => {
    const line = await flowInto(server, good());
    const admin = await openAdmin(server);
    await admin.query('REVOKE INSERT ON telemetry FROM gateway');
    await line.untilState('offline');
    expect(line.historian.state()).toMatchObject({
      phase: 'stale',
      code: 'historian/write-refused',
      text: expect.stringContaining('permission denied for table telemetry') as string,
    });
    await admin.query('GRANT INSERT ON telemetry TO gateway');
    await expectAllThere(server, line);
  });
});

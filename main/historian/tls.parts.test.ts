import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import { type PostgresServer, startPostgresServer } from '../testing/postgres-server.ts';
import { createTestAuthority, type TestAuthority } from '../testing/test-certificates.ts';
import type { HistorianAddress } from './connection-options.ts';
import { openHistorian } from './open-historian.ts';

let authority: TestAuthority;
let other: TestAuthority;
let server: PostgresServer;
let elsewhere: PostgresServer;

beforeAll(async () => {
  authority = createTestAuthority();
  other = createTestAuthority('Another authority');
  server = await startPostgresServer({ tls: authority.issueServer(), isTlsOnly: true });
  elsewhere = await startPostgresServer({ tls: authority.issueServer(['DNS:db.elsewhere', 'IP:192.0.2.1']) });
}, 60_000);

afterAll(async () => {
  await server.close();
  await elsewhere.close();
  authority.dispose();
  other.dispose();
});

/** `connected`, or why not. */
async function connect(address: HistorianAddress): Promise<string> {
  const historian = openHistorian({ ...address, maxConnections: 1, clock: systemClock, log: silentLog });
  await historian.isReachable();
  const state = historian.state();
  await historian.close();
  return state.phase === 'away' ? `${state.code}: ${state.text}` : state.phase;
}

it('speaks to a server whose certificate is of the authority and for its name', async () => {
  const tls = { ca: authority.ca };
  expect(await connect({ url: server.url, tls })).toBe('connected');
  expect(await connect({ url: server.url.replace('127.0.0.1', 'localhost'), tls })).toBe('connected');
});

it('refuses a server of another authority, also where the address asks for less', async () => {
  for (const url of [server.url, `${server.url}?sslmode=no-verify`, `${server.url}?sslmode=require`]) {
    expect(await connect({ url, tls: { ca: other.ca } })).toMatch(/^historian\/tls: .*certificate/);
  }
});

it('refuses a server that no authority of this computer vouches for', async () => {
  expect(await connect({ url: `${server.url}?sslmode=require` })).toMatch(/^historian\/tls: /);
});

it('refuses a server whose certificate is for another name', async () => {
  expect(await connect({ url: elsewhere.url, tls: { ca: authority.ca } })).toMatch(
    /^historian\/tls: .*127\.0\.0\.1.*192\.0\.2\.1/,
  );
  const byName = elsewhere.url.replace('127.0.0.1', 'localhost');
  expect(await connect({ url: byName, tls: { ca: authority.ca } })).toMatch(/^historian\/tls: .*localhost/);
});

it('is refused by the server when it speaks plainly', async () => {
  expect(await connect({ url: server.url })).toMatch(/^historian\/login-refused: .*no encryption/);
});

import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { startEmbeddedHistorian } from '../demo/embedded-historian.ts';

/** `postgres://user:password@host/database` of a server with TimescaleDB, on which databases may be made. */
const SERVER_URL = process.env['LINESIDE_HISTORIAN_URL'];

/** True where every client has a session of its own; the clients of the embedded historian share one. */
export const isNativeHistorian = SERVER_URL !== undefined;

interface TestHistorian {
  readonly url: string;
  close(): Promise<void>;
}

/** An empty database: embedded, or on the server that LINESIDE_HISTORIAN_URL names, where it is dropped at the end. */
export async function startTestHistorian(): Promise<TestHistorian> {
  if (SERVER_URL === undefined) return startEmbeddedHistorian();
  const admin = new Client({ connectionString: SERVER_URL });
  await admin.connect();
  const name = `lineside_test_${randomBytes(6).toString('hex')}`;
  await admin.query(`CREATE DATABASE ${name} TEMPLATE template0`);
  const url = new URL(SERVER_URL);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    async close() {
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.end();
    },
  };
}

import { Client } from 'pg';
import { expect, onTestFinished } from 'vitest';
import type { HistorianAddress } from '../historian/connection-options.ts';
import { type DatabaseLine, readRamp, startDatabaseLine } from './database-line.ts';
import type { PostgresServer } from './postgres-server.ts';

/** How long a state may take to be told; the longest pause between two tries is 30 s. */
export const TOLD_LIMIT = { timeout: 45_000, interval: 50 };

/** An administrator's session; the faults may end it too. */
export async function openAdmin(server: PostgresServer): Promise<Client> {
  const admin = new Client({ connectionString: server.url });
  admin.on('error', () => undefined);
  await admin.connect();
  onTestFinished(() => admin.end().catch(() => undefined));
  return admin;
}

/** A line with rows flowing into the empty tables of the server, until the test is over. */
export async function flowInto(
  server: PostgresServer,
  address: HistorianAddress = { url: server.url },
): Promise<DatabaseLine> {
  const admin = await openAdmin(server);
  await admin.query('TRUNCATE telemetry, telemetry_rejected, dirty_range');
  await admin.end();
  const line = await startDatabaseLine(address);
  onTestFinished(() => line.close());
  expect(line.states).toEqual(['online']);
  line.flow();
  await line.untilCommitted();
  return line;
}

/** The fault is over: STATE is online, and every row handed in until now is in the table exactly once. */
export async function expectAllThere(server: PostgresServer, line: DatabaseLine): Promise<void> {
  await line.untilCommitted();
  await line.untilState('online');
  expect(line.historian.state().phase).toBe('connected');
  const { rows, different, highest } = await readRamp(server.url);
  expect(highest).toBeGreaterThan(100);
  expect({ rows, different }).toEqual({ rows: highest, different: highest });
}

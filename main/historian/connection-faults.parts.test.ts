import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAllThere, flowInto, openAdmin, TOLD_LIMIT } from '../testing/database-faults.ts';
import { createPlainTelemetry } from '../testing/plain-telemetry.ts';
import { type PostgresServer, startPostgresServer } from '../testing/postgres-server.ts';

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgresServer();
  await createPlainTelemetry(server.url);
});

afterAll(() => server.close());

describe('a connection to the database', () => {
  it('that is killed in the middle of inserts costs nothing, ten times over', async () => {
    const admin = await openAdmin(server);
    const line = await flowInto(server);
    let killedCount = 0;
    while (killedCount < 10) {
      const { rowCount } = await admin.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE application_name = 'lineside' AND state = 'active' AND query LIKE '%INSERT INTO telemetry%'`,
      );
      killedCount += rowCount ?? 0;
    }
    await expectAllThere(server, line);
    expect(line.warnings.join('\n')).toMatch(
      /historian is away: (terminating connection due to administrator command \(SQLSTATE 57P01\)|Connection terminated)/,
    );
  });

  it.each(['fast', 'kill'] as const)(
    'of a server that is stopped (%s) and started comes back by itself',
    async (how) => {
      const line = await flowInto(server);
      await server.stop(how);
      await line.untilState('offline');
      expect(line.historian.state()).toMatchObject({ phase: 'away' });
      await expect
        .poll(() => line.historian.state(), TOLD_LIMIT)
        .toMatchObject({ code: 'historian/unreachable', text: expect.stringContaining('ECONNREFUSED') as string });
      await server.start();
      await expectAllThere(server, line);
      expect(line.states).toEqual(['online', 'offline', 'online']);
    },
  );

  it('of a server that is frozen is told as away before the statement is given up, and its rows are stored once', async () => {
    const line = await flowInto(server);
    server.freeze();
    await line.untilState('offline');
    await expect.poll(() => line.historian.state().phase, TOLD_LIMIT).toBe('away');
    expect(line.historian.state()).toMatchObject({ code: 'historian/unreachable' });
    expect(await line.historian.isReachable()).toBe(false);
    // The batch that was on its way then still is.
    expect(line.warnings.join('\n')).not.toContain('a batch cannot be committed');
    server.thaw();
    await expectAllThere(server, line);
    expect(line.warnings.join('\n')).not.toContain('a batch cannot be committed');
  });
});

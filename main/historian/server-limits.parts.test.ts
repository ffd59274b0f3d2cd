import { execFileSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { expectAllThere, flowInto, openAdmin, TOLD_LIMIT } from '../testing/database-faults.ts';
import { startDatabaseLine } from '../testing/database-line.ts';
import { createPlainTelemetry } from '../testing/plain-telemetry.ts';
import { type PostgresServer, startPostgresServer } from '../testing/postgres-server.ts';

const MAX_CONNECTIONS = 12;

let server: PostgresServer;

beforeAll(async () => {
  const config = [`max_connections = ${MAX_CONNECTIONS}`, 'deadlock_timeout = 100ms', 'max_wal_senders = 0'];
  server = await startPostgresServer({ config });
  await createPlainTelemetry(server.url);
});

afterAll(() => server.close());

describe('a database', () => {
  it('that ends our statement to break a deadlock gets the same rows again', async () => {
    const other = await openAdmin(server);
    const watcher = await openAdmin(server);
    await watcher.query('TRUNCATE telemetry');
    const line = await startDatabaseLine({ url: server.url });
    onTestFinished(() => line.close());
    const insert = (value: number): Promise<unknown> =>
      other.query(
        `INSERT INTO telemetry (time, machine_id, metric_name, value) VALUES ($1, 'plant/edge/filler', 'Ramp', $2)`,
        [new Date(line.timeOf(value)).toISOString(), value],
      );

    // The other session waits for ours as long as it takes, so ours is the one that is ended.
    await other.query(`SET deadlock_timeout = '1h'`);
    await other.query('BEGIN');
    await insert(100);
    line.handIn(100);
    const isWaiting = `SELECT 1 FROM pg_stat_activity WHERE application_name = 'lineside' AND wait_event_type = 'Lock'`;
    await expect.poll(async () => (await watcher.query(isWaiting)).rowCount, TOLD_LIMIT).toBe(1);
    await insert(1);
    await other.query('ROLLBACK');

    line.flow();
    await expectAllThere(server, line);
    expect(line.warnings).toEqual([expect.stringContaining('deadlock detected')]);
    expect(line.states).toEqual(['online']);
  });

  it('that has no connection left is told so, and used again when there is one', async () => {
    const admin = await openAdmin(server);
    const line = await flowInto(server);
    const others: Client[] = [];
    onTestFinished(() => Promise.all(others.map((other) => other.end())).then(() => undefined));
    // Ours are ended until others have taken every place.
    while (others.length < MAX_CONNECTIONS - 1) {
      await admin.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'lineside'`);
      const other = new Client({ connectionString: server.url });
      other.on('error', () => undefined);
      await other.connect().then(
        () => others.push(other),
        () => undefined,
      );
    }
    await line.untilState('offline');
    await expect
      .poll(() => line.historian.state(), TOLD_LIMIT)
      .toMatchObject({ phase: 'away', code: 'historian/too-many-connections' });
    await Promise.all(others.splice(0).map((other) => other.end()));
    await expectAllThere(server, line);
  });

  it('that only reads, as a standby does, is told so, and rows wait until it writes again', async () => {
    const admin = await openAdmin(server);
    const line = await flowInto(server);
    const restart = async (): Promise<void> => {
      await admin.query('SELECT pg_reload_conf()');
      await admin.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'lineside'`);
    };
    await admin.query('ALTER SYSTEM SET default_transaction_read_only = on');
    await restart();
    await line.untilState('offline');
    await expect
      .poll(() => line.historian.state(), TOLD_LIMIT)
      .toMatchObject({ phase: 'stale', code: 'historian/read-only', text: expect.stringContaining('25006') as string });
    await admin.query('SET default_transaction_read_only = off');
    await admin.query('ALTER SYSTEM RESET default_transaction_read_only');
    await restart();
    await expectAllThere(server, line);
  });

  it('that lets our statement wait for a lock longer than it may ends it, and takes the rows afterwards', async () => {
    const admin = await openAdmin(server);
    await admin.query(`ALTER ROLE postgres SET lock_timeout = '200ms'`);
    onTestFinished(async () => void (await admin.query('ALTER ROLE postgres RESET lock_timeout')));
    const line = await flowInto(server);
    await admin.query('BEGIN');
    await admin.query('LOCK TABLE telemetry IN ACCESS EXCLUSIVE MODE');
    await line.untilState('offline');
    expect(line.warnings.join('\n')).toContain('lock timeout');
    expect(line.historian.state().phase).toBe('connected');
    await admin.query('COMMIT');
    await expectAllThere(server, line);
  });

  // Only root may mount; a file system of its own is the only honest way to a full disk.
  const isRoot = process.getuid?.() === 0;
  it.skipIf(!isRoot)(
    `whose disk is full is told so, and takes the rows when there is space${isRoot ? '' : ' (skipped: it needs root)'}`,
    async () => {
      const disk = mountSmallDisk(server.makeFolder());
      onTestFinished(() => void disk.unmount());
      const admin = await openAdmin(server);
      await admin.query(`CREATE TABLESPACE small LOCATION '${disk.folder}/data'`);
      const move = async (to: string): Promise<void> => {
        await admin.query(
          `ALTER TABLE ALL IN TABLESPACE ${to === 'small' ? 'pg_default' : 'small'} SET TABLESPACE ${to}`,
        );
      };
      await move('small');
      const line = await flowInto(server);
      disk.fill();
      await line.untilState('offline');
      expect(line.historian.state()).toMatchObject({ phase: 'stale', code: 'historian/disk-full' });
      expect(await line.historian.isReachable()).toBe(true);
      expect(line.historian.state().phase).toBe('stale');
      disk.empty();
      await expectAllThere(server, line);
      expect(line.warnings.join('\n')).toContain('No space left on device');
      await move('pg_default');
      await admin.query('DROP TABLESPACE small');
    },
  );
});

const DISK_MEGABYTES = 32;

function mountSmallDisk(folder: string) {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MEGABYTES}m,mode=0755`, 'lineside-test', folder]);
  execFileSync('install', ['-d', '-o', 'postgres', '-m', '0700', join(folder, 'data')]);
  const filler = join(folder, 'filler');
  return {
    folder,
    /** Another program's file takes all the space. */
    fill(): void {
      const file = openSync(filler, 'w');
      const piece = new Uint8Array(64 * 1024);
      try {
        for (;;) writeSync(file, piece);
      } catch (error) {
        // Full is what was wanted.
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      } finally {
        closeSync(file);
      }
    },
    empty: () => rmSync(filler, { force: true }),
    unmount: () => execFileSync('umount', ['-l', folder]),
  };
}

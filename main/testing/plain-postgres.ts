import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { findFreePort } from './free-port.ts';
import type { TestCertificate } from './test-certificates.ts';

const DEBIAN_FOLDER = '/usr/lib/postgresql';
/** The server refuses to run as root. */
const DEBIAN_USER = 'postgres';

/** The tables that rows are stored in, without TimescaleDB: the same keys, and its one function that the statements use. */
const PLAIN_TABLES = `
  CREATE FUNCTION time_bucket(interval, timestamptz) RETURNS timestamptz IMMUTABLE LANGUAGE sql
    AS $$ SELECT date_bin($1, $2, timestamptz '2000-01-03 00:00:00+00') $$;
  CREATE TABLE telemetry (
    time timestamptz NOT NULL, machine_id text NOT NULL, metric_name text NOT NULL, value double precision,
    quality smallint NOT NULL DEFAULT 192, meta jsonb, is_historical boolean NOT NULL DEFAULT false,
    received_at timestamptz NOT NULL DEFAULT now(), UNIQUE (machine_id, metric_name, time));
  CREATE INDEX ON telemetry (machine_id, time DESC);
  CREATE INDEX ON telemetry (metric_name, time DESC);
  CREATE TABLE telemetry_rejected (
    telemetry_rejected_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "row" jsonb NOT NULL, reason text NOT NULL,
    at timestamptz NOT NULL DEFAULT now());
  CREATE TABLE dirty_range (
    machine_id text NOT NULL, range_start timestamptz NOT NULL, range_end timestamptz NOT NULL, row_count bigint NOT NULL,
    change_count integer NOT NULL DEFAULT 1, first_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (machine_id, range_start));`;

export interface PlainPostgres {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Where Debian's package has put the newest server; undefined when there is none. */
function findPostgres(): string | undefined {
  const versions = existsSync(DEBIAN_FOLDER) ? readdirSync(DEBIAN_FOLDER).map(Number) : [];
  const newest = Math.max(...versions);
  return newest > 0 ? join(DEBIAN_FOLDER, String(newest), 'bin') : undefined;
}

/**
 * Debian's PostgreSQL on 127.0.0.1 with the tables of a gateway, for what the embedded historian cannot show: sessions
 * of their own, statement timeouts, TLS. `tls` makes TLS the only way in. Nobody is asked for a password.
 */
export async function startPlainPostgres(options: { readonly tls?: TestCertificate } = {}): Promise<PlainPostgres> {
  const programs = findPostgres();
  if (programs === undefined) throw new Error('install the Debian package postgresql');
  const folder = mkdtempSync(join(tmpdir(), 'lineside-postgres-'));
  const data = join(folder, 'data');
  const user = findUser();
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const own = user ?? {};
  execFileSync(
    join(programs, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-N', '-E', 'UTF8', '--locale=C'],
    {
      ...own,
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  const port = await findFreePort();
  const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`];
  if (options.tls) settings.push(...writeTls(data, options.tls, user));
  const server = spawn(join(programs, 'postgres'), ['-D', data, ...settings.flatMap((one) => ['-c', one])], {
    ...own,
    cwd: folder,
    stdio: 'ignore',
  });
  await answers(folder, port);
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    port,
    async close() {
      const exited = once(server, 'exit');
      server.kill('SIGINT');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function findUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (option: string): number => Number(execFileSync('id', [option, DEBIAN_USER], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}

function writeTls(data: string, { cert, key }: TestCertificate, user: ReturnType<typeof findUser>): string[] {
  const keyFile = join(data, 'server.key');
  writeFileSync(join(data, 'server.crt'), cert);
  writeFileSync(keyFile, key);
  chmodSync(keyFile, 0o600);
  for (const name of ['server.key', 'server.crt']) if (user) chownSync(join(data, name), user.uid, user.gid);
  writeFileSync(join(data, 'pg_hba.conf'), 'local all all trust\nhostssl all all 127.0.0.1/32 trust\n');
  return ['ssl=on'];
}

/** Over the socket in the folder, which is open to us whatever the network demands. */
async function answers(folder: string, port: number): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const client = new Client({ host: folder, port, user: 'postgres', database: 'postgres' });
    try {
      await client.connect();
      await client.query(PLAIN_TABLES);
      await client.end();
      return;
    } catch (error) {
      await client.end().catch(() => undefined);
      if (attempt > 200) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

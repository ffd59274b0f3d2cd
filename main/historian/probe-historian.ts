import { connect } from 'node:net';
import { Pool, type PoolClient } from 'pg';
import type { ProbeStep } from '../../shared/domain/probe.ts';
import { type Clock, within } from '../platform/clock.ts';
import { EngineError, isEngineError } from '../platform/engine-error.ts';
import { describeConnectFailure } from './connect-failure.ts';
import { CONNECT_TIMEOUT_MS, type HistorianAddress, toHostAndPort, toPoolConfig } from './connection-options.ts';
import { type Migration, newestOf, readMigrations, readSchemaVersion, refuseNewer } from './migrate-schema.ts';

export interface HistorianProbeOptions extends HistorianAddress {
  readonly clock: Clock;
  /** Schema versions this program knows; its own by default. */
  readonly migrations?: readonly Migration[];
}

/**
 * Checks the way to the historian step by step: tcp, login, extension, schema. The first step that fails is
 * the last one. Changes nothing in the database. Never rejects.
 */
export async function probeHistorian(options: HistorianProbeOptions): Promise<ProbeStep[]> {
  const steps: ProbeStep[] = [];
  let pool: Pool | undefined;
  let client: PoolClient | undefined;
  let step = 'tcp';
  try {
    steps.push(await probeTcp(options));
    step = 'login';
    pool = new Pool({ ...toPoolConfig(options), max: 1 });
    // The connection may break between two steps; the next one then says so.
    pool.on('error', () => undefined);
    client = await pool.connect();
    client.on('error', () => undefined);
    steps.push(await probeLogin(client, options));
    step = 'extension';
    steps.push(await probeExtension(client));
    step = 'schema';
    steps.push(await probeSchema(client, options.migrations ?? readMigrations()));
  } catch (error) {
    steps.push(toFailedStep(step, error));
  } finally {
    client?.release(true);
    await pool?.end();
  }
  return steps;
}

async function probeTcp({ url, clock }: HistorianProbeOptions): Promise<ProbeStep> {
  const { host, port } = toHostAndPort(url);
  const startedMs = clock.monotonicMs();
  const socket = connect({ host, port });
  try {
    const opened = new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    await within(clock, CONNECT_TIMEOUT_MS, opened, () => {
      const text = `${host}:${port} does not answer within ${CONNECT_TIMEOUT_MS / 1_000} s`;
      return Object.assign(new Error(text), { code: 'ETIMEDOUT' });
    });
  } finally {
    socket.destroy();
  }
  return {
    step: 'tcp',
    ok: true,
    text: `${host}:${port} answers in ${Math.round(clock.monotonicMs() - startedMs)} ms`,
  };
}

async function probeLogin(client: PoolClient, options: HistorianProbeOptions): Promise<ProbeStep> {
  const { rows } = await client.query<{ user: string; database: string; version: string }>(
    `SELECT current_user AS "user", current_database() AS database, current_setting('server_version') AS version`,
  );
  const [seen] = rows;
  const way = toPoolConfig(options).ssl === undefined ? 'without TLS' : 'over TLS, certificate verified';
  return {
    step: 'login',
    ok: true,
    text: `logged in as ${seen?.user ?? '?'} to ${seen?.database ?? '?'} on PostgreSQL ${seen?.version ?? '?'}, ${way}`,
  };
}

async function probeExtension(client: PoolClient): Promise<ProbeStep> {
  const { rows } = await client.query<{ installed: string | null; available: string | null }>(
    `SELECT installed_version AS installed, default_version AS available
     FROM pg_available_extensions WHERE name = 'timescaledb'`,
  );
  const [extension] = rows;
  if (extension === undefined) {
    throw new EngineError('historian/no-timescaledb', 'the PostgreSQL server has no timescaledb extension');
  }
  const text =
    extension.installed === null
      ? `TimescaleDB ${extension.available ?? '?'} can be installed; the first start does it`
      : `TimescaleDB ${extension.installed} is installed`;
  return { step: 'extension', ok: true, text };
}

async function probeSchema(client: PoolClient, migrations: readonly Migration[]): Promise<ProbeStep> {
  const version = await readSchemaVersion(client);
  refuseNewer(version, migrations);
  const newest = newestOf(migrations);
  const text =
    version === newest
      ? `schema version ${version} is the one this program knows`
      : `schema version ${version}; the first start brings it to ${newest}`;
  return { step: 'schema', ok: true, text };
}

const NEXT_STEPS: Readonly<Record<string, string>> = {
  'historian/address': 'Correct historian.url in the site file.',
  'historian/no-timescaledb': 'Install TimescaleDB 2.20 or newer on the server, or name another server.',
  'historian/schema-newer': 'Update this Lineside to the version that made the schema; do not downgrade the database.',
};

function toFailedStep(step: string, error: unknown): ProbeStep {
  const failure = describeConnectFailure(error);
  const nextStep = isEngineError(error) ? NEXT_STEPS[error.code] : undefined;
  return { step, ok: false, code: failure.code, text: failure.text, nextStep: nextStep ?? failure.nextStep };
}

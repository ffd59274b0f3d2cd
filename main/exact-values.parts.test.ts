import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { SiteConfig } from '../shared/config/site.ts';
import { composeEngine } from './compose.ts';
import { type EmbeddedHistorian, startEmbeddedHistorian } from './demo/embedded-historian.ts';
import { Lifetime } from './platform/lifetime.ts';
import { silentLog } from './platform/log.ts';
import { type Mosquitto, startMosquitto } from './testing/mosquitto.ts';
import { VALUE_CASES, type ValueCase } from './testing/value-limits.ts';
import { startValueServer, VALUE_NAMESPACE, type ValueServer } from './testing/value-server.ts';

/** Odd, and legal: these names go through topics, births, keys and rows. */
const MACHINE = '$Presse 🏭 آلة';
const MACHINE_KEY = `S/$L/${MACHINE}`;
const FOLDER = 'a+b #c/آ 🏭';
const ROUNDS = Math.max(...VALUE_CASES.map(({ steps }) => steps.length));
const START_MS = Date.now() - 60_000;
const timeOf = (round: number): number => START_MS + round * 1_000;
const casesOf = (round: number): readonly ValueCase[] => VALUE_CASES.filter(({ steps }) => round < steps.length);

function siteOf(endpointUrl: string, broker: Mosquitto, historian: EmbeddedHistorian): SiteConfig {
  return SiteConfig.parse({
    site: { enterprise: 'Acme', site: 'S', area: 'A', line: 'L', timeZone: 'UTC' },
    sparkplug: { groupId: 'S', edgeNodeId: '$L', keepAliveS: 5 },
    brokers: [{ url: broker.url }],
    samplingClasses: { normal: { samplingIntervalMs: 0, queueSize: 100 } },
    opcuaServers: [
      {
        id: 'values',
        endpointUrl,
        securityMode: 'None',
        securityPolicy: 'None',
        identity: { type: 'anonymous' },
        publishingIntervalMs: 50,
      },
    ],
    machines: [
      {
        id: MACHINE,
        server: 'values',
        tags: VALUE_CASES.map(({ name, datatype }) => ({
          node: `nsu=${VALUE_NAMESPACE};s=${name}`,
          metric: `${FOLDER}/${name}`,
          datatype,
        })),
      },
    ],
    historian: { url: historian.url },
  });
}

describe('values from a real server to the rows of a real historian', () => {
  const lifetime = new Lifetime();
  let server: ValueServer;
  let client: Client;

  const countOf = async (round: number): Promise<number> => {
    const text = `SELECT count(*)::int AS count FROM telemetry WHERE machine_id = $1 AND time = to_timestamp($2::float8 / 1000)`;
    // Until the first row there is no table.
    const found = await client.query<{ count: number }>(text, [MACHINE_KEY, timeOf(round)]).catch(() => ({ rows: [] }));
    return found.rows[0]?.count ?? 0;
  };

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lineside-values-'));
    lifetime.own('folder', () => rm(folder, { recursive: true, force: true }));
    const [historian, broker] = await Promise.all([startEmbeddedHistorian(), startMosquitto()]);
    lifetime.own('historian', () => historian.close());
    lifetime.own('broker', () => broker.close());
    server = await startValueServer(VALUE_CASES);
    lifetime.own('server', () => server.close());
    client = new Client({ connectionString: historian.url });
    await client.connect();
    lifetime.own('client', () => client.end());
    const site = siteOf(server.endpointUrl, broker, historian);
    const options = { siteFile: join(folder, 'site.yaml'), dataFolder: folder, isDemo: false, log: silentLog };
    const engine = await composeEngine({ ...options, site, logFd: 2 });
    lifetime.own('engine', () => engine.stop());
    for (const { name, steps } of casesOf(0)) server.set(name, steps[0]?.[0], timeOf(0));
    await engine.start();
    // The first round comes with births, the later ones as data; each waits for the one before.
    for (let round = 0; round < ROUNDS; round += 1) {
      if (round > 0) for (const { name, steps } of casesOf(round)) server.set(name, steps[round]?.[0], timeOf(round));
      const wanted = casesOf(round).length;
      await vi.waitFor(async () => expect(await countOf(round)).toBe(wanted), { timeout: 30_000, interval: 50 });
    }
  }, 120_000);
  afterAll(() => lifetime.end());

  it.each(VALUE_CASES)('$name of $datatype arrives as it was', async ({ name, steps }) => {
    const { rows } = await client.query<{ value: number | null; quality: number; meta: unknown }>(
      `SELECT value, quality, meta FROM telemetry WHERE machine_id = $1 AND metric_name = $2 ORDER BY time`,
      [MACHINE_KEY, `${FOLDER}/${name}`],
    );
    expect(rows.map(({ value, meta }) => ({ value, meta }))).toStrictEqual(
      steps.map(([, value, meta]) => ({ value, meta })),
    );
    const isRefused = steps[0]?.[2] !== null && 'statusCode' in (steps[0]?.[2] ?? {});
    expect(rows.map(({ quality }) => quality)).toEqual(steps.map(() => (isRefused ? 0 : 192)));
  });
});

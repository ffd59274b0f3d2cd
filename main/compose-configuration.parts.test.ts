import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HistorianConfig } from '../shared/config/historian.ts';
import type { SiteConfig } from '../shared/config/site.ts';
import {
  configurationFile,
  openConfiguration,
  openExistingConfiguration,
  recordSite,
} from './compose-configuration.ts';
import { composeIngest } from './compose-ingest.ts';
import { readSiteFile } from './config/read-site-file.ts';
import { type Clock, systemClock } from './platform/clock.ts';
import { Lifetime } from './platform/lifetime.ts';
import { type Log, silentLog } from './platform/log.ts';
import { startMosquitto } from './testing/mosquitto.ts';
import { startTestHistorian } from './testing/test-historian.ts';

const DEMO_SITE = fileURLToPath(new URL('../resources/sites/demo.yaml', import.meta.url));
const BY = { who: 'anna', atMs: Date.UTC(2026, 0, 5), source: 'file' } as const;
const LIMIT = { timeout: 30_000, interval: 50 };
/** Looks a hundred times as often whether the configuration has changed. */
const fastClock: Clock = { ...systemClock, every: (periodMs, action) => systemClock.every(periodMs / 100, action) };

let lifetime: Lifetime;
let folder: string;
let site: SiteConfig;

beforeEach(async () => {
  lifetime = new Lifetime();
  folder = await mkdtemp(join(tmpdir(), 'lineside-configuration-'));
  lifetime.own('folder', () => rm(folder, { recursive: true, force: true }));
  site = await readSiteFile(DEMO_SITE);
});
afterEach(() => lifetime.end());

it('brings lines, machines and reasons into the historian when it is ready, and what changes after it', async () => {
  const broker = await startMosquitto();
  lifetime.own('broker', () => broker.close());
  const historian = await startTestHistorian();
  lifetime.own('historian', () => historian.close());
  const admin = new Client({ connectionString: historian.url });
  await admin.connect();
  lifetime.own('admin', () => admin.end());
  recordSite(folder, site, BY, silentLog);
  const url = new URL(historian.url);
  const password = url.password === '' ? undefined : decodeURIComponent(url.password);
  url.password = '';
  const ingest = composeIngest(
    {
      site: { ...site, brokers: [{ url: broker.url }] },
      siteFile: join(folder, 'site.yaml'),
      historian: HistorianConfig.parse({ url: url.href }),
      historianPassword: password,
      historianTls: undefined,
      settingFile: join(folder, 'host.json'),
      configurationFile: configurationFile(folder),
      logFd: 2,
    },
    silentLog,
    fastClock,
  );
  lifetime.own('ingest', () => ingest.stop());
  await ingest.start();
  const read = async (sql: string): Promise<unknown[]> => {
    // Before the migrations have run there is no such table.
    const { rows } = await admin.query<unknown[]>({ text: sql, rowMode: 'array' }).catch(() => ({ rows: [] }));
    return rows.flat();
  };
  const { groupId, edgeNodeId } = site.sparkplug;
  const machineIds = site.machines.map(({ id }) => `${groupId}/${edgeNodeId}/${id}`).sort();
  const inForce = 'SELECT machine_id FROM machine WHERE retired_at IS NULL ORDER BY machine_id COLLATE "C"';
  await expect.poll(() => read(inForce), LIMIT).toEqual(machineIds);
  expect(await read('SELECT line_id, name FROM line')).toEqual([`${groupId}/${edgeNodeId}`, site.site.line]);

  const [first, ...others] = site.machines;
  recordSite(folder, { ...site, machines: others }, { ...BY, atMs: BY.atMs + 60_000 }, silentLog);
  const store = openExistingConfiguration(folder);
  store.retireReason('jam', BY.atMs);
  store.close();
  const gone = `${groupId}/${edgeNodeId}/${first?.id ?? ''}`;
  await expect.poll(() => read(inForce), LIMIT).toEqual(machineIds.filter((machineId) => machineId !== gone));
  expect(await read('SELECT machine_id, retired_at FROM machine WHERE retired_at IS NOT NULL')).toEqual([
    gone,
    new Date(BY.atMs + 60_000),
  ]);
  await expect.poll(() => read('SELECT reason_id FROM reason WHERE retired_at IS NOT NULL'), LIMIT).toEqual(['jam']);
});

describe('recording the site of a gateway', () => {
  let told: unknown[];
  const log: Log = { ...silentLog, error: (_text, facts) => void told.push(facts?.['code']) };
  beforeEach(() => {
    told = [];
  });

  it('tells of a configuration that is damaged, and lets the gateway run', async () => {
    await writeFile(configurationFile(folder), 'this is no database, whatever its name says'.repeat(100));
    recordSite(folder, site, BY, log);
    expect(told).toEqual(['config/store-damaged']);
  });

  it('lets no older program run on the configuration of a newer one', () => {
    openConfiguration(configurationFile(folder)).close();
    const db = new Database(configurationFile(folder));
    db.pragma('user_version = 99');
    db.close();
    expect(() => recordSite(folder, site, BY, log)).toThrow(expect.objectContaining({ code: 'config/store-newer' }));
  });
});

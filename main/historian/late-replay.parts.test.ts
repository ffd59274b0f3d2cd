import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { TelemetryRow } from '../../shared/domain/telemetry-row.ts';
import { systemClock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import { startTestHistorian } from '../testing/test-historian.ts';
import { type Historian, openHistorian } from './open-historian.ts';
import type { DirtyPatience, RevisedRange } from './refresh-dirty.ts';

const HOUR_MS = 3_600_000;
const START_MS = (Math.floor(systemClock.nowMs() / HOUR_MS) - 30) * HOUR_MS;
const PATIENCE: DirtyPatience = { quietMs: 30_000, longestMs: 600_000 };

let server: Awaited<ReturnType<typeof startTestHistorian>>;
let historian: Historian;
let admin: Client;
let told: RevisedRange[] = [];
let offsetMs = 0;

/** One row that no commit has brought yet. */
async function replay(machineId: string, hour = 0): Promise<void> {
  offsetMs += 1;
  const timeMs = START_MS + hour * HOUR_MS + offsetMs;
  const row: TelemetryRow = {
    timeMs,
    machineId,
    metricName: 'Temperature',
    value: 1,
    quality: 192,
    meta: null,
    isHistorical: true,
    receivedAtMs: timeMs,
  };
  await historian.insert([row]);
}

/** Time that passes for what is dirty. */
const age = (seconds: number): Promise<unknown> =>
  admin.query('UPDATE dirty_range SET changed_at = changed_at - $1::interval, first_at = first_at - $1::interval', [
    `${seconds} s`,
  ]);

async function revised(): Promise<[machineId: string, rowCount: number][]> {
  told = [];
  await historian.maintain(PATIENCE);
  return told.map(({ machineId, rowCount }) => [machineId, rowCount]);
}

beforeAll(async () => {
  server = await startTestHistorian();
  admin = new Client({ connectionString: server.url });
  await admin.connect();
  historian = openHistorian({ url: server.url, maxConnections: 2, clock: systemClock, log: silentLog });
  historian.onRevised((ranges) => told.push(...ranges));
  await historian.migrate();
  await historian.maintain();
}, 60_000);

beforeEach(() => admin.query('DELETE FROM dirty_range'));

afterAll(async () => {
  await historian.close();
  await admin.end();
  await server.close();
});

it('waits until the hour is quiet', async () => {
  await replay('a');
  expect(await revised()).toEqual([]);
  await age(20);
  await replay('a');
  await age(20);
  expect(await revised()).toEqual([]);
  await age(11);
  expect(await revised()).toEqual([['a', 2]]);
  expect(await revised()).toEqual([]);
});

it('waits for all machines of an hour, which a refresh computes anew together, but not for those of other hours', async () => {
  await replay('quiet');
  await replay('elsewhere', 5);
  await age(60);
  await replay('busy');
  expect(await revised()).toEqual([['elsewhere', 1]]);
  await age(31);
  expect((await revised()).toSorted()).toEqual([
    ['busy', 1],
    ['quiet', 1],
  ]);
});

it('does not wait for ever: an hour that never gets quiet is refreshed every ten minutes', async () => {
  const revisions: number[] = [];
  for (let minute = 1; minute <= 25; minute++) {
    await replay('busy');
    await age(60);
    await replay('busy');
    if ((await revised()).length > 0) revisions.push(minute);
  }
  expect(revisions).toEqual([10, 20]);
});

it('refreshes at once when a person asks', async () => {
  await replay('a');
  told = [];
  await historian.maintain();
  expect(told).toHaveLength(1);
});

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { Gateway } from '../fixtures/gateway.ts';
import { expect, test } from '../fixtures/line.ts';
import { query } from '../fixtures/telemetry.ts';

test('SIGTERM ends the service within 5 s: NDEATH, STATE offline, exit 0', async ({ line }) => {
  const listener = await connectAsync(line.broker.url);
  const heard: { topic: string; text: string }[] = [];
  listener.on('message', (topic, payload) => heard.push({ topic, text: payload.toString() }));
  await listener.subscribeAsync('spBv1.0/#');

  const gateway = Gateway.start(line.plant.siteFile, join(line.folder, 'gateway'));
  await expect.poll(() => heard.some(({ topic }) => topic.startsWith('spBv1.0/SITE01/DDATA/'))).toBe(true);
  const firstOf = (type: string): number => heard.findIndex(({ topic }) => topic.includes(`/${type}/`));
  expect(firstOf('NBIRTH')).toBeGreaterThanOrEqual(0);
  expect(firstOf('NBIRTH')).toBeLessThan(firstOf('DBIRTH'));
  expect(firstOf('DBIRTH')).toBeLessThan(firstOf('DDATA'));

  const { exitCode, tookMs } = await gateway.stop();
  expect(exitCode).toBe(0);
  expect(tookMs).toBeLessThan(5_000);
  await expect.poll(() => heard.some(({ topic }) => topic === 'spBv1.0/SITE01/NDEATH/LINE01')).toBe(true);
  const states = heard
    .filter(({ topic }) => topic === 'spBv1.0/STATE/lineside')
    .map(({ text }) => JSON.parse(text) as object);
  expect(states.at(-1)).toMatchObject({ online: false });
  await listener.endAsync();
});

test('every metric of every machine lands in the hypertable with its quality', async ({ line }) => {
  const gateway = Gateway.start(line.plant.siteFile, join(line.folder, 'gateway'));
  const readMetrics = () =>
    query<{ machine_id: string; n: string }>(
      line.plant.historianUrl,
      `SELECT machine_id, count(DISTINCT metric_name) AS n FROM telemetry
        WHERE quality = 192 AND metric_name NOT LIKE 'Load/%' GROUP BY machine_id ORDER BY machine_id`,
    ).catch(() => []);
  await expect
    .poll(readMetrics, { timeout: 60_000 })
    .toEqual(
      ['Capper', 'Filler', 'Labeller', 'Palletiser'].map((id) => ({ machine_id: `SITE01/LINE01/${id}`, n: '12' })),
    );
  await gateway.stop();
});

test('a second gateway on one data folder is refused with exit code 3', async ({ line }) => {
  const dataFolder = join(line.folder, 'gateway');
  const first = Gateway.start(line.plant.siteFile, dataFolder);
  await first.untilLogged('engine runs');
  const second = await Gateway.start(line.plant.siteFile, dataFolder).refusal();
  expect(second).toMatchObject({ code: 'store-and-forward/folder-in-use', exitCode: 3 });
  await first.stop();
});

test('a wrong site file is refused with its line and exit code 2', async ({ line }) => {
  const siteFile = join(line.folder, 'wrong.yaml');
  await writeFile(siteFile, 'site: 5\nbrokers: []\n');
  const refused = await Gateway.start(siteFile, join(line.folder, 'gateway')).refusal();
  expect(refused).toMatchObject({ code: 'config/invalid', exitCode: 2 });
  expect(refused.error).toContain('wrong.yaml:1:7 site:');
});

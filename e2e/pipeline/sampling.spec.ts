import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Gateway } from '../fixtures/gateway.ts';
import { expect, test } from '../fixtures/line.ts';
import { untilStored } from '../fixtures/ramps.ts';
import { ServerDiagnostics } from '../fixtures/server-diagnostics.ts';
import { readStatus } from '../fixtures/status-command.ts';
import { readRamps } from '../fixtures/telemetry.ts';

/** Of the twenty ramps, which count ten times a second, these report every change and are exempt. */
const EXEMPT_RAMPS = 2;
const EXEMPT_PER_S = 10 * EXEMPT_RAMPS;
const MEASURED_MS = 6_000;
/** The demo's five numbers, but looked at often: the test need not wait for ten seconds twice. */
const FAST = { checkIntervalMs: 200, transitionDelayMs: 500 };

/** The plant's site with the ramps sampled at 250 ms, but for the exempt ones. */
async function writeSite(plantSiteFile: string, folder: string): Promise<string> {
  const site = (await readFile(plantSiteFile, 'utf8'))
    .replace(/(checkIntervalMs: )\d+/, `$1${FAST.checkIntervalMs}`)
    .replace(/(transitionDelayMs: )\d+/, `$1${FAST.transitionDelayMs}`)
    .replace(/(s=Load\.(\d{4})[^]*?sampling: )event/g, (whole, start: string, index: string) =>
      Number(index) > EXEMPT_RAMPS ? `${start}normal` : whole,
    );
  const siteFile = join(folder, 'sampling-site.yaml');
  await writeFile(siteFile, site);
  return siteFile;
}

test('a full queue slows the sampling at the server and an empty one restores it, in the same subscription', async ({
  line,
}) => {
  const dataFolder = join(line.folder, 'gateway');
  const gateway = Gateway.start(await writeSite(line.plant.siteFile, line.folder), dataFolder);
  await gateway.untilLogged('engine runs');
  await expect.poll(async () => (await readStatus(dataFolder)).exitCode, { timeout: 60_000 }).toBe(0);
  const server = await ServerDiagnostics.connect(line.plant.endpointUrl, line.folder);
  const subscriptions = await server.subscriptions();
  const everMade = await server.subscriptionsEverMade();
  const identity = subscriptions.map(({ subscriptionId, monitoredItemCount }) => [subscriptionId, monitoredItemCount]);
  expect(subscriptions).toHaveLength(1);
  const normalPerS = await server.changesPerS(MEASURED_MS);
  expect(normalPerS).toBeGreaterThan(2 * EXEMPT_PER_S);

  await line.broker.takeAway();
  await gateway.untilLogged('sampling is slowed');
  await gateway.untilLogged('the servers have answered to the new sampling');
  const slowPerS = await server.changesPerS(MEASURED_MS);
  expect(slowPerS - EXEMPT_PER_S, 'tags that are not exempt, eight times slower').toBeLessThan(
    (normalPerS - EXEMPT_PER_S) / 3,
  );
  expect(slowPerS, 'exempt tags go on').toBeGreaterThan(EXEMPT_PER_S * 0.8);

  await expect.poll(async () => (await readStatus(dataFolder)).snapshot?.sampling.phase).toBe('slow');
  const slow = await readStatus(dataFolder);
  expect(slow.exitCode).toBe(1);
  const sampling = slow.snapshot!.sampling;
  expect(sampling.servers).toMatchObject([{ phase: 'slow', refusedCount: 0, reason: null }]);
  expect(sampling.slowedTagCount + sampling.exemptTagCount).toBe(sampling.tagCount);
  expect(sampling.changes.at(-1)!.waitingRows).toBeGreaterThan(1_000);
  // From 250 ms to 2,000 ms: 3.5 samples a second and tag.
  const { slowMs, samplesNotTakenAtMost } = sampling.total;
  expect(samplesNotTakenAtMost).toBeGreaterThan(0);
  expect(samplesNotTakenAtMost).toBeLessThanOrEqual((slowMs / 1_000) * 3.5 * sampling.slowedTagCount * 1.001);
  const metrics = await readFile(join(dataFolder, 'metrics.prom'), 'utf8');
  expect(metrics).toMatch(/^lineside_sampling_slow\{[^}]*\} 1$/m);

  await line.broker.bringBack();
  await gateway.untilLogged('sampling is back to normal');
  await gateway.untilLogged('the servers have answered to the new sampling');
  await expect
    .poll(() => server.changesPerS(MEASURED_MS), { message: 'back to the normal rate', timeout: 60_000 })
    .toBeGreaterThan(normalPerS * 0.7);

  const after = await server.subscriptions();
  expect(after.map(({ subscriptionId, monitoredItemCount }) => [subscriptionId, monitoredItemCount])).toEqual(identity);
  expect(await server.subscriptionsEverMade(), 'no subscription was made anew').toBe(everMade);
  await server.close();

  await line.plant.stopLoad();
  await untilStored(line.plant, 60_000);
  const ramps = await readRamps(line.plant.historianUrl);
  for (let index = 1; index <= EXEMPT_RAMPS; index++) {
    const { missing, twice } = ramps[`Load/000${index}`]!;
    expect({ missing, twice }, 'an exempt tag lost no change').toEqual({ missing: [], twice: [] });
  }
  expect((await gateway.stop()).exitCode).toBe(0);
});

test('the status tells a gateway that runs from one that was stopped and one that was killed', async ({ line }) => {
  const dataFolder = join(line.folder, 'gateway');
  expect(await readStatus(dataFolder)).toMatchObject({ phase: 'absent', exitCode: 3 });
  const gateway = Gateway.start(line.plant.siteFile, dataFolder);
  await expect.poll(async () => (await readStatus(dataFolder)).exitCode, { timeout: 60_000 }).toBe(0);
  await gateway.stop();
  expect(await readStatus(dataFolder)).toMatchObject({ phase: 'stopped', exitCode: 3 });
  const again = Gateway.start(line.plant.siteFile, dataFolder);
  await expect.poll(async () => (await readStatus(dataFolder)).phase, { timeout: 60_000 }).toBe('running');
  await again.kill();
  expect(await readStatus(dataFolder)).toMatchObject({ phase: 'gone', exitCode: 3 });
});

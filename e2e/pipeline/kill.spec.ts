import { join } from 'node:path';
import { Gateway } from '../fixtures/gateway.ts';
import { expect, RAMP_COUNT, test } from '../fixtures/line.ts';
import { expectEveryRampValueOnce } from '../fixtures/ramps.ts';
import { readRamps } from '../fixtures/telemetry.ts';

/** Moments after "engine runs", seeded by hand: while connecting, while born, in the middle of a replay. */
const KILL_AFTER_MS = [150, 2_300, 900, 4_100];

// What the line produced while no gateway ran is read from the server's history at the next start, so nothing
// may be missing between the first value ever seen and the last.
test('a gateway killed at any moment has stored everything it accepted, once', async ({ line }) => {
  const dataFolder = join(line.folder, 'gateway');
  for (const killAfterMs of KILL_AFTER_MS) {
    const gateway = Gateway.start(line.plant.siteFile, dataFolder);
    await gateway.untilLogged('engine runs');
    await new Promise((resolve) => setTimeout(resolve, killAfterMs));
    await gateway.kill();
  }
  const gateway = Gateway.start(line.plant.siteFile, dataFolder);
  await expect
    .poll(async () => Object.keys(await readRamps(line.plant.historianUrl)).length, { timeout: 60_000 })
    .toBe(RAMP_COUNT);
  await expectEveryRampValueOnce(line.plant);
  expect((await gateway.stop()).exitCode).toBe(0);
});

import { join } from 'node:path';
import { BadNetwork } from '../fixtures/bad-network.ts';
import { BrokerEar } from '../fixtures/broker-ear.ts';
import { Gateway } from '../fixtures/gateway.ts';
import { expect, test } from '../fixtures/line.ts';
import { expectEveryRampValueOnce, untilStored } from '../fixtures/ramps.ts';
import { changeSite } from '../fixtures/site-file.ts';

/** Short, so that a dead connection is noticed within 6 s. */
const KEEP_ALIVE_S = 4;
const START_LIMIT_MS = 45_000;
/** When a fault is over, values flow again within this with no one's help (reliability guide, G6). */
const RECOVERY_LIMIT_MS = 30_000;

/** The length of a fault: nothing can be awaited that takes its place. */
const lasts = (durationMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, durationMs));

type Line = Parameters<Parameters<typeof test>[2]>[0]['line'];

async function startGateway(line: Line, urls: Readonly<Record<string, string>> = {}, keepAliveS = KEEP_ALIVE_S) {
  const siteFile = await changeSite(line.plant, line.folder, { keepAliveS, urls });
  const start = (): Gateway => Gateway.start(siteFile, join(line.folder, 'gateway'));
  const gateway = start();
  await untilStored(line.plant, START_LIMIT_MS);
  return { gateway, start };
}

/** The fault is over: values flow again, nothing is missing or twice, and the service still ends in order. */
async function expectNothingLost(line: Line, gateway: Gateway): Promise<void> {
  await untilStored(line.plant, RECOVERY_LIMIT_MS);
  await expectEveryRampValueOnce(line.plant);
  const { exitCode, tookMs } = await gateway.stop();
  expect(exitCode).toBe(0);
  expect(tookMs).toBeLessThan(5_000);
}

test('a broker that hangs for 25 s is noticed within 1.5 keep-alive times and costs nothing', async ({ line }) => {
  const { gateway } = await startGateway(line);
  line.broker.pause();
  const sinceMs = performance.now();
  await gateway.untilLogged('the connection to the broker is lost', { stage: 'edge-node' });
  expect(performance.now() - sinceMs).toBeLessThan(1_500 * KEEP_ALIVE_S);
  await lasts(25_000 - (performance.now() - sinceMs));
  line.broker.resume();
  await expectNothingLost(line, gateway);
});

test('a broker that hangs for 11 s unnoticed by the keep-alive costs nothing', async ({ line }) => {
  const { gateway } = await startGateway(line, {}, 60);
  line.broker.pause();
  await lasts(11_000);
  line.broker.resume();
  await expectNothingLost(line, gateway);
});

test('a broker that dies three times in short order costs nothing', async ({ line }) => {
  const { gateway } = await startGateway(line);
  for (const upMs of [300, 1_500, 4_000]) {
    await line.broker.takeAway();
    await lasts(1_000);
    await line.broker.bringBack();
    await lasts(upMs);
  }
  await expectNothingLost(line, gateway);
});

test('a historian that is away for 15 s makes STATE offline; everything kept is stored afterwards', async ({
  line,
}) => {
  const network = await BadNetwork.before(line.plant.historianUrl);
  const ear = await BrokerEar.listen(line.broker.url);
  const { historianUrl } = line.plant;
  const { gateway } = await startGateway(line, { [historianUrl]: network.through(historianUrl) });
  expect(ear.isHostOnline()).toBe(true);

  network.cut();
  const sinceMs = performance.now();
  await expect.poll(() => ear.isHostOnline(), { timeout: 10_000, intervals: [100] }).toBe(false);
  await lasts(15_000 - (performance.now() - sinceMs));
  expect(ear.isHostOnline()).toBe(false);
  network.mend();
  await expect.poll(() => ear.isHostOnline(), { timeout: 15_000, intervals: [100] }).toBe(true);
  await expectNothingLost(line, gateway);
  await ear.close();
  await network.close();
});

test('a server that answers nothing for 12 s is noticed; its session goes on when it answers again', async ({
  line,
}) => {
  const { gateway } = await startGateway(line);
  await line.plant.command({ kind: 'server-pause', durationS: 12 });
  await gateway.untilLogged('connection lost', { stage: 'opcua.line', code: 'opcua/silent' });
  await gateway.untilLogged('connected', { stage: 'opcua.line' });
  await expectNothingLost(line, gateway);
});

test('a road to the broker that is reset every second for 10 s costs nothing', async ({ line }) => {
  const network = await BadNetwork.before(line.broker.url);
  const { gateway } = await startGateway(line, { [line.broker.url]: network.through(line.broker.url) });
  for (let second = 0; second < 10; second++) {
    network.reset();
    await lasts(1_000);
  }
  await expectNothingLost(line, gateway);
  await network.close();
});

test('a gateway killed with a backlog while the broker is away sends it all when both are back', async ({ line }) => {
  const { gateway, start } = await startGateway(line);
  await line.broker.takeAway();
  // More than 1,000 rows wait: a backlog that only the file remembers.
  await gateway.untilLogged('sampling is slowed');
  await gateway.kill();
  const again = start();
  await again.untilLogged('history is read', { stage: 'opcua.line' });
  await line.broker.bringBack();
  await expectNothingLost(line, again);
});

test('a gateway killed while its server is away reads the whole gap from the history, not only since the kill', async ({
  line,
}) => {
  const { endpointUrl } = line.plant;
  const network = await BadNetwork.before(endpointUrl);
  const { gateway, start } = await startGateway(line, { [endpointUrl]: network.through(endpointUrl) });
  network.cut();
  await gateway.untilLogged('away', { stage: 'opcua.line' });
  await lasts(6_000);
  await gateway.kill();
  const again = start();
  await again.untilLogged('engine runs');
  network.mend();
  await expectNothingLost(line, again);
  await network.close();
});

test('a gateway killed again before it has read the history still reads the whole gap at the third start', async ({
  line,
}) => {
  const { gateway, start } = await startGateway(line);
  await gateway.kill();
  await lasts(5_000);
  const again = start();
  await again.untilLogged('engine runs');
  await again.kill();
  await expectNothingLost(line, start());
});

test('SIGTERM ends the service within 5 s while broker, historian and server hang; the next start brings it all', async ({
  line,
}) => {
  const { historianUrl } = line.plant;
  const network = await BadNetwork.before(historianUrl);
  const { gateway, start } = await startGateway(line, { [historianUrl]: network.through(historianUrl) });
  await line.plant.command({ kind: 'server-pause', durationS: 8 });
  line.broker.pause();
  network.cut();
  await lasts(2_000);
  const { exitCode, tookMs } = await gateway.stop();
  expect(exitCode).toBe(0);
  expect(tookMs).toBeLessThan(5_000);
  line.broker.resume();
  network.mend();
  await expectNothingLost(line, start());
  await network.close();
});

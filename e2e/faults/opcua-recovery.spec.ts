import type { ServerSnapshot } from '../../shared/domain/engine-snapshot.ts';
import { BadNetwork } from '../fixtures/bad-network.ts';
import type { Gateway } from '../fixtures/gateway.ts';
import { expect, RAMP_COUNT } from '../fixtures/line.ts';
import { RampServer } from '../fixtures/ramp-server.ts';
import { readStatus } from '../fixtures/status-command.ts';
import { readRamps } from '../fixtures/telemetry.ts';
import { fault } from './fault.ts';
import type { FaultRun } from './fault-run.ts';
import { startRamps } from './ramp-run.ts';

/** Long enough for several messages of the server (publishing interval 250 ms) to be lost on the road. */
const SWALLOWED_MS = 2_000;
const AWAY_MS = 3_000;
/** Publishing interval, group commit and sending are over. */
const TOLD_MS = 2_000;

/** A server that refuses something, behind a road that can be broken, and a gateway that watches it. */
async function startRefusing(
  run: FaultRun,
  face: Parameters<typeof RampServer.start>[2],
): Promise<{ server: RampServer; network: BadNetwork; gateway: Gateway }> {
  const { folder, plant, own } = run.line;
  const server = await RampServer.start(folder, plant.historianUrl, face);
  own(() => server.close());
  const network = await BadNetwork.before(server.endpointUrl);
  own(() => network.close());
  const { gateway } = await startRamps(run, {
    server,
    change: (text) => text.replace(server.endpointUrl, network.through(server.endpointUrl)),
  });
  return { server, network, gateway };
}

/** Messages are lost on a connection that then breaks: what Republish is for. */
async function loseMessages(run: FaultRun, network: BadNetwork): Promise<void> {
  network.swallow();
  await run.lasts(SWALLOWED_MS);
  network.cut();
  await run.lasts(AWAY_MS);
  network.mend();
  run.over();
}

/** What the gateway itself says of the ramp server. */
async function readServer(run: FaultRun): Promise<ServerSnapshot> {
  const { snapshot } = await readStatus(run.dataFolder);
  const server = snapshot?.servers.find(({ serverId }) => serverId === 'ramps');
  if (server === undefined) throw new Error('the status of the gateway has no server "ramps"');
  return server;
}

/** Values missing between others, once the load has ended and everything told is stored. */
async function countMissing(run: FaultRun, server: RampServer): Promise<{ holes: number; values: number }> {
  await server.stopLoad();
  await run.recover();
  await run.lasts(TOLD_MS);
  const ramps = Object.values(await readRamps(run.line.plant.historianUrl));
  const missing = ramps.map((ramp) => ramp.missing);
  const holes = missing.map((values) => values.filter((value, index) => value !== (values[index - 1] ?? 0) + 1).length);
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
  return { holes: sum(holes), values: sum(missing.map(({ length }) => length)) };
}

for (const hasHistory of [true, false]) {
  fault(
    {
      number: 28,
      title: `messages that a server ${hasHistory ? 'with' : 'without'} history cannot say again are ${hasHistory ? 'read from the history' : 'a counted gap, and values go on'}`,
      injection: `messages swallowed for 2 s, connection reset and refused for 3 s, every Republish answered with BadMessageNotAvailable, server ${hasHistory ? 'with' : 'without'} history`,
      isFast: true,
    },
    async (run) => {
      const { server, network, gateway } = await startRefusing(run, { hasHistory, refuses: ['republish'] });
      await loseMessages(run, network);
      await run.recover();
      await expect.poll(async () => (await readServer(run)).recovery.gapCount).toBeGreaterThan(0);
      await server.produced();
      expect(server.refusedCount).toBeGreaterThan(0);
      const { recovery } = await readServer(run);
      run.note(`${server.refusedCount} refused, gaps counted: ${recovery.gapCount}, session and subscription kept`);
      expect(recovery).toMatchObject({ republishedCount: 0, newSubscriptionCount: 0, newSessionCount: 0 });
      if (hasHistory) {
        await run.settle(gateway);
        return;
      }
      const { values, holes } = await countMissing(run, server);
      expect(values).toBeGreaterThan(0);
      // Each counted gap may be a hole in each ramp, and there is no other.
      expect(holes).toBeLessThanOrEqual(recovery.gapCount * RAMP_COUNT);
      run.note(`${values} values lost on the road that only the server knew, inside the gaps it counted`);
      await run.settle(gateway, { sourceOverflow: values });
    },
  );
}

fault(
  {
    number: 29,
    title: 'a subscription that is not transferred to the new session is made anew, and the gap read from the history',
    injection:
      'road cut for 3 s, session closed at the server meanwhile, TransferSubscriptions answered with BadServiceUnsupported',
  },
  async (run) => {
    const { server, network, gateway } = await startRefusing(run, { refuses: ['transfer'] });
    network.cut();
    await server.command({ kind: 'close-sessions' });
    await run.lasts(AWAY_MS);
    network.mend();
    run.over();
    await run.recover();
    await server.produced();
    expect(server.refusedCount).toBeGreaterThan(0);
    await expect
      .poll(async () => (await readServer(run)).recovery)
      .toMatchObject({ newSessionCount: 1, newSubscriptionCount: 1, gapCount: 1 });
    await run.settle(gateway);
  },
);

fault(
  {
    number: 33,
    title: 'values that a server overwrites in its own queue are announced: at least one overflow for each hole',
    injection: '20 ramps, a value every 10 ms each, queueSize 2 at the server, no history, 5 s',
    isFast: true,
  },
  async (run) => {
    const { folder, plant, own } = run.line;
    const server = await RampServer.start(folder, plant.historianUrl, { hasHistory: false, changesPerS: 100 });
    own(() => server.close());
    const { gateway } = await startRamps(run, { server, inSite: { queueSize: 2 } });
    await run.lasts(5_000);
    run.over();
    const { holes, values } = await countMissing(run, server);
    const { overflowCount } = await readServer(run);
    run.note(`${values} values overwritten in ${holes} holes, ${overflowCount} overflows announced`);
    expect(holes).toBeGreaterThan(0);
    expect(overflowCount).toBeGreaterThanOrEqual(holes);
    await run.settle(gateway, { sourceOverflow: values });
  },
);

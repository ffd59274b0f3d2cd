import { readdir } from 'node:fs/promises';
import { BrokerIsland } from '../fixtures/broker-island.ts';
import { expect, test } from '../fixtures/line.ts';
import { fault } from './fault.ts';
import { type FaultRun, KEEP_ALIVE_S } from './fault-run.ts';

const ISLAND = { needs: BrokerIsland.NEEDS, needsRoot: true } as const;
/** Said whenever the session of the node ends: its own connection went, or that of the host before it. */
const LOST = 'the edge node is offline';

/** A gateway whose broker is on an island. */
async function startOnIsland(run: FaultRun) {
  const island = await BrokerIsland.make(run.line.folder);
  run.line.own(() => island.remove());
  const started = await run.startGateway({ urls: { [run.line.broker.url]: island.broker.url } });
  return { island, ...started };
}

fault(
  {
    number: 4,
    title: 'packets that vanish for 25 s are noticed within 1.5 keep-alive times and cost nothing',
    injection: 'nftables DROP of all TCP in the namespace of the broker for 25 s, keep-alive 4 s',
    ...ISLAND,
  },
  async (run) => {
    const { island, gateway } = await startOnIsland(run);
    await island.filter('drop');
    const sinceMs = performance.now();
    await gateway.untilLogged(LOST, { stage: 'edge-node' });
    const noticedMs = performance.now() - sinceMs;
    run.note(`noticed after ${(noticedMs / 1_000).toFixed(1)} s`);
    expect(noticedMs).toBeLessThan(1_500 * KEEP_ALIVE_S);
    await run.lasts(25_000 - noticedMs);
    await island.clear();
    run.over();
    await run.settle(gateway);
  },
);

fault(
  {
    number: 5,
    title: 'connections killed in the kernel and then refused for 5 s cost nothing',
    injection: '`ss -K` on the connections of the broker three times, then 5 s of nftables "reject with tcp reset"',
    ...ISLAND,
  },
  async (run) => {
    const { island, gateway } = await startOnIsland(run);
    for (let round = 0; round < 3; round++) {
      gateway.skipLog();
      await island.killConnections();
      await gateway.untilLogged(LOST, { stage: 'edge-node' });
      await gateway.untilLogged('the edge node is born');
    }
    await run.lasts(run.random.int(0, 500));
    gateway.skipLog();
    await island.refuse();
    await gateway.untilLogged(LOST, { stage: 'edge-node' });
    await run.lasts(5_000);
    await island.clear();
    run.over();
    await run.settle(gateway);
  },
);

async function crossNarrowLine(run: FaultRun): Promise<number> {
  const { island, gateway } = await startOnIsland(run);
  await island.narrow(64_000);
  await run.lasts(40_000);
  const lostCount = gateway.log.filter(({ text }) => text === LOST).length;
  await island.widen();
  run.over();
  run.note(`${lostCount} sessions ended meanwhile`);
  await run.settle(gateway);
  return lostCount;
}

fault(
  {
    number: 16,
    title: 'a line of 64 kbit/s for 40 s that carries what is offered keeps its connection and costs nothing',
    injection: '`tc tbf` of 64 kbit/s in both directions for 40 s, with 200 values/s offered',
    ...ISLAND,
  },
  async (run) => {
    expect(await crossNarrowLine(run)).toBe(0);
  },
);

/** More than the narrow line carries: rows wait, and pings queue behind data. */
test.describe('a busy line', () => {
  test.use({ load: { ramps: 80, changesPerS: 10 } });

  fault(
    {
      number: 16,
      title: 'a line of 64 kbit/s for 40 s that carries less than is offered costs nothing',
      injection: 'the same with 800 values/s offered',
      ...ISLAND,
    },
    async (run) => {
      await crossNarrowLine(run);
    },
  );
});

fault(
  {
    number: 18,
    title: 'one packet of five lost in each direction for 40 s costs nothing',
    injection: 'nftables drops 20 % of the packets at random in each direction for 40 s',
    ...ISLAND,
  },
  async (run) => {
    const { island, gateway } = await startOnIsland(run);
    await island.filter('numgen random mod 100 < 20 drop');
    await run.lasts(40_000);
    await island.clear();
    run.over();
    run.note(`${gateway.log.filter(({ text }) => text === LOST).length} sessions ended meanwhile`);
    await run.settle(gateway);
  },
);

fault(
  {
    number: 19,
    title: 'a link that flaps 50 times costs nothing, leaks no descriptor, and each connection has one birth',
    injection: 'the link set down and up 50 times, each for seeded 0.5 to 1.5 s, every tenth time down for 8 s',
    limitS: 400,
    ...ISLAND,
  },
  async (run) => {
    const { island, gateway } = await startOnIsland(run);
    const descriptorCount = async (): Promise<number> => (await readdir(`/proc/${gateway.processId}/fd`)).length;
    const before = await descriptorCount();
    for (let flap = 0; flap < 50; flap++) {
      await island.setLink('down');
      // TCP itself outlives a second; eight are more than the keep-alive allows.
      await run.lasts(flap % 10 === 9 ? 8_000 : run.random.int(500, 1_500));
      await island.setLink('up');
      await run.lasts(run.random.int(500, 1_500));
    }
    run.over();
    await run.recover();
    const count = (wanted: string): number => gateway.log.filter(({ text }) => text === wanted).length;
    run.note(`${count(LOST)} sessions ended, ${await descriptorCount()} descriptors after ${before} before`);
    expect(await descriptorCount()).toBeLessThanOrEqual(before + 2);
    expect(count('the edge node is born')).toBeLessThanOrEqual(count('the edge node is connecting'));
    await run.settle(gateway);
  },
);

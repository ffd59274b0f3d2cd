import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openBrokerLink } from '../mqtt/broker-link.ts';
import { systemClock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import { change, metric, newMemory } from '../testing/edge-node-fixture.ts';
import { type Mosquitto, startMosquitto } from '../testing/mosquitto.ts';
import { createEdgeNodeRunner } from './edge-node-runner.ts';
import type { ResolvedMetric } from './host-node.ts';
import { createHostRunner } from './host-runner.ts';
import type { OpenLink } from './sparkplug-link.ts';
import { toEdgeNodeDescriptor } from './topic.ts';

const LIMIT = { timeout: 20_000 };

describe('a host on two real mosquittos', () => {
  let brokers: Mosquitto[] = [];
  const running: { stop(): Promise<void> }[] = [];
  const openLink: OpenLink = (index, request) =>
    openBrokerLink({ url: brokers[index]?.url ?? '' }, request, { clock: systemClock, log: silentLog });
  const shared = { keepAliveS: 5, openLink, clock: systemClock, log: silentLog, random: Math.random };

  beforeAll(async () => {
    brokers = [await startMosquitto(), await startMosquitto()];
  });
  afterEach(async () => {
    for (const one of running.splice(0)) await one.stop();
  });
  afterAll(() => Promise.all(brokers.map((broker) => broker.close())));

  it('hears an edge node that walks to the other when its own is killed, stays online there, and comes back on both', async () => {
    const host = createHostRunner({
      ...shared,
      hostId: 'ingest',
      brokerUrls: brokers.map(({ url }) => url),
      memory: newMemory(),
      reorderTimeoutMs: 500,
    });
    const received: ResolvedMetric[] = [];
    const nodeStates: boolean[] = [];
    host.onMetrics((metrics) => received.push(...metrics));
    host.onNodeChanged(({ isOnline }) => nodeStates.push(isOnline));
    host.setReady(true);
    host.start();
    const edge = createEdgeNodeRunner({
      ...shared,
      descriptor: toEdgeNodeDescriptor('plant', 'line'),
      primaryHostId: 'ingest',
      brokerUrls: brokers.map(({ url }) => url),
      memory: newMemory(),
      births: {
        nodeMetrics: () => [metric('load')],
        devices: () => [{ deviceId: 'press', isOnline: true, metrics: [metric('speed')] }],
      },
    });
    running.push(edge, host);
    edge.start();
    const dataOf = (): unknown[] => received.filter(({ isBirth }) => !isBirth).map(({ value }) => value);
    const send = async (value: number): Promise<void> => {
      await expect.poll(() => edge.snapshot().session, LIMIT).toBe('born');
      await edge.send([change('press', 'speed', systemClock.nowMs(), value)], false);
      await expect.poll(dataOf, LIMIT).toContain(value);
    };
    await send(1);
    const home = edge.snapshot().brokerIndex;
    await brokers[home]?.kill();
    await expect.poll(() => edge.snapshot().brokerIndex, LIMIT).not.toBe(home);
    await send(2);
    expect(host.snapshot()).toMatchObject({ broker: { phase: 'connected' }, isOnline: true });
    expect(host.snapshot().brokers[home]).toMatchObject({ state: { phase: 'away' }, isOnline: false });
    await brokers[home]?.restart();
    await expect.poll(() => host.snapshot().brokers.map(({ isOnline }) => isOnline), LIMIT).toEqual([true, true]);
    expect(host.snapshot().nodes).toMatchObject([{ id: 'plant/line', isOnline: true, deviceCount: 1 }]);
    expect(host.snapshot()).toMatchObject({ faultCount: 0, rebirthRequestCount: 0 });
    expect(nodeStates.at(-1)).toBe(true);
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { MetricChange } from '../../shared/domain/metric.ts';
import { openBrokerLink } from '../mqtt/broker-link.ts';
import { systemClock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import { newMemory } from '../testing/edge-node-fixture.ts';
import { type Mosquitto, startMosquitto } from '../testing/mosquitto.ts';
import type { EdgeNodeRunner } from './edge-node.ts';
import type { BirthMetric } from './edge-node-births.ts';
import { createEdgeNodeRunner } from './edge-node-runner.ts';
import type { ResolvedMetric } from './host-node.ts';
import { createHostRunner, type HostRunner } from './host-runner.ts';
import type { OpenLink } from './sparkplug-link.ts';
import { toEdgeNodeDescriptor } from './topic.ts';

const LIMIT = { timeout: 15_000 };

const metric = (metricName: string, value = 0): BirthMetric => ({
  metricName,
  datatype: 'Double',
  value,
  quality: 'good',
  statusCode: 0,
  timestampMs: systemClock.nowMs(),
});
const change = (value: number): MetricChange => ({ ...metric('speed', value), deviceId: 'press' });

describe('edge node and host on a real mosquitto', () => {
  let broker: Mosquitto;
  const running: { stop(): Promise<void> }[] = [];
  const openLink: OpenLink = (_index, request) =>
    openBrokerLink({ url: broker.url }, request, { clock: systemClock, log: silentLog });
  const shared = { keepAliveS: 5, openLink, clock: systemClock, log: silentLog, random: Math.random };

  function startEdge(edgeNodeId: string): EdgeNodeRunner {
    const edge = createEdgeNodeRunner({
      ...shared,
      descriptor: toEdgeNodeDescriptor('plant', edgeNodeId),
      primaryHostId: 'ingest',
      brokerUrls: [broker.url],
      memory: newMemory(),
      births: {
        nodeMetrics: () => [metric('load')],
        devices: () => [{ deviceId: 'press', isOnline: true, metrics: [metric('speed')] }],
      },
    });
    running.push(edge);
    edge.start();
    return edge;
  }

  function startHost(memory = newMemory()): { readonly host: HostRunner; readonly received: ResolvedMetric[] } {
    const host = createHostRunner({ ...shared, hostId: 'ingest', memory, reorderTimeoutMs: 500 });
    const received: ResolvedMetric[] = [];
    host.onMetrics((metrics) => received.push(...metrics));
    running.push(host);
    host.start();
    return { host, received };
  }

  const dataOf = (received: readonly ResolvedMetric[]): unknown[] =>
    received.filter(({ isBirth }) => !isBirth).map(({ value }) => value);

  beforeAll(async () => {
    broker = await startMosquitto();
  });
  afterEach(async () => {
    for (const one of running.splice(0)) await one.stop();
  });
  afterAll(() => broker.close());

  it('waits for the host, then sends everything in order, and the host finds no fault', async () => {
    const edge = startEdge('line');
    await expect.poll(() => edge.snapshot().session, LIMIT).toBe('waiting-for-host');
    const { host, received } = startHost();
    host.setReady(true);
    await expect.poll(() => edge.snapshot().session, LIMIT).toBe('born');
    const count = 20_000;
    for (let from = 0; from < count; from += 1_000) {
      const rows = Array.from({ length: 1_000 }, (_row, index) => change(from + index));
      expect((await edge.send(rows, false)).notTaken).toEqual([]);
    }
    await edge.barrier();
    await expect.poll(() => dataOf(received).length, LIMIT).toBe(count);
    expect(dataOf(received)).toEqual(Array.from({ length: count }, (_row, index) => index));
    expect(host.snapshot()).toMatchObject({
      isOnline: true,
      faultCount: 0,
      rebirthRequestCount: 0,
      nodes: [{ id: 'plant/line', isOnline: true, deviceCount: 1, bdSeq: 0 }],
    });
  });

  it('dies with the host and is born again with it', async () => {
    const { host } = startHost();
    host.setReady(true);
    const edge = startEdge('line-2');
    await expect.poll(() => edge.snapshot().session, LIMIT).toBe('born');
    host.setReady(false);
    await expect.poll(() => edge.snapshot().session, LIMIT).toBe('waiting-for-host');
    expect(host.snapshot().nodes.find(({ id }) => id === 'plant/line-2')?.isOnline).toBe(false);
    host.setReady(true);
    await expect.poll(() => edge.snapshot(), LIMIT).toMatchObject({ session: 'born', bdSeq: 1 });
    await host.stop();
    await expect.poll(() => edge.snapshot().session, LIMIT).toBe('waiting-for-host');
  });

  it('comes back after the broker was killed, both with new births', async () => {
    const { host, received } = startHost();
    host.setReady(true);
    const edge = startEdge('line-3');
    await expect.poll(() => edge.snapshot().session, LIMIT).toBe('born');
    await broker.kill();
    await expect
      .poll(() => edge.snapshot().connection, LIMIT)
      .toMatchObject({ phase: 'away', code: 'mqtt/unreachable' });
    await broker.restart();
    await expect.poll(() => edge.snapshot().session, LIMIT).toBe('born');
    await edge.send([change(7)], false);
    await expect.poll(() => dataOf(received), LIMIT).toEqual([7]);
    expect(host.snapshot().nodes).toContainEqual({
      id: 'plant/line-3',
      isOnline: true,
      deviceCount: 1,
      bdSeq: 1,
      alarm: null,
    });
  });
});

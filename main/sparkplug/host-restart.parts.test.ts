import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
import type { SparkplugLink } from './sparkplug-link.ts';
import { toEdgeNodeDescriptor } from './topic.ts';

const NODE_COUNT = 40;
const LIMIT = { timeout: 30_000, interval: 100 };
const parts = { clock: systemClock, log: silentLog };
const shared = { ...parts, keepAliveS: 10, random: Math.random };

/** Values that say of which node and metric they are. */
const metricsOf = (node: number, turn: number): BirthMetric[] => {
  const rest = { quality: 'good', statusCode: 0, timestampMs: systemClock.nowMs() } as const;
  return [
    { ...rest, metricName: 'speed', datatype: 'Double', value: node * 1e6 + turn + 0.5 },
    { ...rest, metricName: 'count', datatype: 'Int64', value: -(BigInt(node) * 2n ** 40n + BigInt(turn)) },
    { ...rest, metricName: 'recipe', datatype: 'String', value: `${node}:${turn}` },
  ];
};

function isRightful({ edgeNodeId, deviceId, metricName, datatype, value }: ResolvedMetric): boolean {
  const node = Number(edgeNodeId.slice('line-'.length));
  if (deviceId !== 'press') return false;
  if (metricName === 'speed') return datatype === 'Double' && Math.floor(Number(value) / 1e6) === node;
  if (metricName === 'count') return typeof value === 'bigint' && -value / 2n ** 40n === BigInt(node);
  return metricName === 'recipe' && String(value).startsWith(`${node}:`);
}

describe('a host that is restarted in the middle of traffic', () => {
  let broker: Mosquitto;
  const edges: EdgeNodeRunner[] = [];
  const turns: number[] = Array.from({ length: NODE_COUNT }, () => 0);
  let stopTraffic = (): void => {};

  beforeAll(async () => {
    broker = await startMosquitto();
  });
  afterAll(async () => {
    stopTraffic();
    await Promise.all(edges.map((edge) => edge.stop()));
    await broker.close();
  });

  function startEdges(): void {
    for (let node = 0; node < NODE_COUNT; node += 1) {
      const edge = createEdgeNodeRunner({
        ...shared,
        descriptor: toEdgeNodeDescriptor('plant', `line-${node}`),
        primaryHostId: null,
        brokerUrls: [broker.url],
        openLink: (_index, request) => openBrokerLink({ url: broker.url }, request, parts),
        memory: newMemory(),
        births: {
          nodeMetrics: () => [],
          devices: () => [{ deviceId: 'press', isOnline: true, metrics: metricsOf(node, turns[node] ?? 0) }],
        },
      });
      edges.push(edge);
      edge.start();
    }
  }

  /** A change of one metric of each node, again and again: never all metrics of a node at once. */
  function speak(): void {
    for (const [node, edge] of edges.entries()) {
      const turn = (turns[node] = (turns[node] ?? 0) + 1);
      const change = metricsOf(node, turn)[turn % 3];
      if (change) void edge.send([{ ...change, deviceId: 'press' } satisfies MetricChange], false).catch(() => {});
    }
  }

  /** `kill` ends it as a power cut does: nothing is said, and it never comes back. */
  function startHost(): { readonly host: HostRunner; readonly received: ResolvedMetric[]; kill(): void } {
    const links: SparkplugLink[] = [];
    let isDead = false;
    const host = createHostRunner({
      ...shared,
      hostId: 'ingest',
      reorderTimeoutMs: 1_000,
      memory: newMemory(),
      openLink: async (_index, request) => {
        if (isDead) throw new Error('dead');
        const link = await openBrokerLink({ url: broker.url }, request, parts);
        links.push(link);
        return link;
      },
    });
    const received: ResolvedMetric[] = [];
    host.onMetrics((metrics) => void (isDead || received.push(...metrics)));
    host.setReady(true);
    host.start();
    const kill = (): void => {
      isDead = true;
      for (const link of links) link.drop();
    };
    return { host, received, kill };
  }

  it('knows every metric of forty nodes again by one request each, at a bounded rate, and takes none for another', async () => {
    const requestAtMs: number[] = [];
    const requested: string[] = [];
    const spy = await openBrokerLink({ url: broker.url }, { clientId: 'spy', keepAliveS: 10 }, parts);
    spy.onMessage(({ topic }) => {
      requested.push(topic);
      requestAtMs.push(systemClock.monotonicMs());
    });
    await spy.subscribe(['spBv1.0/plant/NCMD/#']);
    const first = startHost();
    await expect.poll(() => first.host.snapshot().isOnline, LIMIT).toBe(true);
    startEdges();
    await expect.poll(() => edges.filter((edge) => edge.snapshot().session === 'born').length, LIMIT).toBe(NODE_COUNT);
    stopTraffic = systemClock.every(100, speak);
    await expect.poll(() => first.received.length, LIMIT).toBeGreaterThan(NODE_COUNT * 5);
    expect(requested).toEqual([]);
    first.kill();

    const second = startHost();
    const page = () => second.host.modelPage({ fromIndex: 0, maxRows: 500, search: '', deviceId: 'press' });
    await expect.poll(() => page().rowCount, LIMIT).toBe(NODE_COUNT * 3);
    await expect.poll(() => second.received.filter(({ isBirth }) => !isBirth).length, LIMIT).toBeGreaterThan(500);
    stopTraffic();
    for (const edge of edges) await edge.barrier();
    const wanted = turns.flatMap((turn, node) =>
      [turn, turn - 1, turn - 2].map((at) => {
        const { metricName, datatype, value } = metricsOf(node, at)[at % 3] ?? {};
        return `line-${node} ${metricName} ${datatype} ${String(value)}`;
      }),
    );
    const known = (): string[] =>
      page().rows.map(
        ({ edgeNodeId, metricName, datatype, value }) => `${edgeNodeId} ${metricName} ${datatype} ${value}`,
      );
    await expect.poll(() => known().sort(), LIMIT).toEqual(wanted.sort());
    expect([...first.received, ...second.received].filter((metric) => !isRightful(metric))).toEqual([]);

    expect(new Set(requested).size).toBe(NODE_COUNT);
    expect(requested.length).toBeLessThanOrEqual(NODE_COUNT + 4);
    // A burst of 20, then ten a second.
    expect((requestAtMs.at(-1) ?? 0) - (requestAtMs[0] ?? 0)).toBeGreaterThan(1_000);
    expect(second.host.snapshot().nodes.filter(({ isOnline }) => isOnline)).toHaveLength(NODE_COUNT);
    await second.host.stop();
    await spy.close();
  });
});

import { describe, expect, it } from 'vitest';
import { silentLog } from '../platform/log.ts';
import { EdgeNodeStream } from '../testing/edge-node-stream.ts';
import { fakeClock } from '../testing/fake-clock.ts';
import { LoopBroker } from '../testing/loop-broker.ts';
import type { IncomingMessage } from './host-node.ts';
import { createHostRunner } from './host-runner.ts';

const STATE = 'spBv1.0/STATE/ingest';
const offline = (timestampMs: number): string => `{"online":false,"timestamp":${timestampMs}}`;
const online = (timestampMs: number): string => `{"online":true,"timestamp":${timestampMs}}`;

async function settle(): Promise<void> {
  for (let turn = 0; turn < 80; turn += 1) await Promise.resolve();
}

/** A host that is online on its brokers; `urls` may name one broker twice. */
async function started(toBrokers: (make: () => LoopBroker) => readonly LoopBroker[]) {
  const clock = fakeClock();
  const brokers = toBrokers(() => new LoopBroker());
  const [first = new LoopBroker(), second = first] = brokers;
  const settings = new Map<string, string>();
  const changes: string[] = [];
  const values: unknown[] = [];
  const host = createHostRunner({
    hostId: 'ingest',
    keepAliveS: 10,
    brokerUrls: brokers.map((_broker, index) => `mqtt://b${index}`),
    openLink: (index, request) => (brokers[index] ?? first).open(request),
    memory: {
      readSetting: async (key) => settings.get(key),
      writeSetting: async (key, value) => void settings.set(key, value),
    },
    clock,
    log: silentLog,
    random: () => 1,
    reorderTimeoutMs: 2_000,
  });
  host.onNodeChanged(({ edgeNodeId, isOnline }) => changes.push(`${edgeNodeId} ${isOnline}`));
  host.onDeviceChanged(({ deviceId, isOnline }) => changes.push(`${deviceId} ${isOnline}`));
  host.onMetrics((metrics) => values.push(...metrics.filter(({ isBirth }) => !isBirth).map(({ value }) => value)));
  host.setReady(true);
  host.start();
  await settle();
  const pass = async (byMs: number): Promise<void> => {
    for (let passedMs = 0; passedMs < byMs; passedMs += 500) {
      clock.advanceMs(500);
      await settle();
    }
  };
  const say = (broker: LoopBroker, ...messages: readonly IncomingMessage[]): Promise<void> => {
    for (const { verb, deviceId, bytes } of messages) {
      broker.inject(`spBv1.0/plant/${verb}/line${deviceId === null ? '' : `/${deviceId}`}`, bytes);
    }
    return settle();
  };
  return { clock, first, second, settings, changes, values, host, pass, say };
}

const two = () => started((make) => [make(), make()]);

describe('a host on several brokers', () => {
  // tck-id-operational-behavior-primary-application-state-with-multiple-servers-state
  // tck-id-operational-behavior-host-application-multi-server-timestamp
  it('has a session, a Will, a STATE and a timestamp of its own on each', async () => {
    const { first, second, settings, host, clock, pass } = await two();
    const firstMs = clock.nowMs();
    second.cut('ingest-2');
    await settle();
    await pass(1_000);
    expect([first.retained(STATE), second.retained(STATE)]).toEqual([online(firstMs), online(firstMs + 1_000)]);
    expect([...settings]).toEqual([
      ['sparkplug/hostState/ingest@mqtt://b0', String(firstMs)],
      ['sparkplug/hostState/ingest@mqtt://b1', String(firstMs + 1_000)],
    ]);
    await host.stop();
    expect([first.retained(STATE), second.retained(STATE)]).toEqual([
      offline(firstMs + 1_000),
      offline(firstMs + 1_000),
    ]);
  });

  it('goes on with the others while one is away, and says offline on all when it is not ready', async () => {
    const { first, second, host, pass, say, values } = await two();
    first.down();
    const edge = new EdgeNodeStream();
    await say(second, edge.nodeBirth(), edge.deviceBirth('press'), edge.data('press', 'speed', 3));
    expect(values).toEqual([3]);
    expect(host.snapshot()).toMatchObject({
      broker: { phase: 'connected' },
      brokers: [
        { url: 'mqtt://b0', state: { phase: 'away' }, isOnline: false },
        { url: 'mqtt://b1', state: { phase: 'connected' }, isOnline: true },
      ],
      isOnline: true,
      nodes: [{ id: 'plant/line', isOnline: true, deviceCount: 1 }],
    });
    first.up();
    await pass(2_000);
    host.setReady(false);
    await settle();
    for (const broker of [first, second]) expect(broker.retained(STATE)).toContain('"online":false');
  });

  it('keeps a node that has walked to another broker online when its late death comes on the first', async () => {
    const { first, second, host, say, changes, pass } = await two();
    const edge = new EdgeNodeStream(5);
    await say(first, edge.nodeBirth(), edge.deviceBirth('press'));
    edge.bdSeq = 6;
    await say(second, edge.nodeBirth(), edge.deviceBirth('press'));
    await say(first, edge.nodeDeath(5));
    await pass(6_000);
    expect(changes).toEqual(['line true', 'press true']);
    expect(host.snapshot().nodes).toEqual([
      { id: 'plant/line', isOnline: true, deviceCount: 1, bdSeq: 6, alarm: null },
    ]);
    await say(second, edge.nodeDeath(6));
    expect(changes.slice(2)).toEqual(['press false', 'line false']);
  });

  it('tells two programs of one descriptor that speak on a broker each, until one has ended', async () => {
    const { first, second, host, say, pass } = await two();
    const [one, other] = [new EdgeNodeStream(5), new EdgeNodeStream(80)];
    const alarms = () => host.snapshot().nodes.map(({ alarm }) => alarm);
    await say(first, one.nodeBirth(), one.deviceBirth('press'));
    await say(second, other.nodeBirth(), other.deviceBirth('press'));
    await say(first, one.data('press', 'speed', 1));
    expect(alarms()).toEqual([null]);
    await pass(11_000);
    await say(first, one.data('press', 'speed', 2));
    expect(alarms()).toEqual(['duplicate-node']);
    await pass(60_000);
    expect(alarms()).toEqual([null]);
  });

  it('does not fight itself where two addresses lead to one broker', async () => {
    const { first, host, pass } = await started((make) => {
      const one = make();
      return [one, one];
    });
    await pass(60_000);
    const connectCount = first.connects.length;
    expect(connectCount).toBeLessThanOrEqual(4);
    first.cut('ingest-2');
    await pass(60_000);
    expect(first.connects.length - connectCount).toBeLessThanOrEqual(4);
    expect(first.retained(STATE)).toContain('"online":true');
    expect(host.snapshot().brokers.map(({ isOnline, alarm }) => [isOnline, alarm])).toEqual([
      [true, null],
      [true, null],
    ]);
  });

  it('answers a forged STATE of the last exact number with the same number, tells it, and is heard', async () => {
    const { first, host, pass, clock } = await started((make) => [make()]);
    first.inject(STATE, offline(Number.MAX_SAFE_INTEGER), true);
    await pass(1_500);
    expect(first.retained(STATE)).toBe(online(Number.MAX_SAFE_INTEGER));
    expect(host.snapshot().brokers).toMatchObject([{ isOnline: true, alarm: { code: 'sparkplug/host-state-ahead' } }]);
    first.inject(STATE, offline(Number.MAX_SAFE_INTEGER), true);
    first.inject(STATE, '{"online":false,"timestamp":1e300}', true);
    await pass(20_000);
    first.cut('ingest');
    await pass(3_000);
    expect(first.retained(STATE)).toBe(online(Number.MAX_SAFE_INTEGER));
    clock.advanceMs(300_000);
    expect(host.snapshot().brokers[0]?.alarm).toBeNull();
  });

  it('tells of another host that uses its id and goes on with a later time', async () => {
    const { first, host, pass, clock } = await started((make) => [make()]);
    const foreignMs = clock.nowMs() + 5_000;
    first.inject(STATE, online(foreignMs), true);
    await settle();
    await pass(1_000);
    expect(host.snapshot().brokers).toMatchObject([{ alarm: { code: 'sparkplug/host-id-taken' } }]);
    expect(first.retained(STATE)).toBe(online(foreignMs + 1));
  });
});

import { describe, expect, it } from 'vitest';
import { silentLog } from '../platform/log.ts';
import { EdgeNodeStream } from '../testing/edge-node-stream.ts';
import { fakeClock } from '../testing/fake-clock.ts';
import { LoopBroker } from '../testing/loop-broker.ts';
import { readCommand } from './edge-node-commands.ts';
import type { IncomingMessage } from './host-node.ts';
import { createHostRunner, type HostParts } from './host-runner.ts';
import type { LinkMessage } from './sparkplug-link.ts';

const STATE = 'spBv1.0/STATE/ingest';

async function settle(): Promise<void> {
  for (let turn = 0; turn < 80; turn += 1) await Promise.resolve();
}

function fixture() {
  const clock = fakeClock();
  const broker = new LoopBroker();
  const settings = new Map<string, string>();
  const parts: HostParts = {
    hostId: 'ingest',
    keepAliveS: 10,
    openLink: (_index, request) => broker.open(request),
    memory: {
      readSetting: async (key) => settings.get(key),
      writeSetting: async (key, value) => void settings.set(key, value),
    },
    clock,
    log: silentLog,
    random: () => 1,
    reorderTimeoutMs: 2_000,
  };
  const states = (): string[] =>
    broker.taken
      .filter(({ topic }) => topic === STATE)
      .map(({ payload, isWill }) => `${isWill ? 'will ' : ''}${text(payload)}`);
  const say = (message: IncomingMessage, node = 'line'): void =>
    broker.inject(
      `spBv1.0/plant/${message.verb}/${node}${message.deviceId === null ? '' : `/${message.deviceId}`}`,
      message.bytes,
    );
  const requests = (): string[] =>
    broker.taken
      .filter(
        ({ topic, payload }) => readCommand({ topic, payload, isRetained: false }, null, undefined).isRebirthAsked,
      )
      .map(({ topic }) => topic);
  return { clock, broker, settings, parts, states, say, requests, host: createHostRunner(parts) };
}

const text = (payload: Uint8Array): string => new TextDecoder().decode(payload);
const online = (timestampMs: number): string => `{"online":true,"timestamp":${timestampMs}}`;
const offline = (timestampMs: number): string => `{"online":false,"timestamp":${timestampMs}}`;

async function started(isReady = true) {
  const all = fixture();
  all.host.setReady(isReady);
  all.host.start();
  await settle();
  return all;
}

describe('host runner: STATE', () => {
  it('connects with a Will, subscribes, and says online with the timestamp of the Will as its first message', async () => {
    const { broker, clock, states, host } = await started();
    const atMs = clock.nowMs();
    expect(broker.connects[0]?.will).toEqual({ topic: STATE, payload: offline(atMs), qos: 1, retain: true });
    expect(states()).toEqual([online(atMs)]);
    expect(broker.taken[0]).toMatchObject({ topic: STATE, qos: 1, retain: true });
    expect(host.snapshot()).toMatchObject({ isOnline: true, broker: { phase: 'connected' } });
  });

  it('says nothing until it is ready, and follows readiness on one connection with one timestamp', async () => {
    const { states, host, clock, broker } = await started(false);
    const atMs = clock.nowMs();
    expect(host.snapshot().isOnline).toBe(false);
    clock.advanceMs(5_000);
    for (const isReady of [true, false, true]) {
      host.setReady(isReady);
      await settle();
      expect(host.snapshot().isOnline).toBe(isReady);
    }
    expect(states()).toEqual([online(atMs), offline(atMs), online(atMs)]);
    expect(broker.connects).toHaveLength(1);
  });

  it('takes back the online of an earlier session that no Will has ended, before it is ready itself', async () => {
    const { broker, clock, parts, states } = fixture();
    const earlierMs = clock.nowMs() - 5_000;
    broker.inject(STATE, online(earlierMs), true);
    const host = createHostRunner(parts);
    host.start();
    await settle();
    expect(states()).toEqual([online(earlierMs), offline(clock.nowMs())]);
    expect(host.snapshot().isOnline).toBe(false);
    await host.stop();
  });

  it('publishes its death with the time of the disconnect and does not answer its echo', async () => {
    const { states, host, clock, broker } = await started();
    const atMs = clock.nowMs();
    clock.advanceMs(60_000);
    await host.stop();
    await settle();
    expect(states()).toEqual([online(atMs), offline(atMs + 60_000)]);
    expect(broker.clientIds).toEqual([]);
    expect(host.snapshot()).toMatchObject({ isOnline: false, broker: { phase: 'stopped' } });
  });

  it('makes a later timestamp for each session, also when the clock has been set back', async () => {
    const { broker, clock, states, settings, parts } = await started();
    const firstMs = clock.nowMs();
    broker.cut('ingest');
    await settle();
    clock.advanceMs(1_000);
    await settle();
    expect(states()).toEqual([online(firstMs), `will ${offline(firstMs)}`, online(firstMs + 1_000)]);
    expect([...settings.values()]).toEqual([String(firstMs + 1_000)]);
    const later = createHostRunner({ ...parts, clock: fakeClock(1_000) });
    later.setReady(true);
    later.start();
    await settle();
    expect(states().at(-1)).toBe(online(firstMs + 1_001));
    await later.stop();
  });

  it('repeats online when someone says offline in its name, at most once a second', async () => {
    const { broker, clock, states } = await started();
    const atMs = clock.nowMs();
    broker.inject(STATE, offline(atMs), true);
    await settle();
    expect(broker.retained(STATE)).toBe(online(atMs));
    broker.inject(STATE, offline(atMs), true);
    broker.inject(STATE, offline(atMs), true);
    await settle();
    expect(states().filter((state) => state === online(atMs))).toHaveLength(2);
    clock.advanceMs(1_000);
    await settle();
    expect(broker.retained(STATE)).toBe(online(atMs));
  });

  it('is not moved by the offline that the broker kept of its last session, before or after its birth', async () => {
    const { broker, parts, states, clock } = fixture();
    broker.inject(STATE, offline(5), true);
    const listeners: ((message: LinkMessage) => void)[] = [];
    const host = createHostRunner({
      ...parts,
      openLink: async (_index, request) => {
        const link = await broker.open(request);
        return {
          ...link,
          onMessage: (listener) => {
            listeners.push(listener);
            return link.onMessage(listener);
          },
        };
      },
    });
    host.setReady(true);
    host.start();
    await settle();
    for (const listener of listeners) {
      listener({ topic: STATE, payload: new TextEncoder().encode(offline(5)), isRetained: true });
    }
    clock.advanceMs(1_000);
    await settle();
    expect(listeners).toHaveLength(1);
    expect(states()).toEqual([offline(5), online(clock.nowMs() - 1_000)]);
  });

  it('connects again with a later timestamp when a newer STATE of its id exists', async () => {
    const all = fixture();
    const futureMs = all.clock.nowMs() + 1e9;
    all.broker.inject(STATE, offline(futureMs), true);
    all.host.setReady(true);
    all.host.start();
    await settle();
    expect(all.host.snapshot().broker).toMatchObject({ phase: 'away', code: 'sparkplug/host-id-taken' });
    all.clock.advanceMs(1_000);
    await settle();
    expect(all.broker.retained(STATE)).toBe(online(futureMs + 1));
  });

  it('tries for ever, the first time within a second', async () => {
    const { broker, clock, host } = fixture();
    broker.down();
    host.start();
    await settle();
    expect(host.snapshot().broker).toMatchObject({
      phase: 'away',
      code: 'mqtt/unreachable',
      retryAtMs: clock.nowMs() + 1_000,
    });
    broker.up();
    clock.advanceMs(1_000);
    await settle();
    expect(host.snapshot().broker.phase).toBe('connected');
  });
});

describe('host runner: edge nodes', () => {
  it('passes metrics on, knows who is online, and counts', async () => {
    const { host, say, broker } = await started();
    const edge = new EdgeNodeStream(3);
    const values: unknown[] = [];
    const changes: string[] = [];
    host.onMetrics((metrics) =>
      values.push(...metrics.map(({ metricName, value }) => `${metricName}=${String(value)}`)),
    );
    host.onNodeChanged(({ edgeNodeId, isOnline }) => changes.push(`${edgeNodeId} ${isOnline}`));
    host.onDeviceChanged(({ deviceId, isOnline }) => changes.push(`${deviceId} ${isOnline}`));
    for (const message of [edge.nodeBirth(), edge.deviceBirth('press'), edge.data('press', 'speed', 4)]) say(message);
    broker.inject('spBv1.0/STATE/other', online(1));
    broker.inject('spBv1.0/plant/DCMD/line/press', 'x');
    broker.inject('spBv1.0/plant/WHAT/line', 'x');
    await settle();
    expect(values).toEqual(['load=0', 'speed=0', 'speed=4']);
    expect(host.snapshot()).toMatchObject({
      nodes: [{ id: 'plant/line', isOnline: true, deviceCount: 1, bdSeq: 3 }],
      receivedCount: 3,
      faultCount: 1,
      rebirthRequestCount: 0,
    });
    broker.cut('ingest');
    await settle();
    expect(changes).toEqual(['line true', 'press true', 'press false', 'line false']);
  });

  it('asks for births at once, again after a second, and after a gap when the reorder time is over', async () => {
    const { say, requests, clock, host } = await started();
    const edge = new EdgeNodeStream();
    edge.skip(5);
    say(edge.data('press', 'speed', 1));
    await settle();
    expect(requests()).toEqual(['spBv1.0/plant/NCMD/line']);
    clock.advanceMs(1_000);
    await settle();
    expect(requests()).toHaveLength(2);
    for (const message of [edge.nodeBirth(), edge.deviceBirth('press')]) say(message);
    edge.skip();
    say(edge.data('press', 'speed', 2));
    await settle();
    clock.advanceMs(2_000);
    await settle();
    expect(requests()).toHaveLength(3);
    expect(host.snapshot().rebirthRequestCount).toBe(3);
  });

  it('asks nothing before its STATE is online, and not all nodes in the same second', async () => {
    const { say, requests, clock, host } = await started(false);
    for (let node = 0; node < 50; node += 1) say(new EdgeNodeStream().data('press', 'speed', 1), `line-${node}`);
    await settle();
    expect(requests()).toEqual([]);
    host.setReady(true);
    await settle();
    expect(requests()).toHaveLength(20);
    clock.advanceMs(500);
    await settle();
    expect(requests()).toHaveLength(25);
    await host.stop();
    clock.advanceMs(60_000);
    await settle();
    expect(requests()).toHaveLength(25);
  });
});

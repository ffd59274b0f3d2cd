import { describe, expect, it } from 'vitest';
import { EngineError } from '../platform/engine-error.ts';
import { born, change, fixture, metric, payloadOf, settle } from '../testing/edge-node-fixture.ts';
import { encodeRebirthRequest } from './edge-node-births.ts';
import { createEdgeNodeRunner } from './edge-node-runner.ts';
import { encodePayload, toWireMetric } from './encode-payload.ts';
import { toMetricValue } from './metric-value.ts';
import type { LinkMessage } from './sparkplug-link.ts';

describe('edge node runner', () => {
  it('answers a rebirth request with the same bdSeq and aliases and the values of that moment', async () => {
    const { broker, clock, devices, askRebirth, taken, runner } = await born();
    let bornCount = 0;
    runner.onBorn(() => (bornCount += 1));
    await runner.send([change('press', 'speed', 5)], false);
    devices[0]!.metrics[0] = metric('speed', 42);
    clock.advanceMs(2_000);
    askRebirth();
    await settle();
    expect(taken(5)).toEqual(['NBIRTH/line', 'DBIRTH/line/press', 'DBIRTH/line/oven']);
    const [birth, press] = broker.taken.slice(5).map(payloadOf);
    expect(birth?.seq).toBe(0);
    expect(
      toMetricValue(
        birth!.metrics.find(({ name }) => name === 'bdSeq')!,
        4,
      ),
    ).toBe(0n);
    expect(press?.metrics.map(({ name, alias, wireValue }) => [name, alias, wireValue])).toEqual([
      ['speed', 2, 42],
      ['count', 3, 1],
    ]);
    expect(bornCount).toBe(1);
    expect(broker.connects).toHaveLength(1);
  });

  it('answers requests in the gap once, at its end', async () => {
    const { clock, askRebirth, taken } = await born();
    const births = (): number => taken(3).filter((topic) => topic.startsWith('NBIRTH')).length;
    askRebirth();
    askRebirth();
    await settle();
    clock.advanceMs(1_999);
    expect(births()).toBe(0);
    clock.advanceMs(1);
    expect(births()).toBe(1);
    clock.advanceMs(10_000);
    expect(births()).toBe(1);
  });

  it('sends no data between a request in the gap and its births (tck-id-operational-behavior-data-commands-rebirth-action-1)', async () => {
    const { clock, askRebirth, taken, runner } = await born();
    await runner.send([change('press', 'speed', 5)], false);
    askRebirth();
    await settle();
    expect((await runner.send([change('press', 'speed', 6)], false)).notTaken).toHaveLength(1);
    clock.advanceMs(2_000);
    expect((await runner.send([change('press', 'speed', 6)], false)).notTaken).toEqual([]);
    const sent = taken(3).filter((topic) => !topic.startsWith('NCMD'));
    expect(sent).toEqual([
      'DDATA/line/press',
      'NBIRTH/line',
      'DBIRTH/line/press',
      'DBIRTH/line/oven',
      'DDATA/line/press',
    ]);
  });

  it('does nothing for a command that the broker kept, that says false, or that cannot be read', async () => {
    const { parts, broker, clock, taken } = fixture();
    const listeners: ((message: LinkMessage) => void)[] = [];
    const runner = createEdgeNodeRunner({
      ...parts,
      openLink: async (_index, request) => {
        const link = await broker.open(request);
        return { ...link, onMessage: (listener) => (listeners.push(listener), () => {}) };
      },
    });
    runner.start();
    await settle();
    clock.advanceMs(5_000);
    const topic = 'spBv1.0/plant/NCMD/line';
    const no = { datatype: 'Boolean', value: false, quality: 'good', statusCode: 0, timestampMs: 0 } as const;
    const head = { name: 'Node Control/Rebirth', hasDatatype: true, isHistorical: false };
    const deny = encodePayload(0, null, [toWireMetric(head, no)]);
    const births = (): number => taken().filter((name) => name.startsWith('NBIRTH')).length;
    for (const listener of listeners) {
      listener({ topic, payload: encodeRebirthRequest(0), isRetained: true });
      listener({ topic, payload: deny, isRetained: false });
      listener({ topic, payload: Uint8Array.of(0xff), isRetained: false });
      expect(births()).toBe(1);
      listener({ topic, payload: encodeRebirthRequest(0), isRetained: false });
    }
    expect(births()).toBe(2);
  });

  it('publishes its death, QoS 1, before it disconnects, so that no Will follows', async () => {
    const { broker, runner, taken } = await born();
    await runner.stop();
    expect(taken(3)).toEqual(['NDEATH/line']);
    expect(broker.taken[3]).toMatchObject({ qos: 1, retain: false, isWill: false });
    expect(broker.clientIds).toEqual([]);
    expect(runner.snapshot()).toMatchObject({ session: 'offline', connection: { phase: 'stopped' }, bdSeq: null });
    expect((await runner.send([change('press', 'speed', 5)], false)).notTaken).toHaveLength(1);
  });

  it('remembers bdSeq before CONNECT and goes on after it in the next process', async () => {
    const first = fixture();
    let atConnect: string | undefined;
    const { parts, settings, broker } = first;
    const watched = createEdgeNodeRunner({
      ...parts,
      openLink: (_index, request) => {
        atConnect = [...settings.values()][0];
        return broker.open(request);
      },
    });
    watched.start();
    await settle();
    expect(atConnect).toBe('0');
    broker.down();
    broker.up();
    const second = createEdgeNodeRunner(parts);
    second.start();
    await settle();
    expect(second.snapshot().bdSeq).toBe(1);
  });

  it('shows why it is away and when it tries again, and the first try comes within a second', async () => {
    const { broker, clock, runner } = await born();
    clock.advanceMs(60_000);
    broker.down();
    await settle();
    const lostAtMs = clock.nowMs();
    expect(runner.snapshot()).toMatchObject({
      session: 'offline',
      connection: { phase: 'away', code: 'mqtt/connection-lost', sinceMs: lostAtMs, retryAtMs: lostAtMs + 1_000 },
    });
    clock.advanceMs(1_000);
    await settle();
    expect(runner.snapshot().connection).toMatchObject({ phase: 'away', code: 'mqtt/unreachable', sinceMs: lostAtMs });
    broker.up();
    clock.advanceMs(2_000);
    await settle();
    expect(runner.snapshot()).toMatchObject({ session: 'born', bdSeq: 1, connection: { phase: 'connected' } });
  });

  it('ends the session when a message cannot be written, and the rows are known as not sent', async () => {
    const all = fixture();
    let hasRoom = true;
    const runner = createEdgeNodeRunner({
      ...all.parts,
      openLink: async (_index, request) => {
        const link = await all.broker.open(request);
        return {
          ...link,
          publish: (...message) =>
            hasRoom ? link.publish(...message) : Promise.reject(new EngineError('mqtt/closed', 'no')),
        };
      },
    });
    runner.start();
    await settle();
    hasRoom = false;
    await expect(runner.send([change('press', 'speed', 5)], false)).rejects.toMatchObject({ code: 'mqtt/closed' });
    expect(runner.snapshot()).toMatchObject({ session: 'offline', connection: { phase: 'away', code: 'mqtt/closed' } });
  });

  it('gives up a link that is said to carry nothing, and is born again on a new one', async () => {
    const { broker, clock, runner } = await born();
    clock.advanceMs(60_000);
    runner.dropLink(new EngineError('store-and-forward/barrier-failed', 'the broker has not answered'));
    await settle();
    const connection = { phase: 'away', code: 'store-and-forward/barrier-failed', text: 'the broker has not answered' };
    expect(runner.snapshot()).toMatchObject({ session: 'offline', connection });
    expect(broker.clientIds).toEqual([]);
    // Without a death the host would take the node for alive, with values that no longer move.
    expect(broker.taken.at(-1)).toMatchObject({ topic: 'spBv1.0/plant/NDEATH/line', isWill: true });
    clock.advanceMs(1_000);
    await settle();
    expect(runner.snapshot()).toMatchObject({ session: 'born', bdSeq: 1 });
    expect(broker.connects).toHaveLength(2);
  });

  it('waits for its primary host, dies when it goes, and is with one broker at a time', async () => {
    const { brokers, clock, runner, broker } = await born({ primaryHostId: 'ingest', brokers: 2 });
    const told: boolean[] = [];
    runner.onHostOnlineChanged((isOnline) => told.push(isOnline));
    expect(runner.snapshot().session).toBe('waiting-for-host');
    broker.inject('spBv1.0/STATE/ingest', '{"online":true,"timestamp":10}', true);
    await settle();
    expect(runner.snapshot().session).toBe('born');
    broker.inject('spBv1.0/STATE/ingest', 'OFFLINE', true);
    broker.inject('spBv1.0/STATE/other', '{"online":false,"timestamp":99}', true);
    broker.inject('spBv1.0/STATE/ingest', '{"online":false,"timestamp":10}', true);
    await settle();
    expect(broker.taken.at(-1)).toMatchObject({ topic: 'spBv1.0/plant/NDEATH/line', isWill: false });
    expect(runner.snapshot().connection).toMatchObject({ phase: 'away', code: 'sparkplug/host-offline' });
    clock.advanceMs(1_000);
    await settle();
    expect(brokers.map(({ clientIds }) => clientIds.length)).toEqual([0, 1]);
    expect(runner.snapshot()).toMatchObject({ session: 'waiting-for-host', brokerIndex: 1, bdSeq: 1 });
    clock.advanceMs(15_000);
    await settle();
    clock.advanceMs(2_000);
    await settle();
    // The STATE that the first broker kept is still offline, so the walk goes on.
    expect(brokers.map(({ connects }) => connects.length)).toEqual([2, 1]);
    expect(told).toEqual([true, false]);
  });

  it('ends within 2 s when the broker takes nothing any more', async () => {
    const all = fixture();
    let isDeaf = false;
    const never = new Promise<void>(() => {});
    const runner = createEdgeNodeRunner({
      ...all.parts,
      openLink: async (_index, request) => {
        const link = await all.broker.open(request);
        return {
          ...link,
          publish: (...message) => (isDeaf ? never : link.publish(...message)),
          close: () => (isDeaf ? never : link.close()),
        };
      },
    });
    runner.start();
    await settle();
    isDeaf = true;
    let hasStopped = false;
    const stopping = runner.stop().then(() => (hasStopped = true));
    for (const limitMs of [1_400, 500]) {
      await settle();
      all.clock.advanceMs(limitMs);
    }
    await stopping;
    expect(hasStopped).toBe(true);
  });

  it('closes a link that opens after it was stopped', async () => {
    const { parts, broker, taken } = fixture();
    let admit = (): void => {};
    const admitted = new Promise<void>((resolve) => (admit = resolve));
    const runner = createEdgeNodeRunner({
      ...parts,
      openLink: (_index, request) => admitted.then(() => broker.open(request)),
    });
    runner.start();
    await settle();
    expect(runner.snapshot().session).toBe('connecting');
    const stopping = runner.stop();
    admit();
    await stopping;
    expect(broker.connects).toHaveLength(1);
    expect(broker.clientIds).toEqual([]);
    expect(taken()).toEqual([]);
  });

  it('tells each change of the session', async () => {
    const { runner } = fixture();
    const sessions: string[] = [];
    runner.onSessionChanged(({ session }) => sessions.push(session));
    runner.start();
    await settle();
    await runner.stop();
    expect(sessions).toEqual(['connecting', 'born', 'offline']);
  });
});

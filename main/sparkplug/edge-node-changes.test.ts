import { describe, expect, it } from 'vitest';
import { born, change, fixture, metric, payloadOf, settle } from '../testing/edge-node-fixture.ts';
import { createEdgeNodeRunner } from './edge-node-runner.ts';
import { encodePayload, toWireMetric } from './encode-payload.ts';
import { encodeHostState } from './host-state.ts';

const STATE = 'spBv1.0/STATE/scada';

/** A DCMD that asks one device for its birth. */
const deviceRebirth = (value = true): Uint8Array => {
  const head = { name: 'Device Control/Rebirth', hasDatatype: false, isHistorical: false };
  const metric = { datatype: 'Boolean', value, quality: 'good', statusCode: 0, timestampMs: 0 } as const;
  return encodePayload(0, null, [toWireMetric(head, metric)]);
};

describe('an edge node whose devices change', () => {
  it('bears only the device whose metrics changed, with the next seq and the other aliases as they were', async () => {
    const { broker, devices, runner, taken } = await born();
    const aliases = (index: number): unknown =>
      payloadOf(broker.taken[index]!).metrics.map(({ name, alias }) => [name, alias]);
    expect(aliases(1)).toEqual([
      ['speed', 2],
      ['count', 3],
    ]);
    devices[0]!.metrics = [metric('count'), metric('torque')];
    runner.deviceOnlineChanged('press', true, 5_000);
    await settle();
    expect(taken(3)).toEqual(['DBIRTH/line/press']);
    expect(payloadOf(broker.taken[3]!).seq).toBe(3);
    // 4 is the oven's.
    expect(aliases(3)).toEqual([
      ['count', 3],
      ['torque', 5],
    ]);
    const gone = await runner.send([change('press', 'speed', 1)], false);
    expect([gone.notTaken.length, gone.poisoned.length]).toEqual([0, 1]);
    await runner.send([change('press', 'torque', 2), change('oven', 'speed', 3)], false);
    await settle();
    expect(broker.taken.slice(4).map((message) => payloadOf(message).metrics[0]?.alias)).toEqual([5, 4]);
    devices[0]!.metrics = [metric('valve'), metric('count'), metric('torque')];
    runner.deviceOnlineChanged('press', true, 6_000);
    await settle();
    expect(aliases(6)).toEqual([
      ['valve', 6],
      ['count', 3],
      ['torque', 5],
    ]);
  });

  it('ends a device that is removed with its death, and no later birth holds it', async () => {
    const { broker, clock, devices, runner, taken, askRebirth } = await born();
    devices.splice(0, 1);
    runner.deviceOnlineChanged('press', false, 4_321);
    await settle();
    expect(taken(3)).toEqual(['DDEATH/line/press']);
    expect(payloadOf(broker.taken[3]!)).toMatchObject({ seq: 3, timestampMs: 4_321 });
    runner.deviceOnlineChanged('press', true, 5_000);
    clock.advanceMs(2_000);
    askRebirth();
    await settle();
    expect(taken(4)).toEqual(['NCMD/line', 'NBIRTH/line', 'DBIRTH/line/oven']);
  });

  it('answers a DCMD with Device Control/Rebirth by the birth of that device alone', async () => {
    const { broker, clock, taken } = await born();
    clock.advanceMs(2_000);
    broker.inject('spBv1.0/plant/DCMD/line/press', deviceRebirth(false));
    broker.inject('spBv1.0/plant/DCMD/line/robot', deviceRebirth());
    broker.inject('spBv1.0/plant/DCMD/other/press', deviceRebirth());
    await settle();
    expect(taken(3).filter((topic) => !topic.startsWith('DCMD'))).toEqual([]);
    broker.inject('spBv1.0/plant/DCMD/line/press', deviceRebirth());
    broker.inject('spBv1.0/plant/DCMD/line/press', deviceRebirth());
    await settle();
    const births = (): number[] =>
      broker.taken.slice(3).flatMap((one) => (one.topic.includes('/DBIRTH/') ? [payloadOf(one).seq ?? -1] : []));
    expect(births()).toEqual([3]);
    clock.advanceMs(2_000);
    await settle();
    expect(births()).toEqual([3, 4]);
    clock.advanceMs(10_000);
    await settle();
    expect(births()).toEqual([3, 4]);
  });
});

describe('an edge node and its primary host', () => {
  const say = (isOnline: boolean, timestampMs: number): string => encodeHostState({ isOnline, timestampMs });

  it('takes an old STATE for old in the next process too, until a person lets it forget', async () => {
    const { parts, broker, clock } = fixture({ primaryHostId: 'scada' });
    const nowMs = clock.nowMs();
    const first = createEdgeNodeRunner(parts);
    first.start();
    await settle();
    broker.inject(STATE, say(true, nowMs + 60_000), true);
    await settle();
    expect(first.snapshot().session).toBe('born');
    await first.stop();
    broker.inject(STATE, say(true, nowMs), true);
    const second = createEdgeNodeRunner(parts);
    second.start();
    await settle();
    expect(second.snapshot().session).toBe('waiting-for-host');
    second.forgetHost();
    await settle();
    expect(second.snapshot().session).toBe('born');
    await second.stop();
    const third = createEdgeNodeRunner(parts);
    third.start();
    await settle();
    expect(third.snapshot().session).toBe('born');
  });

  it('remembers nothing of a timestamp that no clock can have, and begins with what is readable', async () => {
    const { parts, broker, clock, settings } = fixture({ primaryHostId: 'scada' });
    const first = createEdgeNodeRunner(parts);
    first.start();
    await settle();
    broker.inject(STATE, say(true, 2 ** 53 - 1));
    await settle();
    expect(first.snapshot().session).toBe('born');
    broker.inject(STATE, say(false, clock.nowMs()));
    await settle();
    expect(first.snapshot().session).toBe('offline');
    await first.stop();
    for (const key of settings.keys()) if (key.includes('primaryHost')) settings.set(key, '{"torn');
    const second = createEdgeNodeRunner(parts);
    second.start();
    await settle();
    broker.inject(STATE, say(true, 1));
    await settle();
    expect(second.snapshot().session).toBe('born');
  });

  it('is connected to one broker at a time while it walks the list, and stays where its host is', async () => {
    const { brokers, clock, parts } = fixture({ primaryHostId: 'scada', brokers: 2 });
    const [one, two] = [brokers[0]!, brokers[1]!];
    let mostConnected = 0;
    const watched = createEdgeNodeRunner({
      ...parts,
      openLink: async (index, request) => {
        const link = await parts.openLink(index, request);
        mostConnected = Math.max(mostConnected, one.clientIds.length + two.clientIds.length);
        return link;
      },
    });
    one.inject(STATE, say(true, 10), true);
    two.inject(STATE, say(true, 10), true);
    watched.start();
    await settle();
    expect(watched.snapshot()).toMatchObject({ session: 'born', brokerIndex: 0 });
    one.inject(STATE, say(false, 10), true);
    await settle();
    clock.advanceMs(1_000);
    await settle();
    expect(watched.snapshot()).toMatchObject({ session: 'born', brokerIndex: 1, bdSeq: 1 });
    expect(one.taken.filter(({ topic }) => topic.includes('/NDEATH/'))).toMatchObject([{ isWill: false }]);
    one.inject(STATE, say(true, 20), true);
    clock.advanceMs(60_000);
    await settle();
    expect(watched.snapshot()).toMatchObject({ session: 'born', brokerIndex: 1, bdSeq: 1 });
    expect([one.connects.length, two.connects.length, mostConnected]).toEqual([1, 1, 1]);
    await watched.stop();
  });
});

describe('what an edge node listens to', () => {
  const granting = (granted: (filter: string) => number, takesWrites = false) => {
    const all = fixture();
    const filters: string[] = [];
    const runner = createEdgeNodeRunner({
      ...all.parts,
      takesWrites: () => takesWrites,
      openLink: async (index, request) => {
        const link = await all.parts.openLink(index, request);
        return {
          ...link,
          subscribe: async (asked) => {
            await link.subscribe(asked);
            filters.push(...asked);
            return asked.map(granted);
          },
        };
      },
    });
    return { ...all, runner, filters };
  };

  it('is NCMD and one filter for all DCMD, before any birth (tck-id-message-flow-device-dcmd-subscribe)', async () => {
    const { runner, filters } = granting(() => 1);
    runner.start();
    await settle();
    expect(filters).toEqual(['spBv1.0/plant/NCMD/line', 'spBv1.0/plant/DCMD/line/+']);
    expect(runner.snapshot().session).toBe('born');
  });

  it('must be granted with QoS 1, else nothing is born', async () => {
    const { runner, taken } = granting(() => 0);
    runner.start();
    await settle();
    expect(taken().filter((topic) => topic.startsWith('NBIRTH'))).toEqual([]);
    expect(runner.snapshot()).toMatchObject({
      session: 'offline',
      connection: { phase: 'away', code: 'sparkplug/subscription-refused' },
    });
  });

  it('may lack DCMD as long as nothing is writable', async () => {
    const refusing = (filter: string): number => (filter.includes('DCMD') ? 128 : 1);
    const reading = granting(refusing);
    const writing = granting(refusing, true);
    reading.runner.start();
    writing.runner.start();
    await settle();
    expect(reading.runner.snapshot().session).toBe('born');
    expect(writing.runner.snapshot()).toMatchObject({ connection: { code: 'sparkplug/subscription-refused' } });
  });

  it('may lack DCMD also where a broker ends the connection of who asks for more than it allows', async () => {
    const { clock, broker, runner, filters } = granting((filter) => {
      if (!filter.includes('DCMD')) return 1;
      broker.cut('plant/line');
      throw new Error('the connection was closed');
    });
    runner.start();
    await settle();
    expect(runner.snapshot().session).toBe('offline');
    clock.advanceMs(2_000);
    await settle();
    expect(runner.snapshot().session).toBe('born');
    // Not for ever: the broker may only have been restarted in that moment.
    broker.cut('plant/line');
    await settle();
    clock.advanceMs(30_000);
    await settle();
    expect(filters.filter((filter) => filter.includes('DCMD'))).toHaveLength(2);
  });
});

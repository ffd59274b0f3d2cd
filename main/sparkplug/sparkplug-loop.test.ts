import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { change, fixture, settle } from '../testing/edge-node-fixture.ts';
import { createEdgeNodeRunner } from './edge-node-runner.ts';
import type { ResolvedMetric } from './host-node.ts';
import { createHostRunner, type HostRunner } from './host-runner.ts';

/** An edge node and a host on one broker, on one clock. */
function pair(options: { readonly hasPrimaryHost: boolean }) {
  const all = fixture(options.hasPrimaryHost ? { primaryHostId: 'ingest' } : {});
  const { parts, broker, clock } = all;
  const received: ResolvedMetric[] = [];
  const nodeStates: boolean[] = [];
  const newHost = (): HostRunner => {
    const host = createHostRunner({
      hostId: 'ingest',
      keepAliveS: 10,
      openLink: (_index, request) => broker.open(request),
      memory: parts.memory,
      clock,
      log: parts.log,
      random: () => 1,
      reorderTimeoutMs: 2_000,
    });
    host.onMetrics((metrics) => received.push(...metrics));
    host.onNodeChanged(({ isOnline }) => nodeStates.push(isOnline));
    return host;
  };
  const pass = async (byMs: number): Promise<void> => {
    for (let passedMs = 0; passedMs < byMs; passedMs += 500) {
      await settle();
      clock.advanceMs(500);
    }
    await settle();
  };
  const values = (): unknown[] => received.filter(({ isBirth }) => !isBirth).map(({ value }) => value);
  return { ...all, edge: createEdgeNodeRunner(parts), newHost, received, nodeStates, pass, values };
}

describe('edge node and host on one broker', () => {
  it('begin with the host: births when it is ready, a death when it is not, births again', async () => {
    const { edge, newHost, pass, nodeStates, values } = pair({ hasPrimaryHost: true });
    const host = newHost();
    host.start();
    edge.start();
    await pass(1_000);
    expect(edge.snapshot().session).toBe('waiting-for-host');
    host.setReady(true);
    await pass(500);
    expect(edge.snapshot().session).toBe('born');
    expect((await edge.send([change('press', 'speed', 5, 42)], false)).notTaken).toEqual([]);
    await pass(500);
    expect(values()).toEqual([42]);
    host.setReady(false);
    await pass(3_000);
    expect(edge.snapshot().session).toBe('waiting-for-host');
    expect((await edge.send([change('press', 'speed', 6, 43)], false)).notTaken).toHaveLength(1);
    host.setReady(true);
    await pass(500);
    expect(nodeStates).toEqual([true, false, true]);
    expect(host.snapshot()).toMatchObject({ nodes: [{ id: 'plant/line', deviceCount: 2, bdSeq: 1 }], faultCount: 0 });
  });

  it('lets a host that comes late learn everything by one rebirth', async () => {
    const { edge, newHost, pass, values, broker } = pair({ hasPrimaryHost: false });
    edge.start();
    await pass(3_000);
    const host = newHost();
    host.setReady(true);
    host.start();
    await pass(500);
    await edge.send([change('press', 'speed', 5, 1)], false);
    await pass(500);
    await edge.send([change('press', 'speed', 6, 2)], false);
    await pass(5_000);
    expect(values()).toEqual([2]);
    expect(host.snapshot()).toMatchObject({ rebirthRequestCount: 1, nodes: [{ isOnline: true, deviceCount: 2 }] });
    expect(broker.taken.filter(({ topic }) => topic.includes('NBIRTH'))).toHaveLength(2);
  });

  it('show a cut edge node offline by its Will and online again by its births, once each', async () => {
    const { edge, newHost, pass, nodeStates, broker } = pair({ hasPrimaryHost: false });
    const host = newHost();
    host.setReady(true);
    host.start();
    await pass(500);
    edge.start();
    await pass(500);
    broker.cut('plant/line');
    await pass(2_000);
    await edge.stop();
    await pass(500);
    expect(nodeStates).toEqual([true, false, true, false]);
  });

  it('keep an uncertain value uncertain although the wire knows no code for it', async () => {
    const { edge, newHost, pass, received } = pair({ hasPrimaryHost: true });
    const host = newHost();
    host.setReady(true);
    host.start();
    edge.start();
    await pass(1_000);
    const lastUsable = { quality: 'uncertain', statusCode: 0x4090_0000 } as const;
    const failed = { quality: 'bad', statusCode: 0x808c_0000 } as const;
    await edge.send(
      [lastUsable, failed].map((facts, at) => ({ ...change('press', 'speed', 5 + at), ...facts })),
      false,
    );
    await pass(500);
    const data = received.filter(({ isBirth }) => !isBirth);
    expect(data.map(({ quality, statusCode }) => ({ quality, statusCode }))).toEqual([lastUsable, failed]);
  });

  it('lose nothing that was sent and kept in a session, whatever fails, once all is well again', async () => {
    const event = fc.constantFrom(
      'send',
      'send',
      'send',
      'cut-edge',
      'cut-host',
      'broker',
      'not-ready',
      'ready',
      'pass',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 40 }), async (events) => {
        const { edge, newHost, pass, values, broker } = pair({ hasPrimaryHost: true });
        const host = newHost();
        host.setReady(true);
        host.start();
        edge.start();
        await pass(1_000);
        let value = 0;
        let kept: number[] = [];
        let endedCount = 0;
        const stop = edge.onSessionChanged(({ session }) => {
          // What a forwarder would send again: everything of a session that ended.
          if (session === 'born') return;
          kept = [];
          endedCount += 1;
        });
        for (const name of events) {
          if (name === 'send') {
            value += 1;
            const endedBefore = endedCount;
            const back = await edge.send([change('press', 'speed', value, value)], false).catch(() => undefined);
            if (back?.notTaken.length === 0 && endedCount === endedBefore) kept.push(value);
          } else if (name === 'cut-edge') broker.cut('plant/line');
          else if (name === 'cut-host') broker.cut('ingest');
          else if (name === 'broker') {
            broker.down();
            await pass(1_500);
            broker.up();
          } else if (name === 'pass') await pass(2_500);
          else host.setReady(name === 'ready');
        }
        await settle();
        const arrived = new Set(values());
        expect(kept.filter((sent) => !arrived.has(sent))).toEqual([]);
        host.setReady(true);
        await pass(70_000);
        expect(edge.snapshot().session).toBe('born');
        expect((await edge.send([change('press', 'speed', 1e6, 1e6)], false)).notTaken).toEqual([]);
        await settle();
        expect(values().at(-1)).toBe(1e6);
        stop();
        await edge.stop();
        await host.stop();
      }),
      { numRuns: 200 },
    );
  });
});

import { describe, expect, it } from 'vitest';
import { EdgeNodeStream, toIncoming } from '../testing/edge-node-stream.ts';
import { encodePayload, toWireMetric } from './encode-payload.ts';
import { createHostNode, type HostEffect, type IncomingMessage } from './host-node.ts';
import { nextDueMs, step } from './host-session.ts';
import { toEdgeNodeDescriptor } from './topic.ts';

const TIMEOUT_MS = 2_000;

/** A host for one node: `take` gives the effects of a message, `wait` those of the ticks that fall due meanwhile. */
function host() {
  let node = createHostNode(toEdgeNodeDescriptor('plant', 'line'));
  let monotonicMs = 0;
  const moment = () => ({ nowMs: 1_000_000 + monotonicMs, monotonicMs, chance: 1 });
  const rules = { reorderTimeoutMs: TIMEOUT_MS };
  const run = (input: Parameters<typeof step>[1]): readonly HostEffect[] => {
    const { next, effects } = step(node, input, rules);
    node = next;
    return effects;
  };
  return {
    node: () => node,
    take: (...messages: readonly IncomingMessage[]) =>
      messages.flatMap((message) => run({ type: 'message', message, moment: moment() })),
    loseLink: () => run({ type: 'link-lost', moment: moment() }),
    wait(byMs: number): readonly HostEffect[] {
      const untilMs = monotonicMs + byMs;
      const effects: HostEffect[] = [];
      for (let dueMs = nextDueMs(node); dueMs !== undefined && dueMs <= untilMs; dueMs = nextDueMs(node)) {
        monotonicMs = Math.max(monotonicMs, dueMs);
        effects.push(...run({ type: 'tick', moment: moment() }));
      }
      monotonicMs = untilMs;
      return effects;
    },
  };
}

const dataOf = (effects: readonly HostEffect[]) =>
  effects.flatMap((effect) => (effect.type === 'metrics' ? effect.metrics : [])).filter(({ isBirth }) => !isBirth);
const valuesOf = (effects: readonly HostEffect[]) => dataOf(effects).map(({ value }) => value);
const others = (effects: readonly HostEffect[]) => effects.filter(({ type }) => !/metrics|settled|unstored/.test(type));
const faults = (effects: readonly HostEffect[]) => effects.flatMap((e) => (e.type === 'fault' ? [e.reason] : []));
const asks = (effects: readonly HostEffect[]) => effects.filter(({ type }) => type === 'request-rebirth').length;

/** A host that knows node and device `press`. */
function bornHost(bdSeq = 0) {
  const all = { ...host(), edge: new EdgeNodeStream(bdSeq) };
  all.take(all.edge.nodeBirth(), all.edge.deviceBirth('press', ['speed', 'count']));
  return all;
}

describe('host session', () => {
  it('passes births and data on with name, datatype, quality and time', () => {
    const { take } = host();
    const edge = new EdgeNodeStream();
    const effects = take(edge.nodeBirth(), edge.deviceBirth('press'), edge.data('press', 'speed', 7, 2_500));
    expect(others(effects).map(({ type }) => type)).toEqual(['node-online', 'device-online']);
    expect(dataOf(effects)).toEqual([
      {
        groupId: 'plant',
        edgeNodeId: 'line',
        deviceId: 'press',
        metricName: 'speed',
        datatype: 'Double',
        value: 7,
        quality: 'good',
        statusCode: 0,
        timestampMs: 2_500,
        isHistorical: false,
        isBirth: false,
      },
    ]);
    expect(effects.flatMap((e) => (e.type === 'metrics' ? e.metrics.map((m) => m.metricName) : []))).not.toContain(
      'bdSeq',
    );
  });

  it('reads sign and quality from birth and properties', () => {
    const { take, edge } = bornHost();
    const value = { datatype: 'Int16', value: -12, quality: 'stale', statusCode: 0x8031_0000, timestampMs: 5 } as const;
    const birth = toWireMetric({ name: 'level', alias: 90, hasDatatype: true, isHistorical: false }, value);
    take(toIncoming('DBIRTH', 'oven', encodePayload(0, 2, [birth])));
    edge.skip();
    const data = toWireMetric({ alias: 90, hasDatatype: false, isHistorical: true }, value);
    expect(dataOf(take(toIncoming('DDATA', 'oven', encodePayload(0, 3, [data]))))).toMatchObject([
      {
        metricName: 'level',
        datatype: 'Int16',
        value: -12,
        quality: 'stale',
        statusCode: 0x8031_0000,
        isHistorical: true,
      },
    ]);
  });

  it('asks for births at the first data of a node it does not know, then ever more rarely', () => {
    const { take, wait } = host();
    const edge = new EdgeNodeStream();
    edge.skip(3);
    const first = take(edge.data('press', 'speed', 1));
    expect(others(first)).toMatchObject([
      { type: 'fault', reason: 'data-before-birth' },
      { type: 'request-rebirth', because: 'data-before-birth' },
    ]);
    expect(asks(take(edge.data('press', 'speed', 2)))).toBe(0);
    expect([999, 1, 1_999, 1, 3_999, 1].map((byMs) => asks(wait(byMs)))).toEqual([0, 1, 0, 1, 0, 1]);
    expect(asks(wait(3_600_000))).toBeLessThan(20);
  });

  it('asks a node that answers again within 8 s, however often its messages were missed', () => {
    const { take, wait } = host();
    const edge = new EdgeNodeStream();
    take(edge.data('press', 'speed', 0));
    for (let gap = 0; gap < 12; gap++) {
      take(edge.nodeBirth());
      const asked = asks(take(edge.data('press', 'speed', gap)));
      expect(asked + asks(wait(8_000))).toBeGreaterThanOrEqual(1);
    }
  });

  it('asks no more after a birth, and begins a new count only after a calm minute', () => {
    const { take, wait } = host();
    const edge = new EdgeNodeStream();
    take(edge.data('press', 'speed', 1));
    take(edge.nodeBirth());
    expect(asks(wait(500))).toBe(0);
    expect(asks(take(edge.data('press', 'speed', 2)))).toBe(0);
    expect(asks(wait(499))).toBe(0);
    expect(asks(wait(1))).toBe(1);
    take(edge.nodeBirth());
    expect(asks(wait(70_000))).toBe(0);
    expect(asks(take(edge.data('press', 'speed', 3)))).toBe(1);
  });

  it('puts messages back into their order (tck-id-operational-behavior-host-reordering-success)', () => {
    const { take, wait, edge } = bornHost();
    const [one, two, three] = [1, 2, 3].map((value) => edge.data('press', 'speed', value));
    expect(valuesOf(take(three!, two!))).toEqual([]);
    expect(valuesOf(take(one!))).toEqual([1, 2, 3]);
    expect(asks(wait(60_000))).toBe(0);
  });

  it('takes what waits after the reorder timeout, and asks for births (tck-id-operational-behavior-host-reordering-rebirth)', () => {
    const { take, wait, edge } = bornHost();
    const lost = edge.data('press', 'speed', 1);
    expect(take(edge.data('press', 'speed', 2))).toEqual([]);
    expect(wait(TIMEOUT_MS - 1)).toEqual([]);
    const effects = wait(1);
    expect(valuesOf(effects)).toEqual([2]);
    expect(others(effects)).toMatchObject([{ reason: 'seq-gap' }, { type: 'request-rebirth', because: 'seq-gap' }]);
    expect(valuesOf(take(lost))).toEqual([1]);
    expect(valuesOf(take(lost, edge.data('press', 'speed', 3)))).toEqual([3]);
  });

  it('drops a late copy, but refuses another message from the past at once and asks, however far it is behind', () => {
    for (const behind of [2, 100]) {
      const { take, edge } = bornHost();
      const messages = Array.from({ length: 120 }, (_message, value) => edge.data('press', 'speed', value));
      expect(take(...messages, messages.at(-behind)!)).toHaveLength(120);
      edge.skip(-behind);
      const late = take(edge.data('press', 'speed', 500));
      expect(faults(late)).toEqual(['late-message']);
      expect(asks(late)).toBe(1);
      expect(valuesOf(late)).toEqual([]);
    }
  });

  it('keeps order over the turn of seq from 255 to 0', () => {
    const { take, edge } = bornHost();
    const messages = Array.from({ length: 600 }, (_message, value) => edge.data('press', 'speed', value));
    for (let at = 0; at + 1 < messages.length; at += 2)
      [messages[at], messages[at + 1]] = [messages[at + 1]!, messages[at]!];
    expect(valuesOf(take(...messages))).toEqual(Array.from({ length: 600 }, (_value, index) => index));
  });

  it('drops a copy of the last message in silence, also of a birth', () => {
    const { take, edge } = bornHost();
    const data = edge.data('press', 'speed', 1);
    take(data);
    expect(take(data, data)).toEqual([]);
    const birth = edge.nodeBirth();
    take(birth);
    expect(take(birth)).toEqual([]);
  });

  it('understands a DBIRTH that overtakes its NBIRTH, at the first birth and at a rebirth', () => {
    const { take, wait } = host();
    const edge = new EdgeNodeStream();
    for (let session = 1; session <= 2; session += 1) {
      const nodeBirth = edge.nodeBirth();
      const deviceBirth = edge.deviceBirth('press');
      take(deviceBirth, nodeBirth);
      const effects = take(edge.data('press', 'speed', 1));
      expect(valuesOf(effects)).toEqual([1]);
      expect(others(effects)).toEqual([]);
      for (let count = 0; count < 60; count += 1) take(edge.data('press', 'speed', 2));
    }
    expect(asks(wait(60_000))).toBe(0);
  });

  it('shows a rebirth neither as a new connection nor as a loss of the devices that come again', () => {
    const { take, edge } = bornHost();
    take(edge.deviceBirth('oven'));
    const rebirth = take(edge.nodeBirth(), edge.deviceBirth('press'));
    expect(others(rebirth)).toEqual([]);
    const after = take(edge.data('press', 'speed', 1));
    expect(others(after)).toMatchObject([{ type: 'device-offline', deviceId: 'oven', because: 'not-born-again' }]);
  });

  it('counts a device as gone that is not born again within 5 s, also without any data', () => {
    const { take, wait, edge } = bornHost();
    take(edge.nodeBirth());
    expect(wait(4_999)).toEqual([]);
    expect(others(wait(1))).toMatchObject([{ type: 'device-offline', deviceId: 'press' }]);
  });

  it('takes a new bdSeq for a new connection and ignores the late Will of the old one', () => {
    const { take, edge } = bornHost(4);
    edge.bdSeq = 5;
    expect(others(take(edge.nodeBirth(), edge.deviceBirth('press')))).toMatchObject([{ type: 'node-online' }]);
    expect(take(edge.nodeDeath(4))).toEqual([]);
    const death = take(edge.nodeDeath(5));
    expect(death).toMatchObject([
      { type: 'device-offline', deviceId: 'press', because: 'node-death' },
      { type: 'node-offline', because: 'death', atMs: 1_000_000 },
    ]);
    expect(take(edge.nodeDeath(5))).toEqual([]);
  });

  it('flushes what waits before a death or a new birth takes effect', () => {
    const { take, edge } = bornHost();
    edge.skip();
    take(edge.data('press', 'speed', 1));
    expect(take(edge.nodeDeath()).map(({ type }) => type)).toEqual(['metrics', 'device-offline', 'node-offline']);
    const again = bornHost();
    again.edge.skip();
    again.take(again.edge.data('press', 'speed', 2));
    expect(valuesOf(again.take(again.edge.nodeBirth()))).toEqual([2]);
  });

  it('marks an unknown node offline at its death', () => {
    expect(host().take(new EdgeNodeStream().nodeDeath(9))).toMatchObject([{ type: 'node-offline' }]);
  });

  it('takes the time of a device death from its payload and refuses data until the next birth', () => {
    const { take, edge } = bornHost();
    expect(take(edge.deviceDeath('press', 777))).toEqual([
      { type: 'device-offline', deviceId: 'press', atMs: 777, because: 'death' },
    ]);
    const data = take(edge.data('press', 'speed', 1));
    expect(faults(data)).toEqual(['unknown-device']);
    expect(asks(data)).toBe(1);
  });

  it('uses the known metrics of a message with an unknown alias, and asks', () => {
    const { take } = bornHost();
    const unknown = toWireMetric(
      { alias: 9_999, hasDatatype: false, isHistorical: false },
      { datatype: 'Double', value: 1, quality: 'good', statusCode: 0, timestampMs: 1 },
    );
    const known = toWireMetric(
      { name: 'speed', hasDatatype: false, isHistorical: false },
      { datatype: 'Double', value: 2, quality: 'good', statusCode: 0, timestampMs: 1 },
    );
    const effects = take(toIncoming('DDATA', 'press', encodePayload(0, 2, [unknown, known])));
    expect(valuesOf(effects)).toEqual([2]);
    expect(faults(effects)).toEqual(['unknown-metric']);
    expect(asks(effects)).toBe(1);
  });

  it('ignores retained births and data and asks; retained deaths are ignored in silence of requests', () => {
    const { take } = host();
    const edge = new EdgeNodeStream();
    const birth = take({ ...edge.nodeBirth(), isRetained: true });
    expect(faults(birth)).toEqual(['retained-message']);
    expect(asks(birth)).toBe(1);
    const fresh = host();
    expect(others(fresh.take({ ...edge.nodeDeath(), isRetained: true }))).toMatchObject([{ type: 'fault' }]);
  });

  it('tells an unreadable payload and asks', () => {
    const { take } = bornHost();
    const effects = take(toIncoming('DDATA', 'press', Uint8Array.of(0xff, 0xff)));
    expect(faults(effects)).toEqual(['undecodable-payload']);
    expect(asks(effects)).toBe(1);
  });

  it('knows nothing any more when its own link was lost', () => {
    const { take, loseLink, edge } = bornHost();
    expect(loseLink()).toMatchObject([
      { type: 'device-offline', deviceId: 'press', because: 'link-lost' },
      { type: 'node-offline', because: 'link-lost' },
    ]);
    expect(loseLink()).toEqual([]);
    expect(asks(take(edge.data('press', 'speed', 1)))).toBe(1);
    expect(others(take(edge.nodeBirth()))).toMatchObject([{ type: 'node-online' }]);
  });
});

import { describe, expect, it } from 'vitest';
import { EdgeNodeStream } from '../testing/edge-node-stream.ts';
import { createHostNode, type HostEffect, type IncomingMessage } from './host-node.ts';
import { nextDueMs, step } from './host-session.ts';
import { toEdgeNodeDescriptor } from './topic.ts';

/** A host and the programs that speak as its one node: each answers a request for births, as an edge node does. */
function plant(
  ...programs: readonly { readonly stream: EdgeNodeStream; readonly devices: Record<string, string[]> }[]
) {
  let node = createHostNode(toEdgeNodeDescriptor('plant', 'line'));
  let monotonicMs = 0;
  const effects: HostEffect[] = [];
  let requestCount = 0;
  const live = new Set(programs);
  const run = (input: Parameters<typeof step>[1]): void => {
    const result = step(node, input, { reorderTimeoutMs: 2_000 });
    node = result.next;
    effects.push(...result.effects);
    const asked = result.effects.filter(({ type }) => type === 'request-rebirth').length;
    requestCount += asked;
    if (asked > 0) for (const program of live) bear(program);
  };
  const moment = () => ({ nowMs: monotonicMs, monotonicMs, chance: 0.5 });
  const take = (message: IncomingMessage): void => run({ type: 'message', message, moment: moment() });
  const bear = ({ stream, devices }: (typeof programs)[number]): void => {
    take(stream.nodeBirth());
    for (const [deviceId, names] of Object.entries(devices)) take(stream.deviceBirth(deviceId, names));
  };
  const pass = (byMs: number): void => {
    const untilMs = monotonicMs + byMs;
    for (let dueMs = nextDueMs(node); dueMs !== undefined && dueMs <= untilMs; dueMs = nextDueMs(node)) {
      monotonicMs = Math.max(monotonicMs, dueMs);
      run({ type: 'tick', moment: moment() });
    }
    monotonicMs = untilMs;
  };
  return {
    live,
    take,
    bear,
    pass,
    /** Each live program sends a change of each of its metrics, once a second. */
    speak(seconds: number): void {
      for (let second = 0; second < seconds; second += 1) {
        for (const [offset, { stream, devices }] of [...live].entries()) {
          for (const [deviceId, names] of Object.entries(devices)) {
            for (const name of names) take(stream.data(deviceId, name, second, monotonicMs + offset));
          }
        }
        pass(1_000);
      }
    },
    requestCount: () => requestCount,
    isFound: () => node.duplicate.isFound,
    takeEffects: () => effects.splice(0),
  };
}

const found = (effects: readonly HostEffect[]) =>
  effects.flatMap((effect) => (effect.type === 'duplicate-node' ? [effect.isFound] : []));

describe('two programs with one edge node descriptor', () => {
  it.each([
    ['whose bdSeq differ', 4, 90],
    ['whose bdSeq are the same', 0, 0],
  ])(
    '%s are found with few requests, asked nothing more, and forgotten a minute after one has ended',
    (_what, one, two) => {
      const first = { stream: new EdgeNodeStream(one), devices: { press: ['speed'] } };
      const second = { stream: new EdgeNodeStream(two), devices: { press: ['speed'] } };
      const all = plant(first, second);
      all.bear(first);
      all.bear(second);
      all.speak(60);
      expect(all.isFound()).toBe(true);
      const requests = all.requestCount();
      expect(requests).toBeLessThanOrEqual(6);
      all.speak(600);
      expect(all.requestCount()).toBe(requests);
      expect(found(all.takeEffects())).toEqual([true]);
      all.live.delete(second);
      all.speak(120);
      expect(found(all.takeEffects())).toEqual([false]);
      expect([all.isFound(), all.requestCount()]).toEqual([false, requests + 1]);
      all.speak(60);
      expect(all.takeEffects().filter(({ type }) => type === 'fault')).toEqual([]);
    },
  );

  it('passes on what two copies of one configuration send: their aliases mean the same', () => {
    const first = { stream: new EdgeNodeStream(4), devices: { press: ['speed'] } };
    const all = plant(first, { stream: new EdgeNodeStream(90), devices: { press: ['speed'] } });
    all.bear(first);
    all.speak(60);
    all.takeEffects();
    all.speak(10);
    expect(all.takeEffects().some(({ type }) => type === 'metrics')).toBe(true);
  });

  it('passes nothing on that is named by an alias which the two use for different metrics', () => {
    const first = { stream: new EdgeNodeStream(4), devices: { press: ['speed'] } };
    const second = { stream: new EdgeNodeStream(90), devices: { press: ['pressure'] } };
    const all = plant(first, second);
    all.bear(first);
    all.bear(second);
    all.speak(60);
    expect(all.isFound()).toBe(true);
    all.takeEffects();
    all.speak(10);
    const effects = all.takeEffects();
    expect(effects.filter(({ type }) => type === 'metrics')).toEqual([]);
    expect(effects).toContainEqual(expect.objectContaining({ type: 'fault', reason: 'duplicate-node' }));
  });

  it('are found when they take each other’s connection over, with a death each time', () => {
    const [one, two] = [new EdgeNodeStream(10), new EdgeNodeStream(200)];
    const all = plant();
    for (let turn = 0; turn < 5; turn += 1) {
      for (const stream of [one, two]) {
        all.take(stream.nodeBirth());
        all.pass(5_000);
        all.take(stream.nodeDeath());
        stream.bdSeq = (stream.bdSeq + 1) % 256;
      }
    }
    expect(all.isFound()).toBe(true);
  });

  it('are not seen in one node that reconnects, loses its bdSeq once, or is asked for births by many hosts', () => {
    const stream = new EdgeNodeStream(250);
    const only = { stream, devices: { press: ['speed'] } };
    const all = plant(only);
    for (let turn = 0; turn < 30; turn += 1) {
      all.bear(only);
      if (turn % 3 === 0) all.take(stream.nodeDeath());
      stream.bdSeq = turn === 15 ? 0 : (stream.bdSeq + 1) % 256;
      all.bear(only);
      all.bear(only);
      all.speak(3);
    }
    expect(found(all.takeEffects())).toEqual([]);
  });

  it('are not seen in one node whose broker copies messages, also late ones', () => {
    const stream = new EdgeNodeStream(3);
    const all = plant();
    all.take(stream.nodeBirth());
    all.take(stream.deviceBirth('press'));
    for (let turn = 0; turn < 200; turn += 1) {
      const messages = [1, 2, 3].map((value) => stream.data('press', 'speed', value, turn));
      for (const message of [...messages, ...messages]) all.take(message);
      all.pass(1_000);
    }
    expect(all.takeEffects().filter(({ type }) => type === 'fault' || type === 'duplicate-node')).toEqual([]);
  });

  it('are not seen in one node whose births are lost once a minute', () => {
    const stream = new EdgeNodeStream(3);
    const only = { stream, devices: { press: ['speed'] } };
    const all = plant(only);
    all.bear(only);
    for (let turn = 0; turn < 20; turn += 1) {
      all.speak(60);
      stream.nodeBirth();
    }
    expect(all.requestCount()).toBeGreaterThan(10);
    expect(found(all.takeEffects())).toEqual([]);
  });
});

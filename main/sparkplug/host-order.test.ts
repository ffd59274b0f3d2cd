import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EdgeNodeStream } from '../testing/edge-node-stream.ts';
import { createHostNode, type HostEffect, type IncomingMessage } from './host-node.ts';
import { nextDueMs, step } from './host-session.ts';
import { toEdgeNodeDescriptor } from './topic.ts';

const TIMEOUT_MS = 2_000;
const DEVICES = ['press', 'oven'] as const;
type Action = 'press' | 'oven' | 'node' | 'rebirth' | 'reconnect' | 'press-death' | 'oven-death';

/** What an edge node would send: births first, data only of what is born; values number the data messages. */
function toStream(actions: readonly Action[]): { readonly messages: IncomingMessage[]; readonly valueCount: number } {
  const edge = new EdgeNodeStream();
  const messages: IncomingMessage[] = [];
  const born = new Set<string>();
  let valueCount = 0;
  const bear = (): void => {
    messages.push(edge.nodeBirth());
    for (const deviceId of DEVICES) {
      messages.push(edge.deviceBirth(deviceId));
      born.add(deviceId);
    }
  };
  bear();
  for (const action of actions) {
    if (action === 'rebirth') bear();
    else if (action === 'reconnect') {
      messages.push(edge.nodeDeath());
      edge.bdSeq = (edge.bdSeq + 1) % 256;
      bear();
    } else if (action === 'press-death' || action === 'oven-death') {
      const deviceId = action.replace('-death', '');
      if (born.delete(deviceId)) messages.push(edge.deviceDeath(deviceId, 5));
    } else if (action === 'node' || born.has(action)) {
      const [deviceId, name] = action === 'node' ? [null, 'load'] : [action, 'speed'];
      messages.push(edge.data(deviceId, name, (valueCount += 1)));
    }
  }
  return { messages, valueCount };
}

function run(messages: readonly { readonly message: IncomingMessage; readonly gapMs: number }[]): HostEffect[] {
  let node = createHostNode(toEdgeNodeDescriptor('plant', 'line'));
  let monotonicMs = 0;
  const effects: HostEffect[] = [];
  const rules = { reorderTimeoutMs: TIMEOUT_MS };
  const moment = () => ({ nowMs: monotonicMs, monotonicMs, chance: 0.5 });
  const take = (input: Parameters<typeof step>[1]): void => {
    const result = step(node, input, rules);
    node = result.next;
    effects.push(...result.effects);
  };
  const waitUntil = (untilMs: number): void => {
    for (let dueMs = nextDueMs(node); dueMs !== undefined && dueMs <= untilMs; dueMs = nextDueMs(node)) {
      monotonicMs = Math.max(monotonicMs, dueMs);
      take({ type: 'tick', moment: moment() });
    }
    monotonicMs = untilMs;
  };
  for (const { message, gapMs } of messages) {
    waitUntil(monotonicMs + gapMs);
    take({ type: 'message', message, moment: moment() });
  }
  waitUntil(monotonicMs + 10 * TIMEOUT_MS);
  return effects;
}

const action = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom<Action>('press', 'oven', 'node') },
  { weight: 1, arbitrary: fc.constantFrom<Action>('rebirth', 'reconnect', 'press-death', 'oven-death') },
);
const stream = fc.array(action, { maxLength: 60 }).map(toStream);

const dataOf = (effects: readonly HostEffect[]) =>
  effects.flatMap((e) => (e.type === 'metrics' ? e.metrics : [])).filter(({ isBirth }) => !isBirth);

/** Online and offline of node and devices come in turn, and of a device only while its node is online. */
function checkPresence(effects: readonly HostEffect[]): void {
  const online = new Set<string>();
  for (const effect of effects) {
    if (effect.type === 'node-online') online.add('');
    if (effect.type === 'node-offline') {
      online.delete('');
      expect(online.size).toBe(0);
    }
    if (effect.type === 'device-online') {
      expect(online.has('')).toBe(true);
      expect(online.has(effect.deviceId)).toBe(false);
      online.add(effect.deviceId);
    }
    if (effect.type === 'device-offline') expect(online.delete(effect.deviceId)).toBe(true);
  }
}

describe('host session under any order of messages', () => {
  it('passes a stream in order on completely, each value once and in order, and asks for nothing', () => {
    fc.assert(
      fc.property(stream, ({ messages, valueCount }) => {
        const effects = run(messages.map((message) => ({ message, gapMs: 10 })));
        expect(dataOf(effects).map(({ value }) => value)).toEqual(Array.from({ length: valueCount }, (_v, i) => i + 1));
        expect(effects.filter(({ type }) => type === 'request-rebirth' || type === 'fault')).toEqual([]);
        checkPresence(effects);
      }),
    );
  });

  it('repairs data that a broker has put out of order, also with copies', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom<Action>('press', 'oven', 'node'), { maxLength: 300 }).map(toStream),
        fc.array(fc.nat(5), { maxLength: 310 }),
        fc.array(fc.boolean(), { maxLength: 310 }),
        ({ messages, valueCount }, shifts, copies) => {
          // The three births stay in front; each data message moves back by at most five places.
          const late = messages.map((message, at) => ({ message, place: at < 3 ? at : at + (shifts[at] ?? 0) + 0.5 }));
          late.sort((one, other) => one.place - other.place);
          const isInTurn = late.every(({ message }, at) => message === messages[at]);
          const doubled = late.flatMap(({ message }, at) => (isInTurn && copies[at] ? [message, message] : [message]));
          const effects = run(doubled.map((message) => ({ message, gapMs: 1 })));
          expect(dataOf(effects).map(({ value }) => value)).toEqual(
            Array.from({ length: valueCount }, (_v, i) => i + 1),
          );
          expect(effects.filter(({ type }) => type === 'request-rebirth' || type === 'fault')).toEqual([]);
        },
      ),
    );
  });

  it('asks for births whenever a message is lost before another one, and loses no data that came', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom<Action>('press', 'oven', 'node'), { minLength: 2, maxLength: 100 }).map(toStream),
        fc.nat(),
        ({ messages, valueCount }, where) => {
          const at = 3 + (where % (messages.length - 4));
          const effects = run(
            messages.filter((_message, index) => index !== at).map((message) => ({ message, gapMs: 1 })),
          );
          expect(dataOf(effects).map(({ value }) => value)).toEqual(
            Array.from({ length: valueCount }, (_v, i) => i + 1).filter((value) => value !== at - 2),
          );
          expect(effects.some(({ type }) => type === 'request-rebirth')).toBe(true);
        },
      ),
    );
  });

  it('keeps its view of who is online consistent under loss, copies and any order', () => {
    fc.assert(
      fc.property(
        stream.chain(({ messages }) =>
          fc.array(fc.record({ message: fc.constantFrom(...messages), gapMs: fc.nat(3_000) }), { maxLength: 80 }),
        ),
        (messages) => {
          const effects = run(messages);
          checkPresence(effects);
          for (const metric of dataOf(effects)) {
            expect(metric.metricName).toBe(metric.deviceId === null ? 'load' : 'speed');
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

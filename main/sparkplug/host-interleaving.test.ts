import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EdgeNodeStream } from '../testing/edge-node-stream.ts';
import { createHostNode, type HostEffect, type IncomingMessage } from './host-node.ts';
import { nextDueMs, step } from './host-session.ts';
import { toEdgeNodeDescriptor } from './topic.ts';

const NAMES = ['speed', 'count', 'level'] as const;
const DEVICES = ['press', 'oven'] as const;

interface Sent {
  readonly message: IncomingMessage;
  /** Of data: its value stands for it. */
  readonly value: number | undefined;
}

type Action =
  | { readonly kind: 'data'; readonly device: number; readonly name: number }
  | { readonly kind: 'birth'; readonly names: number; readonly isNewSession: boolean }
  | { readonly kind: 'device-death'; readonly device: number };

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({ kind: fc.constant('data' as const), device: fc.nat(1), name: fc.nat(2) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('birth' as const),
      names: fc.integer({ min: 1, max: 3 }),
      isNewSession: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('device-death' as const), device: fc.nat(1) }) },
);

/** What an honest edge node sends: births that name other metrics each time, and data of what is born only. */
function toStream(actions: readonly Action[]): { readonly sent: readonly Sent[]; readonly meanings: string[] } {
  const edge = new EdgeNodeStream();
  const sent: Sent[] = [];
  const meanings: string[] = [];
  let born = new Map<string, readonly string[]>();
  const bear = (nameCount: number): void => {
    born = new Map(DEVICES.map((deviceId) => [deviceId, NAMES.slice(0, nameCount)]));
    sent.push({ message: edge.nodeBirth(), value: undefined });
    for (const [deviceId, names] of born) sent.push({ message: edge.deviceBirth(deviceId, names), value: undefined });
  };
  bear(3);
  for (const one of actions) {
    const deviceId = one.kind === 'birth' ? '' : (DEVICES[one.device] ?? '');
    if (one.kind === 'birth') {
      if (one.isNewSession) {
        sent.push({ message: edge.nodeDeath(), value: undefined });
        edge.bdSeq += 1;
      }
      bear(one.names);
    } else if (one.kind === 'device-death') {
      if (born.delete(deviceId)) sent.push({ message: edge.deviceDeath(deviceId, 5), value: undefined });
    } else {
      const name = NAMES[one.name] ?? '';
      if (!born.get(deviceId)?.includes(name)) continue;
      meanings.push(`${deviceId} ${name}`);
      sent.push({ message: edge.data(deviceId, name, meanings.length - 1), value: meanings.length - 1 });
    }
  }
  return { sent, meanings };
}

interface Fate {
  readonly isLost: boolean;
  readonly isCopied: boolean;
  /** Places by which it comes later. */
  readonly lateBy: number;
  readonly gapMs: number;
}

const fate: fc.Arbitrary<Fate> = fc.record({
  isLost: fc.integer({ min: 0, max: 9 }).map((chance) => chance === 0),
  isCopied: fc.integer({ min: 0, max: 4 }).map((chance) => chance === 0),
  lateBy: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(6) }),
  gapMs: fc.oneof({ weight: 5, arbitrary: fc.nat(50) }, { weight: 1, arbitrary: fc.nat(5_000) }),
});

/** What the host receives of it. */
function deliver(sent: readonly Sent[], fates: readonly Fate[]): (Sent & { readonly gapMs: number })[] {
  const placed = sent.flatMap((one, at) => {
    const { isLost, isCopied, lateBy, gapMs } = fates[at % fates.length] ?? {
      isLost: false,
      isCopied: false,
      lateBy: 0,
      gapMs: 0,
    };
    const arrival = { ...one, gapMs, place: at + (lateBy === 0 ? 0 : lateBy + 0.5) };
    return isLost ? [] : isCopied ? [arrival, { ...arrival, place: arrival.place + 0.25 }] : [arrival];
  });
  return placed.sort((one, other) => one.place - other.place);
}

function run(arrivals: readonly (Sent & { readonly gapMs: number })[]): { effects: HostEffect[]; passedMs: number } {
  let node = createHostNode(toEdgeNodeDescriptor('plant', 'line'));
  let monotonicMs = 0;
  const effects: HostEffect[] = [];
  const moment = () => ({ nowMs: monotonicMs, monotonicMs, chance: 0 });
  const take = (input: Parameters<typeof step>[1]): void => {
    const result = step(node, input, { reorderTimeoutMs: 1_000 });
    node = result.next;
    effects.push(...result.effects);
  };
  const passTo = (untilMs: number): void => {
    for (let dueMs = nextDueMs(node); dueMs !== undefined && dueMs <= untilMs; dueMs = nextDueMs(node)) {
      monotonicMs = Math.max(monotonicMs, dueMs);
      take({ type: 'tick', moment: moment() });
    }
    monotonicMs = untilMs;
  };
  for (const { message, gapMs } of arrivals) {
    passTo(monotonicMs + gapMs);
    take({ type: 'message', message, moment: moment() });
  }
  passTo(monotonicMs + 10_000);
  return { effects, passedMs: monotonicMs };
}

describe('a host under losses, copies and late messages of an honest edge node', () => {
  it('passes on nothing under a wrong name or twice by itself, accounts for all that it could not use, and asks within bounds', () => {
    fc.assert(
      fc.property(
        fc.array(action, { maxLength: 120 }).map(toStream),
        fc.array(fate, { minLength: 1, maxLength: 60 }),
        ({ sent, meanings }, fates) => {
          const arrivals = deliver(sent, fates);
          const { effects, passedMs } = run(arrivals);
          const data = effects
            .flatMap((e) => (e.type === 'metrics' ? e.metrics : []))
            .filter(({ isBirth }) => !isBirth);
          for (const { deviceId, metricName, value, datatype } of data) {
            expect([`${deviceId} ${metricName}`, datatype]).toEqual([meanings[Number(value)], 'Double']);
          }
          const emitted = new Map<number, number>();
          for (const { value } of data) emitted.set(Number(value), (emitted.get(Number(value)) ?? 0) + 1);
          const delivered = new Map<number, number>();
          for (const { value } of arrivals)
            if (value !== undefined) delivered.set(value, (delivered.get(value) ?? 0) + 1);
          for (const [value, count] of emitted) expect(count).toBeLessThanOrEqual(delivered.get(value) ?? 0);

          const unused = [...delivered.keys()].filter((value) => !emitted.has(value)).length;
          const faultCount = effects.filter(({ type }) => type === 'fault').length;
          expect(unused).toBeLessThanOrEqual(faultCount);

          // Each session is asked at 0, 1, 3, 7 s …, never more often than every 8 s after that; jitter halves the wait.
          const sessionCount = 1 + effects.filter(({ type }) => type === 'node-offline').length;
          const askCount = effects.filter(({ type }) => type === 'request-rebirth').length;
          expect(askCount).toBeLessThanOrEqual(5 * sessionCount + passedMs / 4_000);
          if (faultCount === 0) expect([unused, askCount]).toEqual([0, 0]);
        },
      ),
      { numRuns: 400 },
    );
  });
});

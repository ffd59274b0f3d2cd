import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  alone,
  host,
  linkOpen,
  NOW_MS,
  run,
  start,
  subscribed,
  up,
  withHost,
} from '../testing/edge-node-session-fixture.ts';
import { CLOCK_TOLERANCE_MS } from './edge-node-host-rules.ts';
import { createEdgeNodeSession, type EdgeNodeInput } from './edge-node-session.ts';
import { takeSeq } from './edge-node-session.ts';

describe('edge node session', () => {
  it('connects with the bdSeq it is given, subscribes, and only then is born', () => {
    const { log, session } = run(alone, up);
    expect(log.map(({ effects }) => effects)).toEqual([
      [{ type: 'connect', brokerIndex: 0, bdSeq: 7 }],
      [{ type: 'subscribe' }],
      [{ type: 'publish-births', bdSeq: 7 }],
    ]);
    expect(session).toMatchObject({ phase: 'born', bdSeq: 7, nextSeq: 0 });
  });

  it('counts bdSeq per CONNECT, from 255 to 0, and not for tries that never sent one (tck-id-topics-nbirth-bdseq-increment)', () => {
    const bdSeqs = run(alone, [
      { type: 'start', nextBdSeq: 255, hostTimestampsMs: new Map() },
      { type: 'connect-failed', isConnectSent: true },
      { type: 'connect-due' },
      { type: 'connect-failed', isConnectSent: false },
      { type: 'connect-due' },
      linkOpen,
      { type: 'link-lost', monotonicMs: 0 },
      { type: 'connect-due' },
    ]).log.flatMap(({ effects }) => effects.flatMap((effect) => (effect.type === 'connect' ? [effect.bdSeq] : [])));
    expect(bdSeqs).toEqual([255, 0, 0, 1]);
  });

  it('raises the back-off while sessions are short and forgets it after a lasting one', () => {
    const attempts = (lastedMs: number): unknown[] =>
      run(alone, [
        ...up,
        { type: 'link-lost', monotonicMs: lastedMs },
        { type: 'connect-due' },
        linkOpen,
        subscribed,
        { type: 'link-lost', monotonicMs: lastedMs },
      ]).log.flatMap(({ effects }) => effects.flatMap((e) => (e.type === 'connect-later' ? [e.attempt] : [])));
    expect(attempts(100)).toEqual([1, 2]);
    expect(attempts(60_000)).toEqual([1, 1]);
  });

  it('raises the back-off when its host goes soon, as it does when two gateways use the same names', () => {
    const gone = (monotonicMs: number): EdgeNodeInput => ({
      type: 'host-state',
      isOnline: false,
      timestampMs: 100,
      nowMs: NOW_MS,
      monotonicMs,
    });
    const attempts = (lastedMs: number): unknown[] =>
      run(withHost, [
        ...up,
        host(true, 100),
        gone(lastedMs),
        { type: 'connect-due' },
        linkOpen,
        subscribed,
        host(true, 100),
        gone(lastedMs),
      ]).log.flatMap(({ effects }) => effects.flatMap((e) => (e.type === 'connect-later' ? [e.attempt] : [])));
    expect(attempts(100)).toEqual([1, 2]);
    expect(attempts(60_000)).toEqual([1, 1]);
  });

  it('publishes its death when stopped while born, and connects no more', () => {
    const { log, session } = run(alone, [...up, { type: 'stop' }, { type: 'connect-due' }]);
    expect(log[3]?.effects).toEqual([{ type: 'end-link', deathBdSeq: 7, why: 'stopped' }]);
    expect(log[4]?.effects).toEqual([]);
    expect(session.phase).toBe('offline');
  });

  it('gives seq 0 to 255 and then 0 again, and none while not born', () => {
    let { session } = run(alone, up);
    const seqs = Array.from({ length: 258 }, () => {
      const taken = takeSeq(session);
      session = taken?.next ?? session;
      return taken?.seq;
    });
    expect(seqs.slice(0, 3)).toEqual([0, 1, 2]);
    expect(seqs.slice(254)).toEqual([254, 255, 0, 1]);
    expect(takeSeq(createEdgeNodeSession(alone))).toBeUndefined();
  });
});

const anyInput: fc.Arbitrary<EdgeNodeInput> = fc.oneof(
  fc.constantFrom<EdgeNodeInput>(
    start,
    { type: 'connect-due' },
    linkOpen,
    { type: 'host-wait-over' },
    { type: 'forget-host' },
    { type: 'stop' },
    { type: 'connect-failed', isConnectSent: true },
    { type: 'connect-failed', isConnectSent: false },
    { type: 'device-changed', deviceId: 'd', isOnline: true, atMs: 0, monotonicMs: 0 },
    { type: 'device-changed', deviceId: 'd', isOnline: false, atMs: 0, monotonicMs: 0 },
  ),
  fc
    .constantFrom('subscribed', 'link-lost', 'rebirth-requested', 'rebirth-due')
    .chain((type) => fc.nat(20_000).map((monotonicMs): EdgeNodeInput => ({ type, monotonicMs }))),
  fc
    .constantFrom('device-rebirth-requested', 'device-rebirth-due')
    .chain((type) => fc.nat(20_000).map((monotonicMs): EdgeNodeInput => ({ type, deviceId: 'd', monotonicMs }))),
  fc
    .record({ isOnline: fc.boolean(), timestampMs: fc.oneof(fc.nat(10), fc.maxSafeNat()), monotonicMs: fc.nat(20_000) })
    .map((state) => ({ ...state, nowMs: NOW_MS }))
    .map((state): EdgeNodeInput => ({ type: 'host-state', ...state })),
);

describe('edge node session under any order of events', () => {
  it('never breaks its promises', () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.integer({ min: 1, max: 3 }),
        fc
          .tuple(fc.boolean(), fc.array(anyInput, { maxLength: 60 }))
          .map(([isUp, inputs]) => (isUp ? [...up, ...inputs] : inputs)),
        (hasPrimaryHost, brokerCount, inputs) => {
          const { log } = run({ hasPrimaryHost, brokerCount }, inputs);
          let bdSeqOfConnect: number | undefined;
          let isSubscribing = false;
          let isBorn = false;
          let isHostOnline = false;
          let isRetryOpen = false;
          const rememberedMs = new Map<number, number>();
          for (const { input, effects } of log) {
            if (input.type === 'link-lost' || input.type === 'stop') isBorn = isSubscribing = false;
            for (const effect of effects) {
              switch (effect.type) {
                case 'connect':
                  bdSeqOfConnect = effect.bdSeq;
                  expect(effect.bdSeq).toBeLessThan(256);
                  expect(effect.brokerIndex).toBeLessThan(brokerCount);
                  isBorn = isSubscribing = isRetryOpen = false;
                  break;
                case 'subscribe':
                  isSubscribing = true;
                  break;
                case 'host-online-changed':
                  // Told in turn: online, offline, online ...
                  expect(effect.isOnline).toBe(!isHostOnline);
                  isHostOnline = effect.isOnline;
                  break;
                case 'publish-births':
                  expect(effect.bdSeq).toBe(bdSeqOfConnect);
                  expect(isSubscribing).toBe(true);
                  if (hasPrimaryHost) expect(isHostOnline).toBe(true);
                  isBorn = true;
                  break;
                case 'publish-device-birth':
                case 'publish-device-death':
                case 'rebirth-later':
                case 'device-rebirth-later':
                  expect(isBorn).toBe(true);
                  break;
                case 'end-link':
                  if (effect.deathBdSeq !== null) expect(effect.deathBdSeq).toBe(bdSeqOfConnect);
                  isBorn = isSubscribing = false;
                  break;
                case 'connect-later':
                  expect(effect.attempt).toBeGreaterThan(0);
                  expect(isRetryOpen).toBe(false);
                  isRetryOpen = true;
                  break;
                case 'wait-for-host':
                  expect(brokerCount).toBeGreaterThan(1);
                  break;
                case 'remember-host':
                  expect(effect.timestampMs).toBeGreaterThanOrEqual(rememberedMs.get(effect.brokerIndex) ?? 0);
                  expect(effect.timestampMs).toBeLessThanOrEqual(NOW_MS + CLOCK_TOLERANCE_MS);
                  rememberedMs.set(effect.brokerIndex, effect.timestampMs);
                  break;
                case 'tell-old-host':
                  expect(effect.timestampMs).toBeLessThan(effect.newestMs);
                  break;
                case 'subscribe-host':
                  expect(isSubscribing).toBe(true);
                  break;
                case 'forget-hosts':
                  rememberedMs.clear();
              }
            }
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

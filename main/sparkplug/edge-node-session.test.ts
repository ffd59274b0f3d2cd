import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createEdgeNodeSession,
  type EdgeNodeEffect,
  type EdgeNodeInput,
  type EdgeNodeRules,
} from './edge-node-session.ts';
import { REBIRTH_GAP_MS, step, takeSeq } from './edge-node-session.ts';

/** Runs inputs through the session and keeps all effects, each with the input that caused it. */
function run(rules: EdgeNodeRules, inputs: readonly EdgeNodeInput[]) {
  let session = createEdgeNodeSession(rules);
  const log: { readonly input: EdgeNodeInput; readonly effects: readonly EdgeNodeEffect[] }[] = [];
  for (const input of inputs) {
    const { next, effects } = step(session, input);
    session = next;
    log.push({ input, effects });
  }
  return { session, log, last: log.at(-1)?.effects ?? [] };
}

const start: EdgeNodeInput = { type: 'start', nextBdSeq: 7 };
const linkOpen: EdgeNodeInput = { type: 'link-open' };
const subscribed: EdgeNodeInput = { type: 'subscribed', monotonicMs: 0 };
const up: readonly EdgeNodeInput[] = [start, linkOpen, subscribed];
const host = (isOnline: boolean, timestampMs: number, monotonicMs = 0): EdgeNodeInput => ({
  type: 'host-state',
  isOnline,
  timestampMs,
  monotonicMs,
});
const alone: EdgeNodeRules = { hasPrimaryHost: false, brokerCount: 1 };
const withHost: EdgeNodeRules = { hasPrimaryHost: true, brokerCount: 1 };
const withTwoBrokers: EdgeNodeRules = { hasPrimaryHost: true, brokerCount: 2 };
const types = (effects: readonly EdgeNodeEffect[]): string[] => effects.map((effect) => effect.type);

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
      { type: 'start', nextBdSeq: 255 },
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

  it('waits for the primary host, whether its STATE comes before or after SUBACK (tck-id-message-flow-edge-node-birth-publish-phid-wait)', () => {
    expect(run(withHost, up)).toMatchObject({ session: { phase: 'waiting-for-host' }, last: [] });
    const late = run(withHost, [...up, host(true, 100)]);
    expect(types(late.last)).toEqual(['host-online-changed', 'publish-births']);
    const early = run(withHost, [start, linkOpen, host(true, 100), subscribed]);
    expect(types(early.last)).toEqual(['publish-births']);
    const gone = run(withHost, [start, linkOpen, host(true, 100), host(false, 100), subscribed]);
    expect(gone.session.phase).toBe('waiting-for-host');
  });

  it('publishes its death and leaves when the host goes offline, equal timestamps included', () => {
    const { last, session } = run(withHost, [...up, host(true, 100), host(false, 100)]);
    expect(last).toEqual([
      { type: 'host-online-changed', isOnline: false },
      { type: 'end-link', deathBdSeq: 7, why: 'host-offline' },
      { type: 'connect-later', attempt: 1 },
    ]);
    expect(session.phase).toBe('offline');
  });

  it('stays when an older STATE says offline (tck-id-operational-behavior-edge-node-termination-host-offline-timestamp)', () => {
    expect(run(withHost, [...up, host(true, 100), host(false, 99)])).toMatchObject({
      last: [],
      session: { phase: 'born' },
    });
  });

  it('remembers the STATE timestamp over sessions and takes an old online for nothing', () => {
    const again: readonly EdgeNodeInput[] = [{ type: 'connect-due' }, linkOpen, subscribed];
    const gone = [...up, host(true, 100), host(false, 150), ...again];
    expect(run(withHost, [...gone, host(true, 149)]).session.phase).toBe('waiting-for-host');
    expect(run(withHost, [...gone, host(true, 150)]).session.phase).toBe('born');
  });

  it('keeps the timestamps of brokers apart and walks the list (tck-id-operational-behavior-primary-application-state-with-multiple-servers-walk)', () => {
    const { session, log } = run(withTwoBrokers, [
      ...up,
      host(true, 1_000),
      host(false, 1_000),
      { type: 'connect-due' },
      linkOpen,
      subscribed,
      host(true, 5),
    ]);
    expect(session).toMatchObject({ phase: 'born', brokerIndex: 1, bdSeq: 8 });
    expect(log[3]?.effects).toContainEqual({ type: 'publish-births', bdSeq: 7 });
  });

  it('goes on to the next broker when the host is offline or silent there, without a death', () => {
    const offline = run(withTwoBrokers, [...up, host(false, 5)]);
    expect(offline.last[0]).toEqual({ type: 'end-link', deathBdSeq: null, why: 'host-offline' });
    const silent = run(withTwoBrokers, [...up, { type: 'host-wait-over' }]);
    expect(silent.session).toMatchObject({ phase: 'offline', brokerIndex: 1 });
    expect(run(withHost, [...up, host(false, 5)]).last).toEqual([]);
  });

  it('answers a rebirth request at once, with the same bdSeq and seq 0', () => {
    const { last, session } = run(alone, [...up, { type: 'rebirth-requested', monotonicMs: REBIRTH_GAP_MS }]);
    expect(last).toEqual([{ type: 'publish-births', bdSeq: 7 }]);
    expect(session).toMatchObject({ nextSeq: 0 });
  });

  it('answers requests inside the gap once, at its end', () => {
    const { log } = run(alone, [
      ...up,
      { type: 'rebirth-requested', monotonicMs: 500 },
      { type: 'rebirth-requested', monotonicMs: 900 },
      { type: 'rebirth-due', monotonicMs: REBIRTH_GAP_MS },
      { type: 'rebirth-due', monotonicMs: REBIRTH_GAP_MS },
    ]);
    expect(log.slice(3).map(({ effects }) => effects)).toEqual([
      [{ type: 'rebirth-later', delayMs: REBIRTH_GAP_MS - 500 }],
      [],
      [{ type: 'publish-births', bdSeq: 7 }],
      [],
    ]);
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
    { type: 'stop' },
    { type: 'connect-failed', isConnectSent: true },
    { type: 'connect-failed', isConnectSent: false },
    { type: 'device-changed', deviceId: 'd', isOnline: true, atMs: 0 },
    { type: 'device-changed', deviceId: 'd', isOnline: false, atMs: 0 },
  ),
  fc
    .constantFrom('subscribed', 'link-lost', 'rebirth-requested', 'rebirth-due')
    .chain((type) => fc.nat(20_000).map((monotonicMs): EdgeNodeInput => ({ type, monotonicMs }))),
  fc
    .record({ isOnline: fc.boolean(), timestampMs: fc.nat(10), monotonicMs: fc.nat(20_000) })
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
              }
            }
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

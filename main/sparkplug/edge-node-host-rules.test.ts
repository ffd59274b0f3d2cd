import { describe, expect, it } from 'vitest';
import {
  host,
  linkOpen,
  NOW_MS,
  run,
  start,
  subscribed,
  types,
  up,
  withHost,
  withTwoBrokers,
} from '../testing/edge-node-session-fixture.ts';
import { CLOCK_TOLERANCE_MS } from './edge-node-host-rules.ts';
import type { EdgeNodeInput } from './edge-node-session.ts';

describe('edge node session with a primary host', () => {
  it('waits for the primary host, whether its STATE comes before or after SUBACK (tck-id-message-flow-edge-node-birth-publish-phid-wait)', () => {
    expect(run(withHost, up)).toMatchObject({ session: { phase: 'waiting-for-host' }, last: [] });
    const late = run(withHost, [...up, host(true, 100)]);
    expect(types(late.last)).toEqual(['remember-host', 'host-online-changed', 'publish-births']);
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

  it('takes the STATE timestamps of an earlier process for known (tck-id-message-flow-edge-node-birth-publish-phid-wait-timestamp)', () => {
    const known: EdgeNodeInput = { type: 'start', nextBdSeq: 0, hostTimestampsMs: new Map([[0, 150]]) };
    const again = [known, linkOpen, subscribed];
    expect(run(withHost, [...again, host(true, 149)])).toMatchObject({
      last: [{ type: 'tell-old-host', timestampMs: 149, newestMs: 150 }],
      session: { phase: 'waiting-for-host' },
    });
    expect(run(withHost, [...again, host(true, 150)]).session.phase).toBe('born');
    expect(types(run(withHost, [...again, host(true, 150)]).last)).not.toContain('remember-host');
    expect(run(withHost, [...again, host(true, 151)]).last[0]).toEqual({
      type: 'remember-host',
      brokerIndex: 0,
      timestampMs: 151,
    });
  });

  it('obeys a STATE of a clock that cannot be right and does not remember its time, so that a forged one blocks nobody', () => {
    const forgedMs = 2 ** 53 - 1;
    const onlineMs = NOW_MS - 10;
    const gone = run(withHost, [...up, host(true, onlineMs), host(false, forgedMs)]);
    expect(types(gone.last)).toEqual(['host-online-changed', 'end-link', 'connect-later']);
    expect(gone.session.hostTimestampsMs.get(0)).toBe(onlineMs);
    const back: readonly EdgeNodeInput[] = [{ type: 'connect-due' }, linkOpen, subscribed, host(true, onlineMs)];
    expect(
      run(withHost, [...up, host(true, onlineMs), host(false, forgedMs), ...back, host(true, onlineMs)]).session.phase,
    ).toBe('born');
    expect(run(withHost, [...up, host(true, forgedMs)]).session.phase).toBe('born');
    const least = host(true, NOW_MS + CLOCK_TOLERANCE_MS);
    const most = host(true, NOW_MS + CLOCK_TOLERANCE_MS + 1);
    expect(run(withHost, [...up, least]).last).toContainEqual(expect.objectContaining({ type: 'remember-host' }));
    expect(types(run(withHost, [...up, most]).last)).not.toContain('remember-host');
  });

  it('hears a host again whose clock once ran ahead, when a person lets it forget that', () => {
    const blocked = [
      ...up,
      host(true, 9_000),
      host(false, 9_000),
      { type: 'connect-due' },
      linkOpen,
      subscribed,
    ] as const;
    expect(run(withHost, [...blocked, host(true, 500)]).session.phase).toBe('waiting-for-host');
    const forgot = run(withHost, [...blocked, { type: 'forget-host' }]);
    expect(types(forgot.last)).toEqual(['forget-hosts', 'subscribe-host']);
    expect(run(withHost, [...blocked, { type: 'forget-host' }, host(true, 500)]).session.phase).toBe('born');
    expect(types(run(withHost, [{ type: 'forget-host' }]).last)).toEqual(['forget-hosts']);
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
    expect(offline.last).toContainEqual({ type: 'end-link', deathBdSeq: null, why: 'host-offline' });
    const silent = run(withTwoBrokers, [...up, { type: 'host-wait-over' }]);
    expect(silent.session).toMatchObject({ phase: 'offline', brokerIndex: 1 });
    expect(types(run(withHost, [...up, host(false, 5)]).last)).toEqual(['remember-host']);
  });

  it('stays on the second broker, whatever the first one has become (tck-id-operational-behavior-primary-application-state-with-multiple-servers-single-server)', () => {
    const second: readonly EdgeNodeInput[] = [
      ...up,
      host(false, 5),
      { type: 'connect-due' },
      linkOpen,
      subscribed,
      host(true, 6),
    ];
    expect(run(withTwoBrokers, second).session).toMatchObject({ phase: 'born', brokerIndex: 1 });
    const lost = run(withTwoBrokers, [...second, { type: 'link-lost', monotonicMs: 0 }, { type: 'connect-due' }]);
    expect(lost.last).toEqual([{ type: 'connect', brokerIndex: 1, bdSeq: 9 }]);
    const away = run(withTwoBrokers, [
      ...second,
      { type: 'link-lost', monotonicMs: 0 },
      { type: 'connect-due' },
      { type: 'connect-failed', isConnectSent: false },
      { type: 'connect-due' },
    ]);
    expect(away.last).toEqual([{ type: 'connect', brokerIndex: 0, bdSeq: 9 }]);
  });
});

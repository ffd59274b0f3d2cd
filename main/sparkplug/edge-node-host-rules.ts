import type { EdgeNodeEffect, EdgeNodeInput, EdgeNodeSession, EdgeNodeStep } from './edge-node-session.ts';
import { bear, isHostSeen, nextBroker, resetIfLasting, retry, stay } from './edge-node-transitions.ts';

/**
 * A STATE timestamp further ahead of our clock than this is obeyed and not remembered. A host says the truth about
 * itself however its clock stands, but whoever can publish one message near 2^53 would otherwise make every later
 * STATE an old one, for ever. Not cut to this bound either: the retained STATE of a host that came a minute later
 * would then count as old as long as that host lives.
 */
export const CLOCK_TOLERANCE_MS = 300_000;

/** Whether a STATE timestamp can be that of a clock which is roughly right. */
export const isCredible = (timestampMs: number, nowMs: number): boolean => timestampMs <= nowMs + CLOCK_TOLERANCE_MS;

/**
 * STATE of the primary host. Older than the newest known one of this broker: ignored, online as well as offline
 * (tck-id-message-flow-edge-node-birth-publish-phid-wait-timestamp,
 * tck-id-operational-behavior-edge-node-termination-host-offline-timestamp).
 */
export function onHostState(
  session: EdgeNodeSession,
  { isOnline, timestampMs, nowMs, monotonicMs }: EdgeNodeInput & { readonly type: 'host-state' },
): EdgeNodeStep {
  const { brokerIndex } = session;
  if (!hasOpenLink(session) || !session.rules.hasPrimaryHost) return stay(session);
  const newestMs = session.hostTimestampsMs.get(brokerIndex);
  if (newestMs !== undefined && timestampMs < newestMs) {
    if (!isOnline || isHostSeen(session)) return stay(session);
    return { next: session, effects: [{ type: 'tell-old-host', timestampMs, newestMs }] };
  }
  const isNews = timestampMs !== newestMs && isCredible(timestampMs, nowMs);
  const known = session.hostTimestampsMs;
  const hostTimestampsMs = isNews ? new Map(known).set(brokerIndex, timestampMs) : known;
  const seen: EdgeNodeSession = { ...session, hostTimestampsMs };
  const { next, effects } = isOnline ? onHostOnline(seen, monotonicMs) : onHostOffline(seen, monotonicMs);
  return { next, effects: isNews ? [{ type: 'remember-host', brokerIndex, timestampMs }, ...effects] : effects };
}

/** What was ignored as old is judged anew, and asked for again where a broker can tell it. */
export function onForgetHost(session: EdgeNodeSession): EdgeNodeStep {
  const effects: EdgeNodeEffect[] = [{ type: 'forget-hosts' }];
  if (hasOpenLink(session) && session.rules.hasPrimaryHost) effects.push({ type: 'subscribe-host' });
  return { next: { ...session, hostTimestampsMs: new Map() }, effects };
}

const hasOpenLink = (session: EdgeNodeSession): boolean =>
  session.phase !== 'offline' && (session.phase !== 'connecting' || session.isLinkOpen);

function onHostOnline(session: EdgeNodeSession, monotonicMs: number): EdgeNodeStep {
  if (isHostSeen(session)) return stay(session);
  const told: EdgeNodeEffect = { type: 'host-online-changed', isOnline: true };
  if (session.phase === 'connecting') return { next: { ...session, isHostOnline: true }, effects: [told] };
  if (session.phase !== 'waiting-for-host') return stay(session);
  const { next, effects } = bear(session, monotonicMs);
  return { next, effects: [told, ...effects] };
}

function onHostOffline(session: EdgeNodeSession, monotonicMs: number): EdgeNodeStep {
  if (session.phase === 'born') {
    const end: EdgeNodeEffect = { type: 'end-link', deathBdSeq: session.bdSeq, why: 'host-offline' };
    return retry(resetIfLasting(session, monotonicMs), nextBroker(session), [end]);
  }
  // Nothing was born, so no death is owed; with a single broker the host can only come back here.
  if (session.rules.brokerCount > 1) {
    return retry(session, nextBroker(session), [{ type: 'end-link', deathBdSeq: null, why: 'host-offline' }]);
  }
  if (session.phase !== 'connecting' || !session.isHostOnline) return stay(session);
  return {
    next: { ...session, isHostOnline: false },
    effects: [{ type: 'host-online-changed', isOnline: false }],
  };
}

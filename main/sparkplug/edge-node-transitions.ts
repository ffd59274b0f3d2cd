import type { Carried, EdgeNodeEffect, EdgeNodeSession, EdgeNodeStep, LoneBirth } from './edge-node-session.ts';

/** A session that ends sooner does not reset the back-off: two nodes or hosts of one name throw each other out. */
const LASTING_SESSION_MS = 10_000;

export const stay = (session: EdgeNodeSession): EdgeNodeStep => ({ next: session, effects: [] });

export const nextBroker = ({ rules, brokerIndex }: Carried): number => (brokerIndex + 1) % rules.brokerCount;

export function carried({ rules, brokerIndex, nextBdSeq, attempt, hostTimestampsMs }: EdgeNodeSession): Carried {
  return { rules, brokerIndex, nextBdSeq, attempt, hostTimestampsMs };
}

/** The host is known online on this link. */
export function isHostSeen(session: EdgeNodeSession): boolean {
  return session.phase === 'born' || (session.phase === 'connecting' && session.isHostOnline);
}

export function connect(session: EdgeNodeSession): EdgeNodeStep {
  const bdSeq = session.nextBdSeq;
  const next = { ...carried(session), nextBdSeq: (bdSeq + 1) % 256, attempt: session.attempt + 1 };
  return {
    next: { ...next, phase: 'connecting', bdSeq, isLinkOpen: false, isHostOnline: false },
    effects: [{ type: 'connect', brokerIndex: session.brokerIndex, bdSeq }],
  };
}

/** Back to offline, to be tried again later. */
export function retry(session: EdgeNodeSession, brokerIndex: number, before: readonly EdgeNodeEffect[]): EdgeNodeStep {
  const hostLost: EdgeNodeEffect[] =
    session.rules.hasPrimaryHost && isHostSeen(session) ? [{ type: 'host-online-changed', isOnline: false }] : [];
  const attempt = Math.max(1, session.attempt);
  return {
    next: { ...carried(session), brokerIndex, phase: 'offline', isWanted: true },
    effects: [...hostLost, ...before, { type: 'connect-later', attempt }],
  };
}

/** Births of everything, at once; seq begins again at 0 and bdSeq stays (tck-id-operational-behavior-data-commands-rebirth-action-3). */
export function bear(session: EdgeNodeSession & { readonly bdSeq: number }, monotonicMs: number): EdgeNodeStep {
  const { bdSeq } = session;
  const firstBornAtMs = session.phase === 'born' ? session.firstBornAtMs : monotonicMs;
  const awaitedCount = session.phase === 'born' && session.isRebirthDue ? session.awaitedCount + 1 : 0;
  const loneBirths = new Map<string, LoneBirth>();
  const born = { firstBornAtMs, bornAtMs: monotonicMs, nextSeq: 0, isRebirthDue: false, awaitedCount, loneBirths };
  return {
    next: { ...carried(session), phase: 'born', bdSeq, ...born },
    effects: [{ type: 'publish-births', bdSeq }],
  };
}

/** Born long enough ago that its end says nothing about the ones before. */
export const hasLasted = (session: EdgeNodeSession, monotonicMs: number): boolean =>
  session.phase === 'born' && monotonicMs - session.firstBornAtMs >= LASTING_SESSION_MS;

export const resetIfLasting = (session: EdgeNodeSession, monotonicMs: number): EdgeNodeSession =>
  hasLasted(session, monotonicMs) ? { ...session, attempt: 0 } : session;

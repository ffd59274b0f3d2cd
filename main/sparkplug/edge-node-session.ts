import { assertNever } from '../../shared/domain/assert-never.ts';

/**
 * The session rules of an edge node (Sparkplug 3.0, sections 1.2 to 1.11 of our guide). Decides, never acts: the
 * runner performs the effects in their order.
 *
 * Promise: one bdSeq per CONNECT; no birth before the primary host is online; one seq for the node and all its
 * devices; every rebirth request is answered by a birth that begins after it.
 */
export interface EdgeNodeRules {
  /** A primary host is configured: births wait for its STATE. */
  readonly hasPrimaryHost: boolean;
  readonly brokerCount: number;
}

interface Carried {
  readonly rules: EdgeNodeRules;
  /** Place in the broker list of the present or the next connection. */
  readonly brokerIndex: number;
  /** For the next CONNECT; 0 … 255 (tck-id-topics-nbirth-bdseq-increment). */
  readonly nextBdSeq: number;
  /** Connections tried since the last lasting session; sets the waiting time. */
  readonly attempt: number;
  /** Newest STATE timestamp accepted, per broker; outlives MQTT sessions (section 1.8). */
  readonly hostTimestampsMs: ReadonlyMap<number, number>;
}

export type EdgeNodeSession = Carried &
  (
    | { readonly phase: 'offline'; readonly isWanted: boolean }
    | {
        readonly phase: 'connecting';
        readonly bdSeq: number;
        readonly isLinkOpen: boolean;
        readonly isHostOnline: boolean;
      }
    | { readonly phase: 'waiting-for-host'; readonly bdSeq: number }
    | {
        readonly phase: 'born';
        readonly bdSeq: number;
        /** Taken by the next message, births included; 0 … 255. */
        readonly nextSeq: number;
        /** Monotonic times of the first and of the last birth sequence of this session. */
        readonly firstBornAtMs: number;
        readonly bornAtMs: number;
        readonly isRebirthDue: boolean;
      }
  );

export type EdgeNodeInput =
  /** `nextBdSeq` comes from what an earlier process remembered. */
  | { readonly type: 'start'; readonly nextBdSeq: number }
  | { readonly type: 'connect-due' }
  /** `isConnectSent` false: no CONNECT left this machine, so its bdSeq was not used. */
  | { readonly type: 'connect-failed'; readonly isConnectSent: boolean }
  | { readonly type: 'link-open' }
  | { readonly type: 'subscribed'; readonly monotonicMs: number }
  | {
      readonly type: 'host-state';
      readonly isOnline: boolean;
      readonly timestampMs: number;
      readonly monotonicMs: number;
    }
  | { readonly type: 'host-wait-over' }
  | { readonly type: 'link-lost'; readonly monotonicMs: number }
  | { readonly type: 'rebirth-requested'; readonly monotonicMs: number }
  | { readonly type: 'rebirth-due'; readonly monotonicMs: number }
  | { readonly type: 'device-changed'; readonly deviceId: string; readonly isOnline: boolean; readonly atMs: number }
  | { readonly type: 'stop' };

export type EdgeNodeEffect =
  /** Remember `bdSeq` on disk, then CONNECT with a Will that holds it. */
  | { readonly type: 'connect'; readonly brokerIndex: number; readonly bdSeq: number }
  | { readonly type: 'connect-later'; readonly attempt: number }
  /** NCMD and, with a primary host, its STATE, both QoS 1, before any birth. */
  | { readonly type: 'subscribe' }
  /** Ask again with `host-wait-over` if no host shows itself on this broker. */
  | { readonly type: 'wait-for-host' }
  | { readonly type: 'publish-births'; readonly bdSeq: number }
  | { readonly type: 'publish-device-birth'; readonly deviceId: string }
  | { readonly type: 'publish-device-death'; readonly deviceId: string; readonly atMs: number }
  | { readonly type: 'rebirth-later'; readonly delayMs: number }
  | { readonly type: 'host-online-changed'; readonly isOnline: boolean }
  /** Publish NDEATH where `deathBdSeq` is a number, then DISCONNECT. */
  | { readonly type: 'end-link'; readonly deathBdSeq: number | null; readonly why: 'host-offline' | 'stopped' };

export interface EdgeNodeStep {
  readonly next: EdgeNodeSession;
  readonly effects: readonly EdgeNodeEffect[];
}

/** Least time between two birth sequences; below 3 s, and below the 5 s that hosts wait before they ask again. */
export const REBIRTH_GAP_MS = 2_000;

/** A session that ends sooner does not reset the back-off: two nodes or hosts of one name throw each other out. */
const LASTING_SESSION_MS = 10_000;

export const createEdgeNodeSession = (rules: EdgeNodeRules): EdgeNodeSession => ({
  rules,
  brokerIndex: 0,
  nextBdSeq: 0,
  attempt: 0,
  hostTimestampsMs: new Map(),
  phase: 'offline',
  isWanted: false,
});

const stay = (session: EdgeNodeSession): EdgeNodeStep => ({ next: session, effects: [] });

const nextBroker = ({ rules, brokerIndex }: Carried): number => (brokerIndex + 1) % rules.brokerCount;

function carried({ rules, brokerIndex, nextBdSeq, attempt, hostTimestampsMs }: EdgeNodeSession): Carried {
  return { rules, brokerIndex, nextBdSeq, attempt, hostTimestampsMs };
}

/** The host is known online on this link. */
function isHostSeen(session: EdgeNodeSession): boolean {
  return session.phase === 'born' || (session.phase === 'connecting' && session.isHostOnline);
}

function connect(session: EdgeNodeSession): EdgeNodeStep {
  const bdSeq = session.nextBdSeq;
  const next = { ...carried(session), nextBdSeq: (bdSeq + 1) % 256, attempt: session.attempt + 1 };
  return {
    next: { ...next, phase: 'connecting', bdSeq, isLinkOpen: false, isHostOnline: false },
    effects: [{ type: 'connect', brokerIndex: session.brokerIndex, bdSeq }],
  };
}

/** Back to offline, to be tried again later. */
function retry(session: EdgeNodeSession, brokerIndex: number, before: readonly EdgeNodeEffect[]): EdgeNodeStep {
  const hostLost: EdgeNodeEffect[] =
    session.rules.hasPrimaryHost && isHostSeen(session) ? [{ type: 'host-online-changed', isOnline: false }] : [];
  const attempt = Math.max(1, session.attempt);
  return {
    next: { ...carried(session), brokerIndex, phase: 'offline', isWanted: true },
    effects: [...hostLost, ...before, { type: 'connect-later', attempt }],
  };
}

function bear(session: EdgeNodeSession & { readonly bdSeq: number }, monotonicMs: number): EdgeNodeStep {
  const { bdSeq } = session;
  const firstBornAtMs = session.phase === 'born' ? session.firstBornAtMs : monotonicMs;
  const born = { firstBornAtMs, bornAtMs: monotonicMs, nextSeq: 0, isRebirthDue: false };
  return {
    next: { ...carried(session), phase: 'born', bdSeq, ...born },
    effects: [{ type: 'publish-births', bdSeq }],
  };
}

function onSubscribed(session: EdgeNodeSession, monotonicMs: number): EdgeNodeStep {
  if (session.phase !== 'connecting' || !session.isLinkOpen) return stay(session);
  if (!session.rules.hasPrimaryHost || session.isHostOnline) return bear(session, monotonicMs);
  return {
    next: { ...carried(session), phase: 'waiting-for-host', bdSeq: session.bdSeq },
    effects: session.rules.brokerCount > 1 ? [{ type: 'wait-for-host' }] : [],
  };
}

/**
 * STATE of the primary host. Older than the newest known one of this broker: ignored, online as well as offline
 * (tck-id-message-flow-edge-node-birth-publish-phid-wait-timestamp,
 * tck-id-operational-behavior-edge-node-termination-host-offline-timestamp).
 */
function onHostState(
  session: EdgeNodeSession,
  { isOnline, timestampMs, monotonicMs }: EdgeNodeInput & { readonly type: 'host-state' },
): EdgeNodeStep {
  const isConnected = session.phase !== 'offline' && (session.phase !== 'connecting' || session.isLinkOpen);
  if (!isConnected || !session.rules.hasPrimaryHost) return stay(session);
  const newestMs = session.hostTimestampsMs.get(session.brokerIndex);
  if (newestMs !== undefined && timestampMs < newestMs) return stay(session);
  const hostTimestampsMs = new Map(session.hostTimestampsMs).set(session.brokerIndex, timestampMs);
  const seen: EdgeNodeSession = { ...session, hostTimestampsMs };
  return isOnline ? onHostOnline(seen, monotonicMs) : onHostOffline(seen, monotonicMs);
}

function onHostOnline(session: EdgeNodeSession, monotonicMs: number): EdgeNodeStep {
  if (isHostSeen(session)) return stay(session);
  const told: EdgeNodeEffect = { type: 'host-online-changed', isOnline: true };
  if (session.phase === 'connecting') return { next: { ...session, isHostOnline: true }, effects: [told] };
  if (session.phase !== 'waiting-for-host') return stay(session);
  const step = bear(session, monotonicMs);
  return { next: step.next, effects: [told, ...step.effects] };
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

/** Requests inside the gap are answered together, at its end: a host that asks late is never left blind. */
function onRebirthRequested(session: EdgeNodeSession, monotonicMs: number): EdgeNodeStep {
  if (session.phase !== 'born' || session.isRebirthDue) return stay(session);
  const delayMs = session.bornAtMs + REBIRTH_GAP_MS - monotonicMs;
  if (delayMs <= 0) return bear(session, monotonicMs);
  return { next: { ...session, isRebirthDue: true }, effects: [{ type: 'rebirth-later', delayMs }] };
}

function onStop(session: EdgeNodeSession): EdgeNodeStep {
  const next: EdgeNodeSession = { ...carried(session), attempt: 0, phase: 'offline', isWanted: false };
  if (session.phase === 'offline') return { next, effects: [] };
  const deathBdSeq = session.phase === 'born' ? session.bdSeq : null;
  const told: EdgeNodeEffect[] =
    session.rules.hasPrimaryHost && isHostSeen(session) ? [{ type: 'host-online-changed', isOnline: false }] : [];
  return { next, effects: [...told, { type: 'end-link', deathBdSeq, why: 'stopped' }] };
}

function onDeviceChanged(session: EdgeNodeSession, input: EdgeNodeInput & { type: 'device-changed' }): EdgeNodeStep {
  if (session.phase !== 'born') return stay(session);
  const { deviceId, isOnline, atMs } = input;
  const effect: EdgeNodeEffect = isOnline
    ? { type: 'publish-device-birth', deviceId }
    : { type: 'publish-device-death', deviceId, atMs };
  return { next: session, effects: [effect] };
}

function onConnectFailed(session: EdgeNodeSession, isConnectSent: boolean): EdgeNodeStep {
  if (session.phase !== 'connecting') return stay(session);
  const nextBdSeq = isConnectSent ? session.nextBdSeq : session.bdSeq;
  return retry({ ...session, nextBdSeq }, nextBroker(session), []);
}

function onLinkLost(session: EdgeNodeSession, monotonicMs: number): EdgeNodeStep {
  if (session.phase === 'offline') return stay(session);
  return retry(resetIfLasting(session, monotonicMs), session.brokerIndex, []);
}

/** Born long enough ago that its end says nothing about the ones before. */
export const hasLasted = (session: EdgeNodeSession, monotonicMs: number): boolean =>
  session.phase === 'born' && monotonicMs - session.firstBornAtMs >= LASTING_SESSION_MS;

const resetIfLasting = (session: EdgeNodeSession, monotonicMs: number): EdgeNodeSession =>
  hasLasted(session, monotonicMs) ? { ...session, attempt: 0 } : session;

export function step(session: EdgeNodeSession, input: EdgeNodeInput): EdgeNodeStep {
  switch (input.type) {
    case 'start':
      if (session.phase !== 'offline' || session.isWanted) return stay(session);
      return connect({ ...session, nextBdSeq: input.nextBdSeq });
    case 'connect-due':
      return session.phase === 'offline' && session.isWanted ? connect(session) : stay(session);
    case 'connect-failed':
      return onConnectFailed(session, input.isConnectSent);
    case 'link-open':
      if (session.phase !== 'connecting' || session.isLinkOpen) return stay(session);
      return { next: { ...session, isLinkOpen: true }, effects: [{ type: 'subscribe' }] };
    case 'subscribed':
      return onSubscribed(session, input.monotonicMs);
    case 'host-state':
      return onHostState(session, input);
    case 'host-wait-over':
      if (session.phase !== 'waiting-for-host') return stay(session);
      return retry(session, nextBroker(session), [{ type: 'end-link', deathBdSeq: null, why: 'host-offline' }]);
    case 'link-lost':
      return onLinkLost(session, input.monotonicMs);
    case 'rebirth-requested':
      return onRebirthRequested(session, input.monotonicMs);
    case 'rebirth-due':
      return session.phase === 'born' && session.isRebirthDue ? bear(session, input.monotonicMs) : stay(session);
    case 'device-changed':
      return onDeviceChanged(session, input);
    case 'stop':
      return onStop(session);
    default:
      return assertNever(input);
  }
}

/** The seq for one message; call it in the same synchronous step as the publish. Undefined while not born. */
export function takeSeq(
  session: EdgeNodeSession,
): { readonly seq: number; readonly next: EdgeNodeSession } | undefined {
  if (session.phase !== 'born') return undefined;
  return { seq: session.nextSeq, next: { ...session, nextSeq: (session.nextSeq + 1) % 256 } };
}

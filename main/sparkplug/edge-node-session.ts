import { assertNever } from '../../shared/domain/assert-never.ts';
import { onForgetHost, onHostState } from './edge-node-host-rules.ts';
import {
  onDeviceChanged,
  onDeviceRebirthDue,
  onDeviceRebirthRequested,
  onRebirthRequested,
} from './edge-node-rebirth-rules.ts';
import {
  bear,
  carried,
  connect,
  isHostSeen,
  nextBroker,
  resetIfLasting,
  retry,
  stay,
} from './edge-node-transitions.ts';

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

export interface Carried {
  readonly rules: EdgeNodeRules;
  /** Place in the broker list of the present or the next connection. */
  readonly brokerIndex: number;
  /** For the next CONNECT; 0 … 255 (tck-id-topics-nbirth-bdseq-increment). */
  readonly nextBdSeq: number;
  /** Connections tried since the last lasting session; sets the waiting time. */
  readonly attempt: number;
  /** Newest STATE timestamp to be remembered, per place in the broker list; outlives sessions and processes (section 1.8). */
  readonly hostTimestampsMs: ReadonlyMap<number, number>;
}

export interface LoneBirth {
  /** Monotonic. */
  readonly bornAtMs: number;
  readonly isRebirthDue: boolean;
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
        /** Birth sequences in a row that had been waited for: requests come faster than births may. */
        readonly awaitedCount: number;
        /** Devices that were born alone since then. */
        readonly loneBirths: ReadonlyMap<string, LoneBirth>;
      }
  );

export type EdgeNodeInput =
  /** Both come from what an earlier process remembered. */
  | { readonly type: 'start'; readonly nextBdSeq: number; readonly hostTimestampsMs: ReadonlyMap<number, number> }
  | { readonly type: 'connect-due' }
  /** `isConnectSent` false: no CONNECT left this machine, so its bdSeq was not used. */
  | { readonly type: 'connect-failed'; readonly isConnectSent: boolean }
  | { readonly type: 'link-open' }
  | { readonly type: 'subscribed'; readonly monotonicMs: number }
  | {
      readonly type: 'host-state';
      readonly isOnline: boolean;
      readonly timestampMs: number;
      /** Our own wall clock. */
      readonly nowMs: number;
      readonly monotonicMs: number;
    }
  /** A person says that what is known of the host's clock is wrong. */
  | { readonly type: 'forget-host' }
  | { readonly type: 'host-wait-over' }
  | { readonly type: 'link-lost'; readonly monotonicMs: number }
  | { readonly type: 'rebirth-requested'; readonly monotonicMs: number }
  | { readonly type: 'rebirth-due'; readonly monotonicMs: number }
  | {
      readonly type: 'device-changed';
      readonly deviceId: string;
      readonly isOnline: boolean;
      readonly atMs: number;
      readonly monotonicMs: number;
    }
  | { readonly type: 'device-rebirth-requested'; readonly deviceId: string; readonly monotonicMs: number }
  | { readonly type: 'device-rebirth-due'; readonly deviceId: string; readonly monotonicMs: number }
  | { readonly type: 'stop' };

export type EdgeNodeEffect =
  /** Remember `bdSeq` on disk, then CONNECT with a Will that holds it. */
  | { readonly type: 'connect'; readonly brokerIndex: number; readonly bdSeq: number }
  | { readonly type: 'connect-later'; readonly attempt: number }
  /** NCMD, DCMD and, with a primary host, its STATE, all QoS 1, before any birth. */
  | { readonly type: 'subscribe' }
  /** The broker tells the STATE that it keeps once more. */
  | { readonly type: 'subscribe-host' }
  | { readonly type: 'remember-host'; readonly brokerIndex: number; readonly timestampMs: number }
  | { readonly type: 'forget-hosts' }
  /** The host says that it is online, and is not believed: a person may know better. */
  | { readonly type: 'tell-old-host'; readonly timestampMs: number; readonly newestMs: number }
  /** Ask again with `host-wait-over` if no host shows itself on this broker. */
  | { readonly type: 'wait-for-host' }
  | { readonly type: 'publish-births'; readonly bdSeq: number }
  | { readonly type: 'publish-device-birth'; readonly deviceId: string }
  | { readonly type: 'publish-device-death'; readonly deviceId: string; readonly atMs: number }
  | { readonly type: 'rebirth-later'; readonly delayMs: number }
  | { readonly type: 'device-rebirth-later'; readonly deviceId: string; readonly delayMs: number }
  | { readonly type: 'host-online-changed'; readonly isOnline: boolean }
  /** Publish NDEATH where `deathBdSeq` is a number, then DISCONNECT. */
  | { readonly type: 'end-link'; readonly deathBdSeq: number | null; readonly why: 'host-offline' | 'stopped' };

export interface EdgeNodeStep {
  readonly next: EdgeNodeSession;
  readonly effects: readonly EdgeNodeEffect[];
}

export const createEdgeNodeSession = (rules: EdgeNodeRules): EdgeNodeSession => ({
  rules,
  brokerIndex: 0,
  nextBdSeq: 0,
  attempt: 0,
  hostTimestampsMs: new Map(),
  phase: 'offline',
  isWanted: false,
});

function onSubscribed(session: EdgeNodeSession, monotonicMs: number): EdgeNodeStep {
  if (session.phase !== 'connecting' || !session.isLinkOpen) return stay(session);
  if (!session.rules.hasPrimaryHost || session.isHostOnline) return bear(session, monotonicMs);
  return {
    next: { ...carried(session), phase: 'waiting-for-host', bdSeq: session.bdSeq },
    effects: session.rules.brokerCount > 1 ? [{ type: 'wait-for-host' }] : [],
  };
}

function onStop(session: EdgeNodeSession): EdgeNodeStep {
  const next: EdgeNodeSession = { ...carried(session), attempt: 0, phase: 'offline', isWanted: false };
  if (session.phase === 'offline') return { next, effects: [] };
  const deathBdSeq = session.phase === 'born' ? session.bdSeq : null;
  const told: EdgeNodeEffect[] =
    session.rules.hasPrimaryHost && isHostSeen(session) ? [{ type: 'host-online-changed', isOnline: false }] : [];
  return { next, effects: [...told, { type: 'end-link', deathBdSeq, why: 'stopped' }] };
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

export function step(session: EdgeNodeSession, input: EdgeNodeInput): EdgeNodeStep {
  switch (input.type) {
    case 'start':
      if (session.phase !== 'offline' || session.isWanted) return stay(session);
      return connect({ ...session, nextBdSeq: input.nextBdSeq, hostTimestampsMs: input.hostTimestampsMs });
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
    case 'forget-host':
      return onForgetHost(session);
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
    case 'device-rebirth-requested':
      return onDeviceRebirthRequested(session, input.deviceId, input.monotonicMs);
    case 'device-rebirth-due':
      return onDeviceRebirthDue(session, input.deviceId, input.monotonicMs);
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

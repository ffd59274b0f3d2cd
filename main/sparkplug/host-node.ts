import type { Datatype, MetricValue } from '../../shared/domain/metric.ts';
import type { Quality } from '../../shared/domain/quality.ts';
import type { DecodeResult } from './decode-payload.ts';
import { type DuplicateWatch, newPrints, NO_DUPLICATE } from './host-duplicate.ts';
import type { Payload, PayloadValue } from './payload.ts';
import type { DeviceId, DeviceVerb, EdgeNodeDescriptor, EdgeNodeVerb } from './topic.ts';

/** A metric as the host passes it on: name and datatype filled in from the birth. */
export interface ResolvedMetric {
  readonly groupId: string;
  readonly edgeNodeId: string;
  /** Null: a metric of the edge node itself. */
  readonly deviceId: string | null;
  readonly metricName: string;
  readonly datatype: Datatype;
  readonly value: MetricValue;
  readonly quality: Quality;
  /** OPC UA status code where the sender gives one, else 0. */
  readonly statusCode: number;
  /** The metric's own time, or the message's; null where neither gives one. */
  readonly timestampMs: number | null;
  readonly isHistorical: boolean;
  readonly isBirth: boolean;
}

/** A metric to look at, of any datatype: more than what is passed on for storing. */
export interface SeenMetric extends Omit<ResolvedMetric, 'datatype' | 'value'> {
  /** Name of the datatype in 3.0. */
  readonly datatype: string;
  /** Undefined where it could not be read. */
  readonly value: PayloadValue | undefined;
}

/** Why a message, or a part of one, could not be used. */
export type HostFaultReason =
  | 'undecodable-payload'
  | 'retained-message'
  | 'missing-seq'
  | 'seq-gap'
  | 'late-message'
  | 'data-before-birth'
  | 'unknown-device'
  | 'unknown-metric'
  | 'undecodable-metric'
  | 'unsupported-datatype'
  | 'bad-properties'
  | 'birth-without-bdseq'
  | 'death-without-bdseq'
  | 'duplicate-node';

export type OfflineCause = 'death' | 'node-death' | 'not-born-again' | 'link-lost';

export type HostEffect =
  | { readonly type: 'metrics'; readonly receivedAtMs: number; readonly metrics: readonly ResolvedMetric[] }
  /** Structures, metrics of the protocol and transient ones: they are shown, but not stored. */
  | { readonly type: 'unstored'; readonly metrics: readonly SeenMetric[] }
  | { readonly type: 'node-online'; readonly atMs: number }
  | { readonly type: 'node-offline'; readonly atMs: number; readonly because: OfflineCause }
  | { readonly type: 'device-online'; readonly deviceId: string; readonly atMs: number }
  | {
      readonly type: 'device-offline';
      readonly deviceId: string;
      readonly atMs: number;
      readonly because: OfflineCause;
    }
  /** The birth sequence is over. */
  | { readonly type: 'settled'; readonly atMs: number }
  /** Two programs speak as this node, or do not any more. */
  | { readonly type: 'duplicate-node'; readonly isFound: boolean }
  | { readonly type: 'request-rebirth'; readonly because: HostFaultReason }
  | { readonly type: 'fault'; readonly reason: HostFaultReason; readonly detail: string };

/** Time of an input, and a random number 0 … 1 for the jitter of what it may cause. */
export interface Moment {
  readonly nowMs: number;
  readonly monotonicMs: number;
  readonly chance: number;
}

/** A message of an edge node as it came; NCMD and DCMD are not for the host. */
export interface IncomingMessage {
  readonly verb: Exclude<EdgeNodeVerb | DeviceVerb, 'NCMD' | 'DCMD'>;
  readonly deviceId: DeviceId | null;
  readonly result: DecodeResult;
  /** As received; tells a repeated message from another one with the same seq. */
  readonly bytes: Uint8Array;
  readonly isRetained: boolean;
}

export interface HeldMessage {
  readonly verb: IncomingMessage['verb'];
  readonly deviceId: DeviceId | null;
  readonly payload: Payload;
  readonly bytes: Uint8Array;
  readonly receivedAtMs: number;
  /** 0 … 255 */
  readonly seq: number;
  /** Monotonic time until which it may wait for those before it. */
  readonly waitsUntilMs: number;
}

export interface KnownMetric {
  readonly name: string;
  readonly alias: number | bigint | undefined;
  /** Code of the datatype. */
  readonly typeCode: number;
}

/** What the last birth of the node or of a device said. Aliases are looked up in the scope of the message's topic. */
export interface HostScope {
  readonly byAlias: ReadonlyMap<number | bigint, KnownMetric>;
  readonly byName: ReadonlyMap<string, KnownMetric>;
}

/** The host's request for births; kept after the answer, so that a node that is never content cannot cause a storm. */
interface RebirthAsk {
  readonly attempt: number;
  /** Monotonic time before which it is not asked again. */
  readonly nextAtMs: number;
  readonly isAnswered: boolean;
  readonly because: HostFaultReason;
}

/** All that the host knows of one edge node. */
export interface HostNode extends EdgeNodeDescriptor {
  /** A birth is known and no death since. */
  readonly isOnline: boolean;
  /** Of the last NBIRTH or accepted NDEATH; null: none known. */
  readonly bdSeq: number | null;
  /** 0 … 255; means nothing while offline. */
  readonly expectedSeq: number;
  /** Key null: the node itself. */
  readonly scopes: ReadonlyMap<string | null, HostScope>;
  /** Of the session or birth before. */
  readonly formerScopes: HostNode['scopes'];
  /** Online before the last NBIRTH and not born again since. */
  readonly unconfirmed: ReadonlySet<string>;
  /** Monotonic time at which the birth counts as complete without further proof. */
  readonly settlesAtMs: number | undefined;
  readonly last: HeldMessage | undefined;
  /** Came before their turn. */
  readonly waiting: readonly HeldMessage[];
  /** Given up on after the reorder timeout; their data is still taken should it come. */
  readonly skippedSeqs: readonly number[];
  readonly ask: RebirthAsk | undefined;
  readonly duplicate: DuplicateWatch;
  /** Of the messages taken since the last NBIRTH, by seq. */
  readonly prints: Float64Array;
}

export const createHostNode = ({ groupId, edgeNodeId }: EdgeNodeDescriptor): HostNode => ({
  groupId,
  edgeNodeId,
  isOnline: false,
  bdSeq: null,
  expectedSeq: 0,
  scopes: new Map(),
  formerScopes: new Map(),
  unconfirmed: new Set(),
  settlesAtMs: undefined,
  last: undefined,
  waiting: [],
  skippedSeqs: [],
  ask: undefined,
  duplicate: NO_DUPLICATE,
  prints: newPrints(),
});

/** One step in the making: a draft of the next state and the effects so far. Never leaves `step`. */
export interface Turn {
  readonly node: { -readonly [K in keyof HostNode]: HostNode[K] };
  readonly effects: HostEffect[];
  readonly moment: Moment;
}

export function fault(turn: Turn, reason: HostFaultReason, detail: string): void {
  turn.effects.push({ type: 'fault', reason, detail });
}

/** One message as a subscriber got it. */
export interface TrafficMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** Of the delivery: at most what the subscription was granted. */
  readonly qos: number;
  /** Of the delivery: the broker kept the message for new subscribers. */
  readonly retain: boolean;
  /** Wall clock of the receiver. */
  readonly atMs: number;
  /** Tells traffic of several brokers apart. */
  readonly brokerUrl?: string;
}

export const NODE_VERBS = ['NBIRTH', 'NDATA', 'NDEATH', 'NCMD'] as const;
export const DEVICE_VERBS = ['DBIRTH', 'DDATA', 'DDEATH', 'DCMD'] as const;
export type Verb = (typeof NODE_VERBS)[number] | (typeof DEVICE_VERBS)[number];
/** `other`: a topic that is none of Sparkplug's. */
export type SeenVerb = Verb | 'STATE' | 'other';

/** Whom a finding is about. Commands are found at the node that they are for: who sent one is not in the traffic. */
export type Who =
  | { readonly kind: 'node'; readonly groupId: string; readonly edgeNodeId: string; readonly deviceId: string | null }
  | { readonly kind: 'host'; readonly hostId: string }
  | { readonly kind: 'topic'; readonly topic: string };

export const nameWho = (who: Who): string => {
  if (who.kind === 'host') return `host ${who.hostId}`;
  if (who.kind === 'topic') return `topic ${who.topic}`;
  const { groupId, edgeNodeId, deviceId } = who;
  return deviceId === null ? `${groupId}/${edgeNodeId}` : `${groupId}/${edgeNodeId}/${deviceId}`;
};

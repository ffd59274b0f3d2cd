import type { ConnectFields, PacketFields, PublishFields } from './mqtt-packets.ts';
import { decodeWitness, type WitnessPayload } from './payload-witness.ts';

/** What a message says: a Sparkplug payload, the JSON of a STATE, or bytes that are neither. */
export type Content =
  | { readonly kind: 'sparkplug'; readonly payload: WitnessPayload }
  | { readonly kind: 'state'; readonly json: unknown }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** When something happened; `order` counts everything that a recording holds, in the order in which it was seen. */
interface Moment {
  readonly order: number;
  readonly atMs: number;
}

interface Direction {
  readonly from: 'client' | 'broker';
}

export type PublishPacket = Moment & Direction & PublishFields & { readonly content: Content };
export type ConnectPacket = Moment & Direction & ConnectFields & { readonly willContent: Content | undefined };
type OtherPacket = Moment & Direction & Exclude<PacketFields, PublishFields | ConnectFields>;
export type Packet = PublishPacket | ConnectPacket | OtherPacket;

/** One TCP connection between our engine and a broker, with all its control packets in their order. */
export interface Connection {
  /** Place of the broker in the list of the site. */
  readonly broker: number;
  readonly opened: Moment;
  readonly closed: Moment | undefined;
  readonly packets: readonly Packet[];
}

/** What an independent subscriber of `spBv1.0/#` was given by a broker. */
export interface Heard extends Moment {
  readonly broker: number;
  readonly topic: string;
  readonly qos: number;
  readonly isRetained: boolean;
  readonly payload: Uint8Array;
  readonly content: Content;
}

/** What the scenario did to the engine that no packet of a connection shows. */
export interface Deed extends Moment {
  readonly what: 'device-lost' | 'device-back' | 'link-cut' | 'killed' | 'stop-asked' | 'value-set';
  /** Of the device that it was done to; undefined for the node itself. */
  readonly deviceId?: string | undefined;
  /** What a source was given, with `value-set`. */
  readonly given?: { readonly metricName: string; readonly value: number };
}

/** One run of our engine in a scenario. Plain data: checks read it, mutants make a faulty copy of it. */
export interface Recording {
  readonly scenario: string;
  readonly groupId: string;
  readonly edgeNodeId: string;
  /** Of the site under test; null where the edge node waits for nobody. */
  readonly primaryHostId: string | null;
  readonly brokerCount: number;
  /** How many edge nodes went by this name at once; more than one is a mistake of the plant. */
  readonly namesakeCount: number;
  readonly connections: readonly Connection[];
  readonly heard: readonly Heard[];
  readonly deeds: readonly Deed[];
}

const describe = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Reads a message by its topic: STATE is JSON, all else in the namespace is protobuf. */
export function toContent(topic: string, bytes: Uint8Array): Content {
  try {
    if (topic.split('/')[1] === 'STATE') {
      return { kind: 'state', json: JSON.parse(Buffer.from(bytes).toString('utf8')) as unknown };
    }
    return { kind: 'sparkplug', payload: decodeWitness(bytes) };
  } catch (error) {
    return { kind: 'unreadable', reason: describe(error) };
  }
}

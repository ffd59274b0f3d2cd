import type { Packet, Recording } from './recording.ts';
import { type EdgeConnection, edgeConnections, isPublish, verbOf } from './select.ts';

/** A STATE message of the primary host as an edge node must read it. */
export interface HostWord {
  readonly one: EdgeConnection;
  readonly packet: Packet;
  readonly isOnline: boolean;
  /** Its timestamp is not older than the newest one known of this broker. */
  readonly isNew: boolean;
  /** The edge node has published its births on this connection before. */
  readonly isBorn: boolean;
}

/** Undefined for everything that is no STATE by the specification. */
function parseState(json: unknown): { readonly isOnline: boolean; readonly timestampMs: number } | undefined {
  if (typeof json !== 'object' || json === null || !('online' in json) || !('timestamp' in json)) return undefined;
  const { online, timestamp } = json;
  if (typeof online !== 'boolean' || typeof timestamp !== 'number' || !Number.isInteger(timestamp)) return undefined;
  return { isOnline: online, timestampMs: timestamp };
}

/** What the brokers gave to the edge node of its primary host, read by the rules of the specification and not by ours. */
export function hostWords(recording: Recording): readonly HostWord[] {
  const newestMs = new Map<number, number>();
  return edgeConnections(recording).flatMap((one) => {
    let isBorn = false;
    const words: HostWord[] = [];
    for (const packet of one.connection.packets) {
      if (!isPublish(packet)) continue;
      if (packet.from === 'client') {
        isBorn ||= verbOf(packet.topic) === 'NBIRTH';
        continue;
      }
      if (packet.topic !== `spBv1.0/STATE/${recording.primaryHostId}` || packet.content.kind !== 'state') continue;
      const state = parseState(packet.content.json);
      if (state === undefined) continue;
      const newest = newestMs.get(one.connection.broker) ?? -1;
      const isNew = state.timestampMs >= newest;
      if (isNew) newestMs.set(one.connection.broker, state.timestampMs);
      words.push({ one, packet, isOnline: state.isOnline, isNew, isBorn });
    }
    return words;
  });
}

/** The STATE message of a host application: JSON, QoS 1, retained (tck-id-host-topic-phid-birth-payload). */
export interface HostPresence {
  readonly isOnline: boolean;
  /** The host's clock; compared only with earlier STATE messages of the same host on the same broker. */
  readonly timestampMs: number;
}

export const encodeHostState = (presence: HostPresence): string =>
  JSON.stringify({ online: presence.isOnline, timestamp: presence.timestampMs });

/**
 * Strict: boolean `online` and integer `timestamp`. Undefined for everything else, such as the empty payload that
 * clears a retained message or the text of version 2.2.
 */
export function parseHostState(payload: Uint8Array): HostPresence | undefined {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(payload));
  } catch {
    return undefined;
  }
  if (typeof json !== 'object' || json === null || !('online' in json) || !('timestamp' in json)) return undefined;
  const { online, timestamp } = json;
  if (typeof online !== 'boolean' || typeof timestamp !== 'number' || !Number.isSafeInteger(timestamp))
    return undefined;
  return timestamp < 0 ? undefined : { isOnline: online, timestampMs: timestamp };
}

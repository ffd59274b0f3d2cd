import type { EdgeNodeInput, EdgeNodeSession, EdgeNodeStep } from './edge-node-session.ts';
import { bear, stay } from './edge-node-transitions.ts';

/** Least time between two births of the same scope; below 3 s, and below the 5 s that hosts wait before they ask again. */
export const REBIRTH_GAP_MS = 2_000;

/** Requests inside the gap are answered together, at its end: a host that asks late is never left blind. */
export function onRebirthRequested(session: EdgeNodeSession, monotonicMs: number): EdgeNodeStep {
  if (session.phase !== 'born' || session.isRebirthDue) return stay(session);
  const delayMs = session.bornAtMs + REBIRTH_GAP_MS - monotonicMs;
  if (delayMs <= 0) return bear(session, monotonicMs);
  return { next: { ...session, isRebirthDue: true }, effects: [{ type: 'rebirth-later', delayMs }] };
}

/** So many gaps in a row with requests in them, ten seconds, are no host that has lost its way but a storm. */
const STORM_GAPS = 5;

/**
 * From the request on no DATA goes out before its births (tck-id-operational-behavior-data-commands-rebirth-action-1).
 * In a storm of requests that would be never: then data flows until there is a gap without one.
 */
export const holdsData = (session: EdgeNodeSession): boolean =>
  session.phase === 'born' && session.isRebirthDue && session.awaitedCount < STORM_GAPS;

/** As for the node, but only that device is born again; a rebirth of the node that is due answers this one too. */
export function onDeviceRebirthRequested(
  session: EdgeNodeSession,
  deviceId: string,
  monotonicMs: number,
): EdgeNodeStep {
  if (session.phase !== 'born' || session.isRebirthDue) return stay(session);
  const last = session.loneBirths.get(deviceId) ?? { bornAtMs: session.bornAtMs, isRebirthDue: false };
  if (last.isRebirthDue) return stay(session);
  const delayMs = last.bornAtMs + REBIRTH_GAP_MS - monotonicMs;
  if (delayMs <= 0) return bearDevice(session, deviceId, monotonicMs);
  const loneBirths = new Map(session.loneBirths).set(deviceId, { ...last, isRebirthDue: true });
  return { next: { ...session, loneBirths }, effects: [{ type: 'device-rebirth-later', deviceId, delayMs }] };
}

export function onDeviceRebirthDue(session: EdgeNodeSession, deviceId: string, monotonicMs: number): EdgeNodeStep {
  if (session.phase !== 'born' || session.loneBirths.get(deviceId)?.isRebirthDue !== true) return stay(session);
  return bearDevice(session, deviceId, monotonicMs);
}

/** A device came, went, or has other metrics than its birth says: only this device is told anew. */
export function onDeviceChanged(
  session: EdgeNodeSession,
  { deviceId, isOnline, atMs, monotonicMs }: EdgeNodeInput & { readonly type: 'device-changed' },
): EdgeNodeStep {
  if (session.phase !== 'born') return stay(session);
  if (isOnline) return bearDevice(session, deviceId, monotonicMs);
  const loneBirths = new Map(session.loneBirths);
  loneBirths.delete(deviceId);
  return { next: { ...session, loneBirths }, effects: [{ type: 'publish-device-death', deviceId, atMs }] };
}

function bearDevice(
  session: EdgeNodeSession & { readonly phase: 'born' },
  deviceId: string,
  monotonicMs: number,
): EdgeNodeStep {
  const birth = { bornAtMs: monotonicMs, isRebirthDue: false };
  const loneBirths = new Map(session.loneBirths).set(deviceId, birth);
  return { next: { ...session, loneBirths }, effects: [{ type: 'publish-device-birth', deviceId }] };
}

import type { EdgeNodeSession } from './edge-node-session.ts';
import { hasLasted } from './edge-node-transitions.ts';
import type { LinkClosed } from './sparkplug-link.ts';
import type { EdgeNodeDescriptor } from './topic.ts';

/** So many connections in a row without a lasting session make another client of our id likely. */
const SHORT_SESSIONS = 3;
/** The broker's close, or what a write sees that crosses it. */
const CLOSED_CODES: ReadonlySet<string> = new Set(['mqtt/closed-by-broker', 'mqtt/connection-lost']);

/**
 * Why a session was lost, for people. MQTT 3.1.1 does not tell a client that another one of its id has come
 * (section 3.1.4, MQTT-3.1.4-2); it only shows in sessions that the broker ends soon, one after the other.
 */
export function explainLoss(
  seen: LinkClosed,
  session: EdgeNodeSession,
  { groupId, edgeNodeId }: EdgeNodeDescriptor,
  monotonicMs: number,
): LinkClosed {
  const isShort = session.phase === 'born' && !hasLasted(session, monotonicMs);
  if (!CLOSED_CODES.has(seen.code) || !isShort || session.attempt < SHORT_SESSIONS) return seen;
  const text = `sessions keep ending soon (${seen.text}); does another gateway use the names ${groupId}/${edgeNodeId}?`;
  return { code: 'sparkplug/node-id-taken', text };
}

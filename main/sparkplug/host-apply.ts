import { assertNever } from '../../shared/domain/assert-never.ts';
import { compareScopes } from './host-duplicate.ts';
import { fault, type HeldMessage, type Turn } from './host-node.ts';
import { emitMetrics, toScope } from './host-resolve.ts';
import { needRebirth } from './rebirth-ask.ts';

/** Applies a message in its turn. What it says is read under the births known now. */
export function applyInOrder(turn: Turn, message: HeldMessage): void {
  switch (message.verb) {
    case 'DBIRTH':
      return bearDevice(turn, message);
    case 'DDEATH':
      return buryDevice(turn, message);
    case 'NDATA':
    case 'DDATA':
      return applyData(turn, message);
    case 'NBIRTH':
    case 'NDEATH':
      // Never ordered by seq: NBIRTH begins the order, NDEATH has none.
      return;
    default:
      return assertNever(message.verb);
  }
}

function bearDevice(turn: Turn, message: HeldMessage): void {
  const { node } = turn;
  const { deviceId } = message;
  if (deviceId === null) return;
  const wasOnline = node.scopes.has(deviceId) || node.unconfirmed.has(deviceId);
  const scope = toScope(message.payload.metrics);
  compareScopes(turn, node.scopes.get(deviceId) ?? node.formerScopes.get(deviceId), scope);
  node.scopes = new Map(node.scopes).set(deviceId, scope);
  node.unconfirmed = without(node.unconfirmed, deviceId);
  if (!wasOnline) turn.effects.push({ type: 'device-online', deviceId, atMs: message.receivedAtMs });
  emitMetrics(turn, message, scope, true);
}

/** The payload's time is the moment from which the values are stale (section 2.4). */
function buryDevice(turn: Turn, { deviceId, payload, receivedAtMs }: HeldMessage): void {
  const { node } = turn;
  if (deviceId === null) return;
  const wasOnline = node.scopes.has(deviceId) || node.unconfirmed.has(deviceId);
  const scopes = new Map(node.scopes);
  scopes.delete(deviceId);
  node.scopes = scopes;
  node.unconfirmed = without(node.unconfirmed, deviceId);
  if (!wasOnline) return;
  turn.effects.push({ type: 'device-offline', deviceId, atMs: payload.timestampMs ?? receivedAtMs, because: 'death' });
}

function applyData(turn: Turn, message: HeldMessage): void {
  // No data comes before all DBIRTHs are out (tck-id-payloads-ddata-order), so the birth ends here.
  if (turn.node.unconfirmed.size > 0) settleDevices(turn);
  const scope = turn.node.scopes.get(message.deviceId);
  if (scope === undefined) {
    fault(turn, 'unknown-device', `${message.verb} of ${message.deviceId ?? 'the node'}, which is not born`);
    return needRebirth(turn, 'unknown-device');
  }
  if (!emitMetrics(turn, message, scope, false)) needRebirth(turn, 'unknown-metric');
}

/** The birth sequence is over: devices that were not in it are offline. */
export function settleDevices(turn: Turn): void {
  const { node, moment } = turn;
  const { unconfirmed } = node;
  node.unconfirmed = new Set();
  node.settlesAtMs = undefined;
  for (const deviceId of unconfirmed) {
    turn.effects.push({ type: 'device-offline', deviceId, atMs: moment.nowMs, because: 'not-born-again' });
  }
  turn.effects.push({ type: 'settled', atMs: moment.nowMs });
}

function without(set: ReadonlySet<string>, member: string): ReadonlySet<string> {
  if (!set.has(member)) return set;
  const rest = new Set(set);
  rest.delete(member);
  return rest;
}

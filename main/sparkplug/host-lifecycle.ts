import { assertNever } from '../../shared/domain/assert-never.ts';
import { createHostNode, fault, type HeldMessage, type HostScope, type OfflineCause, type Turn } from './host-node.ts';
import { emitMetrics, toScope } from './host-resolve.ts';
import { BDSEQ_METRIC, type Payload } from './payload.ts';
import { needRebirth, noteBirth, noteComplete } from './rebirth-ask.ts';
import { acceptInTurn, flushData, takeNext } from './seq-order.ts';

/** DBIRTHs follow the NBIRTH directly; a device that is not born again within this time has gone. */
const SETTLE_MS = 5_000;

function readBdSeq({ metrics }: Payload): number | undefined {
  const raw = metrics.find(({ name }) => name === BDSEQ_METRIC)?.wireValue;
  return typeof raw === 'bigint' || typeof raw === 'number' ? Number(raw) : undefined;
}

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

/**
 * NBIRTH begins a session, or repeats it: the same bdSeq is a rebirth and no new connection. Devices stay online until
 * their DBIRTH has had its chance, so that a rebirth leaves no mark of staleness in the history.
 */
export function bear(turn: Turn, message: HeldMessage): void {
  const { node, moment } = turn;
  const overtaking = flushData(turn).filter(({ verb }) => verb === 'DBIRTH');
  const bdSeq = readBdSeq(message.payload) ?? null;
  if (bdSeq === null)
    fault(turn, 'birth-without-bdseq', 'NBIRTH holds no bdSeq, so its death cannot be told from others');
  const isNewSession = !node.isOnline || node.bdSeq !== bdSeq;
  const scope = toScope(message.payload.metrics);
  node.unconfirmed = new Set(node.isOnline ? [...onlineDevices(turn), ...node.unconfirmed] : []);
  node.isOnline = true;
  node.bdSeq = bdSeq;
  node.expectedSeq = (message.seq + 1) % 256;
  node.scopes = new Map<string | null, HostScope>([[null, scope]]);
  node.skippedSeqs = [];
  node.last = message;
  node.waiting = overtaking;
  node.settlesAtMs = moment.monotonicMs + SETTLE_MS;
  noteBirth(turn);
  if (isNewSession) turn.effects.push({ type: 'node-online', atMs: message.receivedAtMs });
  emitMetrics(turn, message, scope, true);
  const next = takeNext(turn);
  if (next) acceptInTurn(turn, next);
}

function bearDevice(turn: Turn, message: HeldMessage): void {
  const { node } = turn;
  const { deviceId } = message;
  if (deviceId === null) return;
  const wasOnline = node.scopes.has(deviceId) || node.unconfirmed.has(deviceId);
  const scope = toScope(message.payload.metrics);
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
  if (emitMetrics(turn, message, scope, false)) noteComplete(turn);
  else needRebirth(turn, 'unknown-metric');
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
}

/**
 * NDEATH counts only with the bdSeq of the present session: another one is the late Will of an older connection, and
 * the second one with the same is the Will that follows a published death. The time is the host's, because the
 * payload's is that of CONNECT.
 */
export function die(turn: Turn, payload: Payload): void {
  const { node } = turn;
  const bdSeq = readBdSeq(payload);
  if (bdSeq === undefined) return fault(turn, 'death-without-bdseq', 'NDEATH holds no bdSeq and was ignored');
  if (node.bdSeq !== null && (node.bdSeq !== bdSeq || !node.isOnline)) return;
  flushData(turn);
  endSession(turn, 'death', 'node-death');
  turn.node.bdSeq = bdSeq;
}

/** Nothing is heard any more: all is stale, and after the return everything is asked for again. */
export function loseLink(turn: Turn): void {
  flushData(turn);
  if (turn.node.isOnline) endSession(turn, 'link-lost', 'link-lost');
  Object.assign(turn.node, createHostNode(turn.node));
}

function endSession(turn: Turn, because: OfflineCause, devicesBecause: OfflineCause): void {
  const { node, moment } = turn;
  for (const deviceId of new Set([...onlineDevices(turn), ...node.unconfirmed])) {
    turn.effects.push({ type: 'device-offline', deviceId, atMs: moment.nowMs, because: devicesBecause });
  }
  turn.effects.push({ type: 'node-offline', atMs: moment.nowMs, because });
  Object.assign(node, createHostNode(node));
}

function onlineDevices({ node }: Turn): string[] {
  return [...node.scopes.keys()].filter((deviceId) => deviceId !== null);
}

function without(set: ReadonlySet<string>, member: string): ReadonlySet<string> {
  if (!set.has(member)) return set;
  const rest = new Set(set);
  rest.delete(member);
  return rest;
}

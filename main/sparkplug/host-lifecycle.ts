import { compareScopes, newPrints, noteBirthOrder, notePrint } from './host-duplicate.ts';
import { createHostNode, fault, type HeldMessage, type HostScope, type OfflineCause, type Turn } from './host-node.ts';
import { emitMetrics, toScope } from './host-resolve.ts';
import { BDSEQ_METRIC, type Payload } from './payload.ts';
import { noteBirth } from './rebirth-ask.ts';
import { acceptInTurn, flushData, isBefore, seqDistance, takeNext } from './seq-order.ts';

/** DBIRTHs follow the NBIRTH directly; a device that is not born again within this time has gone. */
const SETTLE_MS = 5_000;

function readBdSeq({ metrics }: Payload): number | undefined {
  const raw = metrics.find(({ name }) => name === BDSEQ_METRIC)?.wireValue;
  return typeof raw === 'bigint' || typeof raw === 'number' ? Number(raw) : undefined;
}

/**
 * NBIRTH begins a session, or repeats it: the same bdSeq is a rebirth and no new connection. Devices stay online until
 * their DBIRTH has had its chance, so that a rebirth leaves no mark of staleness in the history.
 */
export function bear(turn: Turn, message: HeldMessage): void {
  const { node, moment } = turn;
  const overtaking = flushData(turn);
  const bdSeq = readBdSeq(message.payload) ?? null;
  if (bdSeq === null)
    fault(turn, 'birth-without-bdseq', 'NBIRTH holds no bdSeq, so its death cannot be told from others');
  noteBirthOrder(turn, bdSeq);
  const isNewSession = !node.isOnline || node.bdSeq !== bdSeq;
  const scope = toScope(message.payload.metrics);
  compareScopes(turn, node.scopes.get(null), scope);
  node.unconfirmed = new Set(node.isOnline ? [...onlineDevices(turn), ...node.unconfirmed] : []);
  node.isOnline = true;
  node.bdSeq = bdSeq;
  node.expectedSeq = (message.seq + 1) % 256;
  node.formerScopes = node.scopes;
  node.scopes = new Map<string | null, HostScope>([[null, scope]]);
  node.skippedSeqs = [];
  node.prints = newPrints();
  notePrint(node, message);
  node.last = message;
  node.waiting = overtaking.filter((early) => !isBefore(seqDistance(node, early)));
  node.settlesAtMs = moment.monotonicMs + SETTLE_MS;
  noteBirth(turn);
  if (isNewSession) turn.effects.push({ type: 'node-online', atMs: message.receivedAtMs });
  emitMetrics(turn, message, scope, true);
  const next = takeNext(turn);
  if (next) acceptInTurn(turn, next);
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
  const { duplicate } = node;
  // Two that take each other's connection over die all the time.
  Object.assign(node, createHostNode(node), because === 'death' ? { duplicate } : {});
}

function onlineDevices({ node }: Turn): string[] {
  return [...node.scopes.keys()].filter((deviceId) => deviceId !== null);
}

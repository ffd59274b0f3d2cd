import { BDSEQ_METRIC } from '../payload.ts';
import { readBdSeq } from './bdseq-metric.ts';
import { endRebirth, expectDevices, noteReconnect } from './check-rebirth.ts';
import type { LookedAt } from './looked-at.ts';
import { forgetBirths, forgetScope } from './node-state.ts';

const REMEMBERED_SESSIONS = 8;
/** A Will comes after one and a half keep-alive times; most are set to 60 s or less. */
const LATE_WILL_MS = 120_000;

const remember = (list: readonly number[], bdSeq: number): readonly number[] =>
  [bdSeq, ...list.filter((known) => known !== bdSeq)].slice(0, REMEMBERED_SESSIONS);

/** NBIRTH: begins a session, or repeats the birth of the one that is open. */
export function checkNodeBirth(looked: LookedAt): void {
  const { node, payload, report } = looked;
  const bdSeq = readBdSeq(payload, 'NBIRTH', report);
  const isRepeated = node.session === 'alive' && bdSeq !== undefined && bdSeq === node.bdSeq;
  if (bdSeq !== undefined && node.bdSeq !== undefined && !isRepeated) checkNewSession(looked, node.bdSeq, bdSeq);
  const devices = isRepeated ? [...node.scopes].filter(([id, { phase }]) => id !== null && phase === 'born') : [];
  forgetBirths(node);
  expectDevices(looked, new Set(devices.map(([id]) => String(id))));
  endRebirth(looked);
  node.session = 'alive';
  node.bdSeq = bdSeq;
}

/** The last NBIRTH had another bdSeq, or its session has ended. */
function checkNewSession(looked: LookedAt, last: number, bdSeq: number): void {
  const { node, message, report } = looked;
  const isAlive = node.session === 'alive';
  if (bdSeq === last) report('bdseq-step', `NBIRTH repeats bdSeq ${bdSeq} after its NDEATH, required is the next one`);
  else {
    const beforeLast = node.earlierBdSeqs[0];
    const isInterleaved =
      (isAlive && node.earlierBdSeqs.includes(bdSeq)) ||
      (beforeLast !== undefined && bdSeq === (beforeLast + 1) % 256 && bdSeq !== (last + 1) % 256);
    if (isInterleaved) report('two-publishers', `bdSeq changes to and fro: ${beforeLast ?? '?'}, ${last}, ${bdSeq}`);
    else if ((bdSeq - last + 256) % 256 > 128) {
      report('bdseq-step', `bdSeq ${bdSeq} of NBIRTH follows ${last}, required is a count that does not go back`);
    }
    node.earlierBdSeqs = remember(node.earlierBdSeqs, last);
  }
  if (isAlive && node.rebirthAskedAtMs !== undefined) {
    report('rebirth-bdseq', `a rebirth was answered with bdSeq ${bdSeq}, required is the ${last} of the open session`);
  } else if (isAlive) node.owedDeath = { bdSeq: last, sinceMs: message.atMs };
  else noteReconnect(looked);
}

/** A session that was followed by another has to show its NDEATH, if late. Call with every message of the node. */
export function checkOwedDeath({ node, message, report, verb }: LookedAt): void {
  const { owedDeath } = node;
  if (owedDeath === undefined || verb === 'NDEATH' || message.atMs - owedDeath.sinceMs <= LATE_WILL_MS) return;
  node.owedDeath = undefined;
  report('death-missing', `bdSeq ${owedDeath.bdSeq} was followed by another session and never by its NDEATH`);
}

export function checkNodeDeath(looked: LookedAt): void {
  const { node, payload, report } = looked;
  const bdSeq = readBdSeq(payload, 'NDEATH', report);
  const names = payload.metrics.map(({ name, alias }) => name ?? `alias ${alias ?? '?'}`);
  if (names.length !== 1 || names[0] !== BDSEQ_METRIC) {
    const seen = names.length === 0 ? 'no metric' : names.slice(0, 5).join(', ');
    report('death-payload', `NDEATH holds ${seen}, required is bdSeq alone`);
  }
  if (payload.metrics.some(({ name, alias }) => name === BDSEQ_METRIC && alias !== undefined)) {
    report('death-alias', 'bdSeq of NDEATH has an alias');
  }
  if (node.session === 'unseen') return;
  if (bdSeq === undefined) {
    // Of which session cannot be said; the present one is the likeliest.
    endSession(looked);
    return;
  }
  if (node.owedDeath?.bdSeq === bdSeq) node.owedDeath = undefined;
  if (bdSeq === node.bdSeq) endSession(looked);
  else if (node.session === 'alive' && !isLate(looked, bdSeq)) {
    report(
      'death-bdseq',
      `NDEATH holds bdSeq ${bdSeq} while NBIRTH held ${node.bdSeq ?? 'none'}, required is the same`,
    );
  }
  node.endedBdSeqs = remember(node.endedBdSeqs, bdSeq);
}

/** The Will of an older session that nobody has seen end; it says nothing about the present one. */
function isLate({ node }: LookedAt, bdSeq: number): boolean {
  if (node.endedBdSeqs.includes(bdSeq)) return false;
  const isFirstSeen = node.earlierBdSeqs.length === 0 && node.bdSeq !== undefined;
  return node.earlierBdSeqs.includes(bdSeq) || (isFirstSeen && bdSeq === ((node.bdSeq ?? 0) + 255) % 256);
}

function endSession({ node }: LookedAt): void {
  node.session = 'ended';
  node.nextSeq = undefined;
  forgetBirths(node);
}

/** False when the message has no birth to be held against, because there is none or it was not seen. */
export function checkIsBorn(looked: LookedAt): boolean {
  const { node, verb, deviceId, report } = looked;
  if (node.session === 'ended') {
    report('birth-missing', `${verb} came after NDEATH, required is an NBIRTH before it`);
    return false;
  }
  if (deviceId === null || verb === 'DBIRTH') return true;
  const phase = node.scopes.get(deviceId)?.phase;
  // Born before the rebirth that is going on: its death stands for its birth.
  if (verb === 'DDEATH' && node.pendingDevices.has(deviceId)) return true;
  if (phase === 'born' || (node.session === 'unseen' && phase === undefined)) return true;
  const why = phase === 'dead' ? 'its DDEATH' : 'NBIRTH, with no DBIRTH';
  if (verb === 'DDEATH') report('device-death-unborn', `DDEATH of a device came after ${why}`);
  else report('device-not-born', `DDATA of a device came after ${why}, required is a DBIRTH before it`);
  return false;
}

export function endDevice({ node, deviceId }: LookedAt): void {
  if (deviceId === null) return;
  forgetScope(node, deviceId);
  node.scopes.set(deviceId, { phase: 'dead', metrics: new Map() });
  node.pendingDevices.delete(deviceId);
}

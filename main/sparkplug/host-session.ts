import { Buffer } from 'node:buffer';
import { assertNever } from '../../shared/domain/assert-never.ts';
import { applyInOrder, settleDevices } from './host-apply.ts';
import { calmsAtMs, endWhenCalm, isCopy, noteConflict, notePrint } from './host-duplicate.ts';
import { bear, die, loseLink } from './host-lifecycle.ts';
import {
  fault,
  type HeldMessage,
  type HostEffect,
  type HostNode,
  type IncomingMessage,
  type Moment,
  type Turn,
} from './host-node.ts';
import { needRebirth, nextRepeatMs, noteAsked, repeatWhenDue } from './rebirth-ask.ts';
import { acceptInTurn, giveUpWaiting, holdBack, isBefore, seqDistance } from './seq-order.ts';

/**
 * The rules of a host application for one edge node (Sparkplug 3.0; sections 2.3 and 2.4 of our guide). Decides,
 * never acts.
 *
 * Promise: messages take effect in the order of their seq; every data metric that can be named is passed on, also from
 * a gap that was never closed; what cannot be named leads to a rebirth request, and requests never become a storm.
 */
export interface HostRules {
  /** How long a message waits for those before it (tck-id-operational-behavior-host-reordering-param). */
  readonly reorderTimeoutMs: number;
}

export type HostInput =
  | { readonly type: 'message'; readonly message: IncomingMessage; readonly moment: Moment }
  /** To be given at `nextDueMs`. */
  | { readonly type: 'tick'; readonly moment: Moment }
  /** A request for births has gone out: it may have waited for its turn among those to other nodes. */
  | { readonly type: 'asked'; readonly moment: Moment }
  /** The host's own connection is gone: nothing is known of the node any more. */
  | { readonly type: 'link-lost'; readonly moment: Moment };

export interface HostStep {
  readonly next: HostNode;
  readonly effects: readonly HostEffect[];
}

export function step(node: HostNode, input: HostInput, rules: HostRules): HostStep {
  const turn: Turn = { node: { ...node }, effects: [], moment: input.moment };
  switch (input.type) {
    case 'message':
      onMessage(turn, input.message, rules);
      break;
    case 'tick':
      onTick(turn);
      break;
    case 'asked':
      noteAsked(turn);
      break;
    case 'link-lost':
      loseLink(turn);
      break;
    default:
      assertNever(input);
  }
  return { next: turn.node, effects: turn.effects };
}

/** Monotonic time of the next `tick`; undefined while nothing waits. */
export function nextDueMs(node: HostNode): number | undefined {
  let dueMs = nextRepeatMs(node);
  const calmMs = calmsAtMs(node);
  if (calmMs !== undefined && (dueMs === undefined || calmMs < dueMs)) dueMs = calmMs;
  if (node.settlesAtMs !== undefined && (dueMs === undefined || node.settlesAtMs < dueMs)) dueMs = node.settlesAtMs;
  for (const { waitsUntilMs } of node.waiting) if (dueMs === undefined || waitsUntilMs < dueMs) dueMs = waitsUntilMs;
  return dueMs;
}

function onTick(turn: Turn): void {
  const { monotonicMs } = turn.moment;
  if (turn.node.waiting.some(({ waitsUntilMs }) => waitsUntilMs <= monotonicMs)) giveUpWaiting(turn);
  if (turn.node.settlesAtMs !== undefined && turn.node.settlesAtMs <= monotonicMs) settleDevices(turn);
  if (endWhenCalm(turn)) needRebirth(turn, 'duplicate-node');
  repeatWhenDue(turn);
}

const describe = ({ verb, deviceId }: IncomingMessage): string => `${verb} ${deviceId ?? 'of the node'}`;

function onMessage(turn: Turn, incoming: IncomingMessage, rules: HostRules): void {
  const { verb, deviceId, result, bytes } = incoming;
  if (incoming.isRetained) {
    // The edge is at fault (tck-id-payloads-nbirth-retain): what the broker kept says nothing about the present.
    fault(turn, 'retained-message', describe(incoming));
    if (verb !== 'NDEATH') needRebirth(turn, 'retained-message');
    return;
  }
  if (result.kind === 'fault') {
    fault(turn, 'undecodable-payload', `${describe(incoming)}: ${result.reason}`);
    needRebirth(turn, 'undecodable-payload');
    return;
  }
  const { payload } = result;
  if (verb === 'NDEATH') return die(turn, payload);
  const { nowMs, monotonicMs } = turn.moment;
  const hasSeq = payload.seq !== undefined && payload.seq <= 255;
  if (!hasSeq) fault(turn, 'missing-seq', describe(incoming));
  // A sender without seq promises no order: its messages are taken as they come.
  const seq = hasSeq && payload.seq !== undefined ? payload.seq : verb === 'NBIRTH' ? 0 : turn.node.expectedSeq;
  const waitsUntilMs = monotonicMs + rules.reorderTimeoutMs;
  const message: HeldMessage = { verb, deviceId, payload, bytes, receivedAtMs: nowMs, seq, waitsUntilMs };
  if (isRepeated(turn.node, message)) return;
  if (verb === 'NBIRTH') bear(turn, message);
  else if (!turn.node.isOnline) onUnborn(turn, message);
  else if (hasSeq) onOrdered(turn, message);
  else applyInOrder(turn, message);
}

/** A copy made by a bridge or a broker: same seq, same bytes, same topic as the message before. */
function isRepeated({ last }: HostNode, message: HeldMessage): boolean {
  return (
    last !== undefined &&
    last.seq === message.seq &&
    last.verb === message.verb &&
    last.deviceId === message.deviceId &&
    Buffer.compare(last.bytes, message.bytes) === 0
  );
}

/** A DBIRTH may have overtaken its NBIRTH; everything else cannot be read without one. */
function onUnborn(turn: Turn, message: HeldMessage): void {
  if (message.verb === 'DBIRTH') return holdBack(turn, message);
  fault(turn, 'data-before-birth', `${message.verb} ${message.deviceId ?? 'of the node'}`);
  needRebirth(turn, 'data-before-birth');
}

function onOrdered(turn: Turn, message: HeldMessage): void {
  const distance = seqDistance(turn.node, message);
  if (distance === 0) return acceptInTurn(turn, message);
  const isData = message.verb === 'DDATA' || message.verb === 'NDATA';
  if (!isBefore(distance)) return holdBack(turn, message);
  if (isData && turn.node.skippedSeqs.includes(message.seq)) {
    turn.node.skippedSeqs = turn.node.skippedSeqs.filter((seq) => seq !== message.seq);
    notePrint(turn.node, message);
    return applyInOrder(turn, message);
  }
  // It may belong to a new session whose NBIRTH it has overtaken.
  if (message.verb === 'DBIRTH') return holdBack(turn, message);
  if (isCopy(turn.node, message)) return;
  noteConflict(turn, message);
  fault(turn, 'late-message', `${message.verb} with seq ${message.seq}, expected ${turn.node.expectedSeq}`);
  needRebirth(turn, 'late-message');
}

import { applyInOrder } from './host-apply.ts';
import { noteConflict, notePrint } from './host-duplicate.ts';
import { fault, type HeldMessage, type HostNode, type Turn } from './host-node.ts';
import { needRebirth } from './rebirth-ask.ts';

/** How many messages lie between the expected one and this: 0 … 255. */
export const seqDistance = ({ expectedSeq }: HostNode, { seq }: HeldMessage): number => (seq - expectedSeq + 256) % 256;

/** Half of the circle ahead counts as future, half behind as past (section 2.3). */
export const isBefore = (distance: number): boolean => distance >= 128;

/** Keeps a message until its turn; twice the same seq keeps the first. */
export function holdBack(turn: Turn, message: HeldMessage): void {
  if (turn.node.waiting.some(({ seq, verb }) => seq === message.seq && verb === message.verb)) return;
  turn.node.waiting = [...turn.node.waiting, message];
}

/** Takes a message whose turn it is, and all that waited for it. */
export function acceptInTurn(turn: Turn, first: HeldMessage): void {
  for (let message: HeldMessage | undefined = first; message !== undefined; message = takeNext(turn)) {
    turn.node.expectedSeq = (message.seq + 1) % 256;
    turn.node.last = message;
    notePrint(turn.node, message);
    applyInOrder(turn, message);
  }
}

/** The waiting message whose turn has come, if it is there. */
export function takeNext(turn: Turn): HeldMessage | undefined {
  const next = turn.node.waiting.find(({ seq }) => seq === turn.node.expectedSeq);
  if (next) turn.node.waiting = turn.node.waiting.filter((message) => message !== next);
  return next;
}

/**
 * The reorder timeout: what waits is taken in its order over the gaps, because a historian wants it all, and births are
 * asked for (tck-id-operational-behavior-host-reordering-rebirth). DBIRTHs of the past had no NBIRTH to follow.
 */
export function giveUpWaiting(turn: Turn): void {
  const { node } = turn;
  if (!node.isOnline) {
    for (const { verb, deviceId } of node.waiting) fault(turn, 'data-before-birth', `${verb} ${deviceId ?? ''}`);
    node.waiting = [];
    return needRebirth(turn, 'data-before-birth');
  }
  const ahead = node.waiting.filter((message) => !isBefore(seqDistance(node, message)));
  const behind = node.waiting.filter((message) => isBefore(seqDistance(node, message)));
  ahead.sort((one, other) => seqDistance(node, one) - seqDistance(node, other));
  node.waiting = [];
  for (const message of behind) {
    noteConflict(turn, message);
    fault(turn, 'late-message', `${message.verb} with seq ${message.seq}`);
  }
  for (const message of ahead) {
    const missing = seqDistance(node, message);
    if (missing > 0) {
      fault(turn, 'seq-gap', `${missing} messages from seq ${node.expectedSeq} on are missing`);
      const skipped = Array.from({ length: missing }, (_seq, index) => (node.expectedSeq + index) % 256);
      node.skippedSeqs = [...node.skippedSeqs, ...skipped].slice(-128);
    }
    acceptInTurn(turn, message);
  }
  needRebirth(turn, ahead.length > 0 ? 'seq-gap' : 'late-message');
}

/** Data of a session that ends now, in its order; what else waits is returned untouched. */
export function flushData(turn: Turn): readonly HeldMessage[] {
  const { node } = turn;
  const isOldData = (message: HeldMessage): boolean =>
    node.isOnline && (message.verb === 'DDATA' || message.verb === 'NDATA') && !isBefore(seqDistance(node, message));
  const data = node.waiting.filter(isOldData);
  const rest = node.waiting.filter((message) => !data.includes(message));
  data.sort((one, other) => seqDistance(node, one) - seqDistance(node, other));
  node.waiting = [];
  for (const message of data) applyInOrder(turn, message);
  return rest;
}

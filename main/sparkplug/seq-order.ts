import { Buffer } from 'node:buffer';
import { applyInOrder } from './host-apply.ts';
import { noteConflict, notePrint } from './host-duplicate.ts';
import { fault, type HeldMessage, type HostNode, type Turn } from './host-node.ts';
import { needRebirth } from './rebirth-ask.ts';

/** How many messages lie between the expected one and this: 0 … 255. */
export const seqDistance = ({ expectedSeq }: HostNode, { seq }: HeldMessage): number => (seq - expectedSeq + 256) % 256;

/** Half of the circle ahead counts as future, half behind as past (section 2.3). */
export const isBefore = (distance: number): boolean => distance >= 128;

/** More than one round of seq never waits for its turn. */
const MAX_WAITING_COUNT = 256;

/**
 * Keeps a message until its turn, a copy once. Two different ones of one seq both wait: one of them is of another
 * session, and is told as late when the reorder time is over.
 */
export function holdBack(turn: Turn, message: HeldMessage): void {
  const isHere = ({ seq, verb, bytes }: HeldMessage): boolean =>
    seq === message.seq && verb === message.verb && Buffer.compare(bytes, message.bytes) === 0;
  if (turn.node.waiting.some(isHere)) return;
  if (turn.node.waiting.length >= MAX_WAITING_COUNT) {
    return fault(turn, 'late-message', `${message.verb} with seq ${message.seq}: too many wait for their turn`);
  }
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

/** Data of a session that ends now, in its order; what cannot be of it is told. DBIRTHs that wait are returned. */
export function flushData(turn: Turn): readonly HeldMessage[] {
  const { node } = turn;
  const isOldData = (message: HeldMessage): boolean =>
    node.isOnline && (message.verb === 'DDATA' || message.verb === 'NDATA') && !isBefore(seqDistance(node, message));
  const data = node.waiting.filter(isOldData);
  const rest = node.waiting.filter((message) => !data.includes(message));
  data.sort((one, other) => seqDistance(node, one) - seqDistance(node, other));
  node.waiting = [];
  for (const message of data) applyInOrder(turn, message);
  for (const { verb, seq } of rest) {
    if (verb !== 'DBIRTH') fault(turn, 'late-message', `${verb} with seq ${seq}, of no session that is known`);
  }
  return rest.filter(({ verb }) => verb === 'DBIRTH');
}

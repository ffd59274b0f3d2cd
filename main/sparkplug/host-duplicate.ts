import type { HeldMessage, HostNode, HostScope, Turn } from './host-node.ts';

/**
 * Two live programs with one edge node descriptor (guide, section 2.3): each answers a request for births of the other,
 * so that asking makes a storm and never helps. No single message proves it; signs that an honest node cannot give
 * again and again do.
 */
export interface DuplicateWatch {
  readonly signs: readonly Sign[];
  /** Monotonic time of the last sign. */
  readonly lastSignAtMs: number;
  /** It is said: no births are asked for. */
  readonly isFound: boolean;
  /** A sign by seq was counted since the last NBIRTH. */
  readonly hasConflict: boolean;
  /** The two give one alias to different metrics: data by alias alone cannot be read. */
  readonly isAmbiguous: boolean;
}

interface Sign {
  readonly atMs: number;
  readonly weight: number;
}

export const NO_DUPLICATE: DuplicateWatch = {
  signs: [],
  lastSignAtMs: 0,
  isFound: false,
  hasConflict: false,
  isAmbiguous: false,
};

const WINDOW_MS = 120_000;
const CALM_MS = 60_000;
/** One loss of the bdSeq file, or one lost NBIRTH, stays far below. */
const ENOUGH = 4;
/** A live session was replaced by one with an earlier bdSeq: bdSeq only counts up. */
const BACK_WITHOUT_DEATH = 2;
/** The same after a death: also a node that forgets its bdSeq at each start does this. */
const BACK_AFTER_DEATH = 1;
/** A seq came twice since the last NBIRTH, with different contents. */
const SEQ_CONFLICT = 1;

function addSign(turn: Turn, weight: number): void {
  const { node, moment } = turn;
  const atMs = moment.monotonicMs;
  const signs = [...node.duplicate.signs.filter((sign) => atMs - sign.atMs < WINDOW_MS), { atMs, weight }];
  const wasFound = node.duplicate.isFound;
  const isFound = wasFound || signs.reduce((sum, sign) => sum + sign.weight, 0) >= ENOUGH;
  node.duplicate = { ...node.duplicate, signs, lastSignAtMs: atMs, isFound };
  if (!isFound || wasFound) return;
  node.ask = undefined;
  turn.effects.push({ type: 'duplicate-node', isFound: true });
}

/** To be called with the state before the NBIRTH is taken. */
export function noteBirthOrder(turn: Turn, bdSeq: number | null): void {
  const { bdSeq: before, isOnline } = turn.node;
  turn.node.duplicate = { ...turn.node.duplicate, hasConflict: false };
  if (bdSeq === null || before === null) return;
  const isBack = (bdSeq - before + 256) % 256 >= 128;
  if (isBack) addSign(turn, isOnline ? BACK_WITHOUT_DEATH : BACK_AFTER_DEATH);
}

/** So many bytes at each end are looked at: seq and values of a small message, never all of a large one. */
const PRINTED_BYTES = 128;

/** Tells one message from another with the same seq (FNV-1a); cheap, because every message pays for it. */
function toPrint({ bytes }: HeldMessage): number {
  let hash = 0x811c9dc5 ^ bytes.length;
  const secondFrom = Math.max(PRINTED_BYTES, bytes.length - PRINTED_BYTES);
  for (let at = 0; at < bytes.length; at = at + 1 === PRINTED_BYTES ? secondFrom : at + 1) {
    hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  }
  return hash;
}

/** What was taken since the last NBIRTH, by seq; NaN: nothing. A cache beside the state: it is written in place. */
export const newPrints = (): Float64Array => new Float64Array(256).fill(Number.NaN);

export function notePrint({ prints }: HostNode, message: HeldMessage): void {
  prints[message.seq] = toPrint(message);
}

/** A copy made by a bridge or a QoS 1 hop, of any message since the last NBIRTH. */
export const isCopy = ({ prints }: HostNode, message: HeldMessage): boolean => prints[message.seq] === toPrint(message);

/** A message whose seq has been used since the last NBIRTH, by another message. Counted once for each NBIRTH. */
export function noteConflict(turn: Turn, message: HeldMessage): void {
  const { node, moment } = turn;
  const print = node.prints[message.seq];
  if (print === undefined || Number.isNaN(print) || print === toPrint(message)) return;
  if (!node.duplicate.hasConflict) {
    node.duplicate = { ...node.duplicate, hasConflict: true };
    addSign(turn, SEQ_CONFLICT);
  }
  node.duplicate = { ...node.duplicate, lastSignAtMs: moment.monotonicMs };
}

/** Compares births of one scope while there are signs: two copies of one configuration can be read in spite of all. */
export function compareScopes(turn: Turn, before: HostScope | undefined, after: HostScope): void {
  const { node } = turn;
  if (before === undefined || node.duplicate.signs.length === 0) return;
  for (const [alias, { name, typeCode }] of after.byAlias) {
    const known = before.byAlias.get(alias);
    if (known === undefined || (known.name === name && known.typeCode === typeCode)) continue;
    node.duplicate = { ...node.duplicate, isAmbiguous: true };
    return;
  }
}

/** Data by alias alone would be stored under the wrong name. */
export const isUnreadable = ({ duplicate }: HostNode, name: string | undefined): boolean =>
  name === undefined && duplicate.isFound && duplicate.isAmbiguous;

/** Monotonic time at which a calm node counts as one again; undefined while nothing was found. */
export const calmsAtMs = ({ duplicate }: HostNode): number | undefined =>
  duplicate.isFound ? duplicate.lastSignAtMs + CALM_MS : undefined;

/** True when it has ended: what is known may be the other one's births. */
export function endWhenCalm(turn: Turn): boolean {
  const calmAtMs = calmsAtMs(turn.node);
  if (calmAtMs === undefined || turn.moment.monotonicMs < calmAtMs) return false;
  turn.node.duplicate = NO_DUPLICATE;
  turn.effects.push({ type: 'duplicate-node', isFound: false });
  return true;
}

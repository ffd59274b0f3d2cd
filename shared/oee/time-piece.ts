import type { AssignedReason, ReasonSource } from './machine-account.ts';
import type { TimeClass, TimeRange } from './time-class.ts';

/**
 * A stretch of a machine's time on its way through the rules. Pieces belong to one run of `accountMachine` and are
 * changed in place: a month of fast state changes is a quarter of a million of them.
 */
export interface TimePiece {
  fromMs: number;
  toMs: number;
  timeClass: TimeClass;
  cause: string | null;
  reasonId: string | null;
  reasonSource: ReasonSource;
  isAssumed: boolean;
  isOverTarget: boolean;
  /** Length of the whole stop it is a piece of, also beyond the range (L9); 0 for what is no stop. */
  wholeStopMs: number;
  assignment: AssignedReason | null;
}

/** Classes that make up a stop; set-up is a loss of its own and never a short stop. */
const STOP_CLASSES: ReadonlySet<TimeClass> = new Set(['failure', 'starved', 'blocked', 'unassigned']);

export const isStopClass = (timeClass: TimeClass): boolean => STOP_CLASSES.has(timeClass);

/** The same time with a cut at each of the times, which are sorted (K4). */
export function cutPieces(pieces: readonly TimePiece[], timesMs: readonly number[]): TimePiece[] {
  const found: TimePiece[] = [];
  let next = 0;
  for (const piece of pieces) {
    const endMs = piece.toMs;
    let rest = piece;
    while ((timesMs[next] ?? Number.POSITIVE_INFINITY) <= piece.fromMs) next += 1;
    for (let atMs = timesMs[next]; atMs !== undefined && atMs < endMs; atMs = timesMs[next]) {
      const later = { ...rest, fromMs: atMs };
      rest.toMs = atMs;
      if (rest.fromMs < atMs) found.push(rest);
      rest = later;
      next += 1;
    }
    found.push(rest);
  }
  return found;
}

/** Sorted, each time once. */
export const sortedTimes = (timesMs: Iterable<number>): number[] => [...new Set(timesMs)].sort((a, b) => a - b);

/** Joins neighbours that say the same. */
export function joinPieces(pieces: readonly TimePiece[]): TimePiece[] {
  const found: TimePiece[] = [];
  let last: TimePiece | undefined;
  for (const piece of pieces) {
    if (piece.toMs <= piece.fromMs) continue;
    if (last !== undefined && isSame(last, piece)) last.toMs = piece.toMs;
    else found.push((last = piece));
  }
  return found;
}

const isSame = (a: TimePiece, b: TimePiece): boolean =>
  a.toMs === b.fromMs &&
  a.timeClass === b.timeClass &&
  a.cause === b.cause &&
  a.reasonId === b.reasonId &&
  a.reasonSource === b.reasonSource &&
  a.isAssumed === b.isAssumed &&
  a.isOverTarget === b.isOverTarget &&
  a.assignment === b.assignment &&
  a.wholeStopMs === b.wholeStopMs;

/** Ranges without overlap, sorted. */
export function joinRanges(ranges: readonly TimeRange[]): TimeRange[] {
  const found: { fromMs: number; toMs: number }[] = [];
  for (const { fromMs, toMs } of [...ranges].sort((a, b) => a.fromMs - b.fromMs)) {
    const last = found.at(-1);
    if (last !== undefined && fromMs <= last.toMs) last.toMs = Math.max(last.toMs, toMs);
    else if (fromMs < toMs) found.push({ fromMs, toMs });
  }
  return found;
}

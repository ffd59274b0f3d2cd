import type { MachineRules, StopCut, StopRecord } from './machine-account.ts';
import type { TimeClass } from './time-class.ts';
import { cutPieces, sortedTimes, type TimePiece } from './time-piece.ts';

const STOPPED: ReadonlySet<TimeClass> = new Set(['failure', 'starved', 'blocked', 'unassigned', 'setup']);

/** A planned reason takes a stop out of the planned time, not out of the list: it can be taken back there. */
const isOfStop = ({ timeClass, reasonSource }: TimePiece): boolean =>
  STOPPED.has(timeClass) || reasonSource === 'operator';

/** Times at which people have cut stops (L8); a merge takes the cut at its time back. Given in the order of doing. */
export function cutTimes(cuts: readonly StopCut[]): ReadonlySet<number> {
  const found = new Set<number>();
  for (const { atMs, kind } of cuts) {
    if (kind === 'split') found.add(atMs);
    else found.delete(atMs);
  }
  return found;
}

/**
 * Stops above the micro-stop limit, oldest first: everything between two stretches of run, without what the plan
 * covers, cut where people cut it. The parts of each divide it exactly.
 */
export function toStops(
  pieces: readonly TimePiece[],
  cuts: readonly StopCut[],
  { reasonStopMs }: MachineRules,
  knownToMs: number,
): StopRecord[] {
  const times = cutTimes(cuts);
  const found: StopRecord[] = [];
  let group: TimePiece[] = [];
  const close = (): void => {
    if (group.length > 0) found.push(toStop(group, reasonStopMs, knownToMs));
    group = [];
  };
  const owned = pieces.filter(isOfStop);
  // Cutting changes pieces in place, and these are the intervals of the account.
  const cut =
    times.size === 0
      ? owned
      : cutPieces(
          owned.map((piece) => ({ ...piece })),
          sortedTimes(times),
        );
  for (const piece of cut) {
    if (group.at(-1)?.toMs !== piece.fromMs || times.has(piece.fromMs)) close();
    group.push(piece);
  }
  close();
  return found;
}

function toStop(parts: readonly TimePiece[], reasonStopMs: number, knownToMs: number): StopRecord {
  const [first] = parts;
  const last = parts.at(-1);
  if (first === undefined || last === undefined) throw new RangeError('a stop has at least one part');
  const assigned = parts.find(({ assignment }) => assignment !== null);
  // First-out: what the machine named first; a state that explains nothing only where nothing else is there.
  const named = parts.find(({ reasonSource }) => reasonSource === 'machine' || reasonSource === 'neighbour') ?? first;
  const unexplainedMs = parts.reduce(
    (sum, { reasonSource, fromMs, toMs }) => (reasonSource === 'none' ? sum + toMs - fromMs : sum),
    0,
  );
  const isNamed = named.reasonSource === 'machine' || named.reasonSource === 'neighbour' || unexplainedMs === 0;
  const wholeMs = Math.max(last.toMs - first.fromMs, ...parts.map(({ wholeStopMs }) => wholeStopMs));
  return {
    fromMs: first.fromMs,
    toMs: last.toMs,
    isOpen: last.toMs === knownToMs,
    timeClass: longestClass(parts) ?? first.timeClass,
    cause: named.cause,
    reasonId: assigned?.reasonId ?? null,
    reasonSource: assigned?.reasonSource ?? named.reasonSource,
    assignment: assigned?.assignment ?? null,
    needsReason: !isNamed && (assigned === undefined ? wholeMs : unexplainedMs) > reasonStopMs,
    parts,
  };
}

function longestClass(parts: readonly TimePiece[]): TimeClass | undefined {
  if (parts.length === 1) return parts[0]?.timeClass;
  const byClass = new Map<TimeClass, number>();
  for (const { timeClass, fromMs, toMs } of parts) {
    byClass.set(timeClass, (byClass.get(timeClass) ?? 0) + toMs - fromMs);
  }
  return [...byClass].sort((a, b) => b[1] - a[1])[0]?.[0];
}

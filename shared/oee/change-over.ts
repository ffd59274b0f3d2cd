import { indexAfter, indexAtOrAfter } from './counted-parts.ts';
import type { CounterEvidence, MachineEvidence } from './machine-account.ts';
import type { Reading } from './state-intervals.ts';
import type { TimeRange } from './time-class.ts';
import { cutPieces, sortedTimes, type TimePiece } from './time-piece.ts';

export interface ChangeOver extends TimeRange {
  readonly name: string;
}

/** Product or order by time: a repeated name and a reading that is not good are no change. */
export function changesOf(readings: readonly Reading<string>[]): { readonly timeMs: number; readonly value: string }[] {
  const found: { timeMs: number; value: string }[] = [];
  for (const { timeMs, value } of readings) {
    if (value !== null && value !== found.at(-1)?.value) found.push({ timeMs, value });
  }
  return found;
}

/**
 * L5: a change-over lasts from the last good part of one product to the first good one of the next. Without a counter of
 * good parts any part ends it; without a counter only a set-up state tells of one.
 */
export function findChangeOvers(evidence: MachineEvidence, range: TimeRange): ChangeOver[] {
  const counter = evidence.good ?? evidence.total;
  if (counter === null) return [];
  const changes = changesOf(evidence.products);
  const found: ChangeOver[] = [];
  changes.forEach(({ timeMs, value }, index) => {
    const before = changes[index - 1];
    if (before === undefined || before.value === '' || value === '') return;
    const isGood = goodPart(evidence);
    const fromMs = Math.max(stepBefore(counter, timeMs, isGood) ?? timeMs, range.fromMs, before.timeMs);
    const nextMs = stepAfter(counter, timeMs, isGood) ?? range.toMs;
    const toMs = Math.min(nextMs, range.toMs, changes[index + 1]?.timeMs ?? range.toMs);
    if (fromMs < toMs) found.push({ fromMs, toMs, name: `Change-over ${before.value} → ${value}` });
  });
  return found;
}

/** True when a step of the counter brought a good part: where only total and reject are told, more of it than rejects. */
function goodPart({ good, total, reject }: MachineEvidence): (index: number) => boolean {
  const counter = good ?? total;
  const deltaOf = (series: CounterEvidence, index: number): number =>
    (series.sums[index] ?? 0) - (series.sums[index - 1] ?? 0);
  if (counter === null) return () => false;
  if (good !== null || reject === null) return (index) => deltaOf(counter, index) > 0;
  return (index) => {
    const fromMs = counter.timesMs[index - 1] ?? Number.NEGATIVE_INFINITY;
    const toMs = counter.timesMs[index] ?? Number.POSITIVE_INFINITY;
    const upTo = (timeMs: number): number => reject.sums[indexAfter(reject.timesMs, timeMs) - 1] ?? 0;
    return deltaOf(counter, index) > upTo(toMs) - upTo(fromMs);
  };
}

function stepBefore({ timesMs }: CounterEvidence, atMs: number, isGood: (index: number) => boolean): number | null {
  for (let index = indexAfter(timesMs, atMs) - 1; index > 0; index -= 1) {
    if (isGood(index)) return timesMs[index] ?? null;
  }
  return null;
}

function stepAfter({ timesMs }: CounterEvidence, atMs: number, isGood: (index: number) => boolean): number | null {
  for (let index = Math.max(1, indexAtOrAfter(timesMs, atMs + 1)); index < timesMs.length; index += 1) {
    if (isGood(index)) return timesMs[index] ?? null;
  }
  return null;
}

/**
 * Makes the standing time of change-overs `setup`, where no fault, no neighbour and no plan is to blame (L6). Run stays
 * run: its parts are counted, and time and parts belong together.
 */
export function layChangeOvers(pieces: readonly TimePiece[], changeOvers: readonly ChangeOver[]): TimePiece[] {
  if (changeOvers.length === 0) return [...pieces];
  const cut = cutPieces(pieces, sortedTimes(changeOvers.flatMap(({ fromMs, toMs }) => [fromMs, toMs])));
  let next = 0;
  for (const piece of cut) {
    while ((changeOvers[next]?.toMs ?? Number.POSITIVE_INFINITY) <= piece.fromMs) next += 1;
    const changeOver = changeOvers[next];
    if (changeOver === undefined || changeOver.fromMs >= piece.toMs || piece.isAssumed) continue;
    if (piece.timeClass !== 'unassigned' && piece.timeClass !== 'setup') continue;
    Object.assign(piece, { timeClass: 'setup', cause: changeOver.name, reasonSource: 'machine' });
  }
  return cut;
}

/**
 * Cuts set-up at its target: what is longer is an overrun (L5). All set-up between two stretches of run counts
 * together, and so does all set-up of one change-over.
 */
export function markOverruns(
  pieces: readonly TimePiece[],
  targetMs: number | null,
  changeOvers: readonly ChangeOver[],
): TimePiece[] {
  if (targetMs === null) return [...pieces];
  const cuts: number[] = [];
  let spentMs = 0;
  let next = 0;
  const over: TimeRange[] = [];
  for (const { fromMs, toMs, timeClass } of pieces) {
    const endedMs = changeOvers[next]?.toMs ?? Number.POSITIVE_INFINITY;
    const isWithin = (changeOvers[next]?.fromMs ?? Number.POSITIVE_INFINITY) <= fromMs && fromMs < endedMs;
    if (fromMs >= endedMs) {
      next += 1;
      spentMs = 0;
    }
    if (timeClass === 'run' && !isWithin) spentMs = 0;
    if (timeClass !== 'setup') continue;
    const leftMs = targetMs - spentMs;
    spentMs += toMs - fromMs;
    if (spentMs <= targetMs) continue;
    const overMs = fromMs + Math.max(0, leftMs);
    cuts.push(overMs);
    over.push({ fromMs: overMs, toMs });
  }
  const cut = cutPieces(pieces, cuts);
  let index = 0;
  for (const piece of cut) {
    while ((over[index]?.toMs ?? Number.POSITIVE_INFINITY) <= piece.fromMs) index += 1;
    const range = over[index];
    piece.isOverTarget = range !== undefined && range.fromMs <= piece.fromMs && piece.toMs <= range.toMs;
  }
  return cut;
}

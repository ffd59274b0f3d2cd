import { indexAfter } from './counted-parts.ts';
import type { CounterEvidence, MachineEvidence, MachineRules } from './machine-account.ts';
import type { Reading } from './state-intervals.ts';
import type { TimeRange } from './time-class.ts';

/** T4: true from when nothing has been heard of the machine for too long until it is heard again. */
export function silences(
  heardMs: readonly number[],
  staleAfterMs: number | null,
  { fromMs, toMs }: TimeRange,
): Reading<boolean>[] {
  if (staleAfterMs === null) return [];
  const found: Reading<boolean>[] = [];
  let index = Math.max(0, indexAfter(heardMs, fromMs) - 1);
  let heardAt = heardMs[index] ?? Number.NEGATIVE_INFINITY;
  if (heardAt > fromMs) heardAt = Number.NEGATIVE_INFINITY;
  else index += 1;
  while (heardAt < toMs) {
    const nextMs = heardMs[index] ?? Number.POSITIVE_INFINITY;
    if (nextMs - heardAt > staleAfterMs) {
      found.push({ timeMs: heardAt + staleAfterMs, value: true }, { timeMs: nextMs, value: false });
    }
    heardAt = nextMs;
    index += 1;
  }
  return found;
}

/**
 * A run signal from a counter alone: between two parts that are not further apart than `idleAfterMs` the machine runs;
 * else it stands from the first to the second. After the last part it runs until that time has passed; then it stands
 * since that part (L10). `toMs`: until then it is known that no part came.
 */
function runFromCounts(counter: CounterEvidence, idleAfterMs: number, toMs: number): Reading<boolean>[] {
  const { timesMs, sums } = counter;
  const found: Reading<boolean>[] = [];
  let sinceMs = timesMs[0];
  if (sinceMs === undefined) return found;
  const stretchTo = (fromMs: number, endMs: number): void => {
    found.push({ timeMs: fromMs, value: endMs - fromMs <= idleAfterMs });
  };
  for (let index = 1; index < timesMs.length; index += 1) {
    const timeMs = timesMs[index] ?? 0;
    if (timeMs > toMs) break;
    if ((sums[index] ?? 0) <= (sums[index - 1] ?? 0)) continue;
    stretchTo(sinceMs, timeMs);
    sinceMs = timeMs;
  }
  stretchTo(sinceMs, toMs);
  return found;
}

/** True or false as the machine's run signal or its counter says. */
export function runSignal(
  evidence: MachineEvidence,
  { stateFrom, idleAfterMs }: MachineRules,
  toMs: number,
): readonly Reading<boolean>[] {
  if (stateFrom === 'run-signal') return evidence.running;
  const counter = evidence.total ?? evidence.good;
  return counter === null ? [] : runFromCounts(counter, idleAfterMs, toMs);
}

/**
 * What a counter counted between two readings (oee.md 2.1). Only differences of neighbours are right: the
 * last value less the first loses resets, the largest less the smallest loses rollovers.
 */
export interface CounterRule {
  /** Number of different values of the register, e.g. 65,536; without it a drop is a reset (C2). */
  readonly modulus?: number;
  /** Most parts that can be made in a millisecond: guards against a reset taken for a rollover (C1). */
  readonly maxRatePerMs?: number;
  /** Largest drop that is taken for a correction by an operator (C3); 0 takes none. */
  readonly correctionLimit?: number;
}

export interface CounterReading {
  readonly timeMs: number;
  readonly value: number;
}

type DeltaKind = 'baseline' | 'step' | 'rollover' | 'reset' | 'correction';

export interface CounterDelta {
  /** The delta belongs to (previousMs, timeMs]; both are the same for the baseline. */
  readonly previousMs: number;
  readonly timeMs: number;
  readonly delta: number;
  readonly kind: DeltaKind;
}

/** Edge cycles and a slightly wrong ideal cycle must not turn a rollover into a reset (C1). */
const RATE_MARGIN = 1.5;

/**
 * The step from one reading to the next. A drop is, in this order: a correction when it is small and the
 * counter stays high, a rollover when the register is known and the step is possible in the time, else a
 * reset, after which the counter began at 0.
 */
export function counterStep(previous: CounterReading, current: CounterReading, rule: CounterRule): CounterDelta {
  const range = { previousMs: previous.timeMs, timeMs: current.timeMs };
  const difference = current.value - previous.value;
  if (difference >= 0) return { ...range, delta: difference, kind: 'step' };
  // After a restart a counter is low: 3 following 5 is one, 12,345 following 12,347 is not.
  const isSmall = -difference <= (rule.correctionLimit ?? 0) && current.value > previous.value / 2;
  if (isSmall) return { ...range, delta: difference, kind: 'correction' };
  if (rule.modulus !== undefined) {
    const delta = rule.modulus + difference;
    const limit = (rule.maxRatePerMs ?? Number.POSITIVE_INFINITY) * (current.timeMs - previous.timeMs) * RATE_MARGIN;
    // One part more: a cycle may have ended at any moment of the first interval.
    if (delta >= 0 && delta <= limit + 1) return { ...range, delta, kind: 'rollover' };
  }
  return { ...range, delta: Math.max(0, current.value), kind: 'reset' };
}

/**
 * Deltas of a series sorted by time; only good readings belong in it (T3: others do not advance a
 * counter). The first reading is the baseline and counts nothing (C4).
 */
export function counterDeltas(readings: readonly CounterReading[], rule: CounterRule = {}): CounterDelta[] {
  let previous: CounterReading | undefined;
  return readings.map((current) => {
    const delta =
      previous === undefined
        ? { previousMs: current.timeMs, timeMs: current.timeMs, delta: 0, kind: 'baseline' as const }
        : counterStep(previous, current, rule);
    previous = current;
    return delta;
  });
}

/** A counter as an account takes it: sorted readings, the sum of their deltas, and what was odd about them. */
export function toCounterEvidence(readings: readonly CounterReading[], rule: CounterRule = {}) {
  const timesMs: number[] = [];
  const sums: number[] = [];
  let sum = 0;
  let correctionCount = 0;
  let resetCount = 0;
  for (const { timeMs, delta, kind } of counterDeltas(readings, rule)) {
    timesMs.push(timeMs);
    sums.push((sum += delta));
    if (kind === 'correction') correctionCount += 1;
    if (kind === 'reset') resetCount += 1;
  }
  return { timesMs, sums, correctionCount, resetCount };
}

/** What the counters of a machine say together; null where no counter says it. */
export interface PartCounts {
  readonly totalCount: number | null;
  readonly goodCount: number | null;
  readonly rejectCount: number | null;
  /** A sentence when the counters contradict each other, else null (C6). */
  readonly fault: string | null;
}

/** The same with the parts that were made good by rework. */
export interface CompleteCounts extends PartCounts {
  readonly reworkCount: number | null;
}

/**
 * Completes the counts from those that exist: good = total − reject as in PackML (C6). A part that was reworked was
 * not good at first pass and is no reject either (D10): it is taken from good where good is computed.
 */
export function completeCounts(
  counted: Omit<PartCounts, 'fault'> & { readonly reworkCount?: number | null },
): CompleteCounts {
  const { totalCount, goodCount, rejectCount, reworkCount = null } = counted;
  const fault = describeCountFault(counted);
  const lost = (rejectCount ?? 0) + (reworkCount ?? 0);
  if (totalCount === null) {
    const total = goodCount === null || rejectCount === null ? null : goodCount + lost;
    return { totalCount: total, goodCount, rejectCount, reworkCount, fault };
  }
  // The counter of good parts is the measured one; a fault says that the other two do not fit to it.
  if (goodCount !== null) {
    const rejected = rejectCount ?? totalCount - goodCount - (reworkCount ?? 0);
    return { totalCount, goodCount, rejectCount: rejected, reworkCount, fault };
  }
  return { totalCount, goodCount: rejectCount === null ? null : totalCount - lost, rejectCount, reworkCount, fault };
}

function describeCountFault({ totalCount, goodCount, rejectCount }: Omit<PartCounts, 'fault'>): string | null {
  if (totalCount === null) return null;
  if (goodCount !== null && goodCount > totalCount) {
    return `more good parts (${goodCount}) than parts (${totalCount}): check the counters`;
  }
  if (rejectCount !== null && rejectCount > totalCount) {
    return `more rejected parts (${rejectCount}) than parts (${totalCount}): check the counters`;
  }
  return null;
}

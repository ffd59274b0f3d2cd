import { indexAfter, indexAtOrAfter } from '../../shared/oee/counted-parts.ts';
import { type CounterRule, counterStep } from '../../shared/oee/counter-deltas.ts';
import type { CounterEvidence } from '../../shared/oee/machine-account.ts';
import type { Reading } from '../../shared/oee/state-intervals.ts';

export interface TimedValue<V> {
  readonly timeMs: number;
  readonly value: V;
}

/**
 * Values of one metric by time, each time once: what came first stays, as in the historian. Two plain
 * arrays, because a shift of a fast counter has more than 100,000 values. They are sorted when somebody
 * looks, so that a long replay of late values moves what is after them once per look, not once per batch.
 */
export class SampleSeries<V> {
  readonly #timesMs: number[] = [];
  readonly #values: V[] = [];
  #waiting: TimedValue<V>[] = [];
  #readings: readonly Reading<NonNullable<V>>[] | undefined;

  get timesMs(): readonly number[] {
    this.settle();
    return this.#timesMs;
  }

  get values(): readonly V[] {
    this.settle();
    return this.#values;
  }

  /** The same values as objects, kept until something changes. */
  get readings(): readonly Reading<NonNullable<V>>[] {
    this.settle();
    this.#readings ??= this.#timesMs.map((timeMs, index) => ({ timeMs, value: this.#values[index] ?? null }));
    return this.#readings;
  }

  /** Takes values in any order. */
  merge(samples: readonly TimedValue<V>[]): void {
    for (const sample of samples) this.#waiting.push(sample);
  }

  /** Takes values that are sorted by time; those after all that it has cost nothing but their place. */
  append(samples: readonly TimedValue<V>[]): void {
    const first = samples[0];
    if (first === undefined) return;
    const times = this.timesMs;
    const lastMs = times.at(-1);
    if (lastMs !== undefined && first.timeMs <= lastMs) {
      this.merge(samples);
      return;
    }
    const from = times.length;
    for (const { timeMs, value } of samples) {
      if (this.#timesMs.at(-1) === timeMs) continue;
      this.#timesMs.push(timeMs);
      this.#values.push(value);
    }
    this.#readings = undefined;
    this.changedFrom?.(from, this.#timesMs, this.#values);
  }

  /** Drops what is older than the value that holds at `timeMs`. */
  forgetBefore(timeMs: number): void {
    const count = indexAfter(this.timesMs, timeMs) - 1;
    if (count <= 0) return;
    this.#timesMs.splice(0, count);
    this.#values.splice(0, count);
    this.#readings = undefined;
    this.changedFrom?.(0, this.#timesMs, this.#values);
  }

  /** For series that keep something derived: all from this index on is new. */
  protected changedFrom?(index: number, timesMs: readonly number[], values: readonly V[]): void;

  /** Sorts in what has come since the last look. */
  protected settle(): void {
    if (this.#waiting.length === 0) return;
    // Sorting is stable: of two values for one time, the one that came first stays first.
    const sorted = this.#waiting.sort((a, b) => a.timeMs - b.timeMs);
    this.#waiting = [];
    this.#readings = undefined;
    const from = indexAtOrAfter(this.#timesMs, sorted[0]?.timeMs ?? 0);
    const laterTimes = this.#timesMs.splice(from);
    const laterValues = this.#values.splice(from);
    let next = 0;
    for (const { timeMs, value } of sorted) {
      next = this.#takeUpTo(timeMs, laterTimes, laterValues, next);
      if (this.#timesMs.at(-1) === timeMs) continue;
      this.#timesMs.push(timeMs);
      this.#values.push(value);
    }
    this.#takeUpTo(Number.POSITIVE_INFINITY, laterTimes, laterValues, next);
    this.changedFrom?.(from, this.#timesMs, this.#values);
  }

  #takeUpTo(timeMs: number, times: readonly number[], values: readonly V[], from: number): number {
    let next = from;
    for (let time = times[next]; time !== undefined && time <= timeMs; time = times[next]) {
      this.#timesMs.push(time);
      // Both arrays have the same length.
      this.#values.push(values[next] as V);
      next += 1;
    }
    return next;
  }
}

/** Good readings of a counter with the running sum of its deltas; late readings correct the sums after them. */
export class CounterSeries extends SampleSeries<number> implements CounterEvidence {
  readonly #sums: number[] = [];
  /** Corrections and resets up to and including each reading. */
  readonly #corrections: number[] = [];
  readonly #resets: number[] = [];
  readonly #rule: CounterRule;

  constructor(rule: CounterRule) {
    super();
    this.#rule = rule;
  }

  /** Sum of the deltas up to and including each reading; the first counts nothing (C4). */
  get sums(): readonly number[] {
    this.settle();
    return this.#sums;
  }

  get correctionCount(): number {
    this.settle();
    return this.#corrections.at(-1) ?? 0;
  }

  get resetCount(): number {
    this.settle();
    return this.#resets.at(-1) ?? 0;
  }

  protected override changedFrom(index: number, timesMs: readonly number[], values: readonly number[]): void {
    const sums = this.#sums;
    for (const column of [sums, this.#corrections, this.#resets]) column.length = index;
    for (let at = index; at < timesMs.length; at += 1) {
      const previous = { timeMs: timesMs[at - 1] ?? 0, value: values[at - 1] ?? 0 };
      const current = { timeMs: timesMs[at] ?? 0, value: values[at] ?? 0 };
      const step = at === 0 ? null : counterStep(previous, current, this.#rule);
      sums.push((sums[at - 1] ?? 0) + (step?.delta ?? 0));
      this.#corrections.push((this.#corrections[at - 1] ?? 0) + (step?.kind === 'correction' ? 1 : 0));
      this.#resets.push((this.#resets[at - 1] ?? 0) + (step?.kind === 'reset' ? 1 : 0));
    }
  }
}

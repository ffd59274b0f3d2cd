import { indexAfter, indexAtOrAfter } from '../../shared/oee/counted-parts.ts';
import { type CounterRule, counterStep } from '../../shared/oee/counter-deltas.ts';
import type { Reading } from '../../shared/oee/state-intervals.ts';

export interface TimedValue<V> {
  readonly timeMs: number;
  readonly value: V;
}

/**
 * Values of one metric by time, each time once: what came first stays, as in the historian. Two plain
 * arrays, because a shift of a fast counter has more than 100,000 values.
 */
export class SampleSeries<V> {
  readonly timesMs: number[] = [];
  readonly values: V[] = [];
  #readings: readonly Reading<NonNullable<V>>[] | undefined;

  /** Takes values in any order. Late ones move what is after them once per call, not once per value. */
  merge(samples: readonly TimedValue<V>[]): void {
    const sorted = [...samples].sort((a, b) => a.timeMs - b.timeMs);
    const first = sorted[0];
    if (first === undefined) return;
    this.#readings = undefined;
    const from = indexAtOrAfter(this.timesMs, first.timeMs);
    const laterTimes = this.timesMs.splice(from);
    const laterValues = this.values.splice(from);
    let next = 0;
    for (const { timeMs, value } of sorted) {
      next = this.#takeUpTo(timeMs, laterTimes, laterValues, next);
      if (this.timesMs.at(-1) === timeMs) continue;
      this.timesMs.push(timeMs);
      this.values.push(value);
    }
    this.#takeUpTo(Number.POSITIVE_INFINITY, laterTimes, laterValues, next);
    this.changedFrom(from);
  }

  /** Drops what is older than the value that holds at `timeMs`. */
  forgetBefore(timeMs: number): void {
    const count = indexAfter(this.timesMs, timeMs) - 1;
    if (count <= 0) return;
    this.timesMs.splice(0, count);
    this.values.splice(0, count);
    this.#readings = undefined;
    this.changedFrom(0);
  }

  /** The same values as objects, kept until something changes. */
  readings(): readonly Reading<NonNullable<V>>[] {
    this.#readings ??= this.timesMs.map((timeMs, index) => ({ timeMs, value: this.values[index] ?? null }));
    return this.#readings;
  }

  /** For series that keep something derived: all from this index on is new. */
  protected changedFrom(_index: number): void {
    // Nothing is derived from plain values.
  }

  #takeUpTo(timeMs: number, times: readonly number[], values: readonly V[], from: number): number {
    let next = from;
    for (let time = times[next]; time !== undefined && time <= timeMs; time = times[next]) {
      this.timesMs.push(time);
      // Both arrays have the same length.
      this.values.push(values[next] as V);
      next += 1;
    }
    return next;
  }
}

/** Good readings of a counter with the running sum of its deltas; late readings correct the sums after them. */
export class CounterSeries extends SampleSeries<number> {
  readonly sums: number[] = [];
  readonly #rule: CounterRule;

  constructor(rule: CounterRule) {
    super();
    this.#rule = rule;
  }

  protected override changedFrom(index: number): void {
    this.sums.length = index;
    for (let at = index; at < this.timesMs.length; at += 1) this.sums.push(this.#sumAt(at));
  }

  #sumAt(index: number): number {
    const previous = this.#reading(index - 1);
    const current = this.#reading(index);
    if (previous === undefined || current === undefined) return 0;
    return (this.sums[index - 1] ?? 0) + counterStep(previous, current, this.#rule).delta;
  }

  #reading(index: number): TimedValue<number> | undefined {
    const timeMs = this.timesMs[index];
    const value = this.values[index];
    return timeMs === undefined || value === undefined ? undefined : { timeMs, value };
  }
}

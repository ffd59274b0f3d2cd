import { type CountedSeries, indexAfter, indexAtOrAfter } from './counted-parts.ts';
import type { CountedStep } from './machine-account.ts';
import type { RunTime } from './run-index.ts';
import type { TimeRange } from './time-class.ts';

/**
 * One counter, asked for the parts of any range. A delta belongs to the time between its two readings, after the first
 * and up to the second; it counts at the second (C5). Where they are far apart, parts are shared out over the run time
 * between them and are estimated. A delta that touches time that is not known goes with it (T5). Whole parts only: what
 * is shared out is rounded down as it grows, so that ranges side by side sum to the whole.
 */
export class PartLedger {
  readonly #series: CountedSeries;
  readonly #run: RunTime;
  readonly #prorateGapMs: number;
  /** Half-open ranges of indices that are dropped, with the sum dropped before each. */
  readonly #dropped: { first: number; end: number; beforeSum: number }[] = [];

  constructor(series: CountedSeries, gaps: readonly TimeRange[], run: RunTime, prorateGapMs: number) {
    this.#series = series;
    this.#run = run;
    this.#prorateGapMs = prorateGapMs;
    const { timesMs } = series;
    for (const gap of gaps) {
      // The first reading has no delta.
      const first = Math.max(1, indexAfter(timesMs, gap.fromMs));
      const end = Math.min(timesMs.length, indexAtOrAfter(timesMs, gap.toMs) + 1);
      const last = this.#dropped.at(-1);
      if (last !== undefined && first <= last.end) last.end = Math.max(last.end, end);
      else if (first < end) this.#dropped.push({ first, end, beforeSum: 0 });
    }
    let beforeSum = 0;
    for (const span of this.#dropped) {
      span.beforeSum = beforeSum;
      beforeSum += this.#rawBefore(span.end) - this.#rawBefore(span.first);
    }
  }

  /** Parts from the first reading to a time; exact differences of it are the parts of a range. */
  sumAt(atMs: number): number {
    const index = indexAfter(this.#series.timesMs, atMs);
    return this.#keptBefore(index) + this.#begunShare(index, atMs);
  }

  /** Steps that touch a range, cut at it, oldest first. */
  stepsIn({ fromMs, toMs }: TimeRange): CountedStep[] {
    const { timesMs } = this.#series;
    const found: CountedStep[] = [];
    for (let index = Math.max(1, indexAfter(timesMs, fromMs)); index < timesMs.length; index += 1) {
      const startMs = timesMs[index - 1] ?? 0;
      if (startMs >= toMs) break;
      const endMs = timesMs[index] ?? 0;
      const from = Math.max(fromMs, startMs);
      const to = Math.min(toMs, endMs);
      const count = this.sumAt(to) - this.sumAt(from);
      if (count !== 0) found.push({ fromMs: from, toMs: to, count, isEstimated: this.#isShared(index) });
    }
    return found;
  }

  /** True when parts of a step lie on both sides of the time, and nobody saw on which. */
  isEstimatedAt(atMs: number): boolean {
    const index = indexAfter(this.#series.timesMs, atMs);
    const isBetween = (this.#series.timesMs[index - 1] ?? atMs) < atMs;
    return isBetween && this.#isShared(index);
  }

  /** Whole steps that overlap a range, for shares of cycles (D9). */
  wholeStepsIn({ fromMs, toMs }: TimeRange): CountedStep[] {
    const { timesMs } = this.#series;
    const found: CountedStep[] = [];
    for (let index = Math.max(1, indexAfter(timesMs, fromMs)); index < timesMs.length; index += 1) {
      const startMs = timesMs[index - 1] ?? 0;
      if (startMs >= toMs) break;
      const count = this.#keptBefore(index + 1) - this.#keptBefore(index);
      if (count !== 0) found.push({ fromMs: startMs, toMs: timesMs[index] ?? 0, count, isEstimated: false });
    }
    return found;
  }

  #rawBefore(index: number): number {
    return this.#series.sums[index - 1] ?? 0;
  }

  /** Sum of the deltas of the indices before this one that are kept. */
  #keptBefore(index: number): number {
    let low = 0;
    let high = this.#dropped.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#dropped[middle]?.first ?? index) < index) low = middle + 1;
      else high = middle;
    }
    const span = this.#dropped[low - 1];
    if (span === undefined) return this.#rawBefore(index);
    const lost = span.beforeSum + this.#rawBefore(Math.min(span.end, index)) - this.#rawBefore(span.first);
    return this.#rawBefore(index) - lost;
  }

  /** A single part has nothing to share out: it is made when it is counted. */
  #isShared(index: number): boolean {
    const fromMs = this.#series.timesMs[index - 1];
    const toMs = this.#series.timesMs[index];
    if (fromMs === undefined || toMs === undefined || toMs - fromMs <= this.#prorateGapMs) return false;
    if (this.#keptBefore(index + 1) - this.#keptBefore(index) <= 1) return false;
    return this.#run.runMsTo(toMs) > this.#run.runMsTo(fromMs);
  }

  /** Parts of the step that ends at this index which were made up to a time within it. */
  #begunShare(index: number, atMs: number): number {
    if (!this.#isShared(index)) return 0;
    const fromMs = this.#series.timesMs[index - 1] ?? 0;
    const toMs = this.#series.timesMs[index] ?? 0;
    const beforeMs = this.#run.runMsTo(fromMs);
    const delta = this.#keptBefore(index + 1) - this.#keptBefore(index);
    const doneMs = this.#run.runMsTo(atMs) - beforeMs;
    return Number((BigInt(delta) * BigInt(doneMs)) / BigInt(this.#run.runMsTo(toMs) - beforeMs));
  }
}

/** How many load tags there are, and how often each changes. */
export interface LoadOptions {
  readonly tagCount: number;
  /** At most 1,000: two values of one tag are at least 1 ms apart. */
  readonly changesPerSPerTag: number;
}

export interface RampChange {
  readonly tagIndex: number;
  readonly value: number;
  readonly timestampMs: number;
}

/** A generator that fell further behind than this (a paused server) goes on from now: no value is left out. */
const LONGEST_CATCH_UP_MS = 1_000;

/**
 * Ramps of all load tags: each tag counts 1, 2, 3 … without a gap. Changes are spread evenly over time and
 * over the tags, and carry the time they were due, not the time the timer fired.
 */
export class LoadRamp {
  readonly #tagCount: number;
  readonly #betweenMs: number;
  #startMs: number;
  #doneCount = 0;
  /** Change number at `#startMs`; moves when the ramp jumps over a pause. */
  #startCount = 0;

  constructor(options: LoadOptions, startMs: number) {
    if (options.changesPerSPerTag <= 0 || options.changesPerSPerTag > 1_000) {
      throw new RangeError(`changesPerSPerTag is ${options.changesPerSPerTag}, it must be above 0 and at most 1000`);
    }
    this.#tagCount = options.tagCount;
    this.#betweenMs = 1_000 / options.changesPerSPerTag / Math.max(1, options.tagCount);
    this.#startMs = startMs;
  }

  /** Calls `emit` for each change due by `nowMs`, oldest first. */
  advance(nowMs: number, emit: (change: RampChange) => void): void {
    if (this.#tagCount === 0) return;
    if (nowMs - this.#dueMs(this.#doneCount) > LONGEST_CATCH_UP_MS) {
      this.#startMs = nowMs;
      this.#startCount = this.#doneCount;
    }
    for (let dueMs = this.#dueMs(this.#doneCount); dueMs <= nowMs; dueMs = this.#dueMs(this.#doneCount)) {
      emit({
        tagIndex: this.#doneCount % this.#tagCount,
        value: Math.floor(this.#doneCount / this.#tagCount) + 1,
        timestampMs: Math.round(dueMs),
      });
      this.#doneCount += 1;
    }
  }

  /** Last value given to tag `tagIndex`, 0 before the first. */
  lastValue(tagIndex: number): number {
    return Math.floor((this.#doneCount + this.#tagCount - 1 - tagIndex) / this.#tagCount);
  }

  #dueMs(count: number): number {
    return this.#startMs + (count - this.#startCount + 1) * this.#betweenMs;
  }
}

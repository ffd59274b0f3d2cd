import type { Reading } from './state-intervals.ts';

/** Index of the last reading that is not after a time; -1 when all are. */
function lastIndexAt(readings: readonly Reading<unknown>[], timeMs: number): number {
  let low = 0;
  let high = readings.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((readings[middle]?.timeMs ?? Number.POSITIVE_INFINITY) <= timeMs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/**
 * A series that is walked forward in time: the value that holds, and when it changes. A repeated value is no change:
 * else a stop would be asked for its reason in pieces.
 */
export class HeldReading<V> {
  value: V | null = null;
  /** Time of the next change, infinite when there is none. */
  changesAtMs = Number.POSITIVE_INFINITY;
  readonly #readings: readonly Reading<V>[];
  #next: number;

  constructor(readings: readonly Reading<V>[], fromMs: number) {
    this.#readings = readings;
    const held = lastIndexAt(readings, fromMs);
    this.value = readings[held]?.value ?? null;
    this.#next = held + 1;
    this.#findChange();
  }

  advance(): void {
    this.value = this.#readings[this.#next]?.value ?? null;
    this.#next += 1;
    this.#findChange();
  }

  #findChange(): void {
    const readings = this.#readings;
    let next = this.#next;
    let reading = readings[next];
    // Two readings of one time: what came last of them holds.
    while (reading !== undefined && (reading.value === this.value || readings[next + 1]?.timeMs === reading.timeMs)) {
      next += 1;
      reading = readings[next];
    }
    this.#next = next;
    this.changesAtMs = reading?.timeMs ?? Number.POSITIVE_INFINITY;
  }
}

/**
 * T3: a reading that is not good does not change the value; only when none is good for `holdMs` after the first bad one
 * the value is not known any more.
 */
export function holdOverBad<V>(readings: readonly Reading<V>[], holdMs: number): readonly Reading<V>[] {
  if (!readings.some(({ value }) => value === null)) return readings;
  const found: Reading<V>[] = [];
  let badSinceMs: number | null = null;
  let hasGood = false;
  const giveUp = (beforeMs: number): void => {
    if (badSinceMs === null) return;
    const unknownMs = hasGood ? badSinceMs + holdMs : badSinceMs;
    if (unknownMs < beforeMs) found.push({ timeMs: unknownMs, value: null });
    badSinceMs = null;
  };
  for (const reading of readings) {
    if (reading.value === null) badSinceMs ??= reading.timeMs;
    else {
      giveUp(reading.timeMs);
      found.push(reading);
      hasGood = true;
    }
  }
  giveUp(Number.POSITIVE_INFINITY);
  return found;
}

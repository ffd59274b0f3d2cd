import type { Clock } from './clock.ts';

const SLICE_MS = 500;
const WINDOW_MS = 10_000;

/** Events per second over the last 10 s, in bounded memory. */
export class RateMeter {
  readonly #clock: Clock;
  readonly #slices = new Map<number, number>();
  readonly #startMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startMs = clock.monotonicMs();
  }

  count(eventCount = 1): void {
    const sliceId = this.#dropOld();
    this.#slices.set(sliceId, (this.#slices.get(sliceId) ?? 0) + eventCount);
  }

  /** In the first 10 s: over the time since the start, but at least one second. */
  perS(): number {
    this.#dropOld();
    let sum = 0;
    for (const eventCount of this.#slices.values()) sum += eventCount;
    const overMs = Math.min(WINDOW_MS, Math.max(1_000, this.#clock.monotonicMs() - this.#startMs));
    return (sum * 1_000) / overMs;
  }

  #dropOld(): number {
    const sliceId = Math.floor(this.#clock.monotonicMs() / SLICE_MS);
    for (const id of this.#slices.keys()) if (id <= sliceId - WINDOW_MS / SLICE_MS) this.#slices.delete(id);
    return sliceId;
  }
}

import type { Clock } from '../platform/clock.ts';

/** After a restart hundreds of nodes are asked; their answers must not come all in the same second. */
const BURST_COUNT = 20;
const PERIOD_MS = 100;

/**
 * The global limit of rebirth requests, and the gate before them: nothing is asked before STATE says online, because
 * births are the first messages of a host too (tck-id-principles-birth-certificates-order).
 */
export class RebirthQueue<Target> {
  readonly #clock: Clock;
  readonly #request: (target: Target) => void;
  readonly #waiting = new Map<string, Target>();
  #tokenCount = BURST_COUNT;
  #isOpen = false;
  #stopTimer: (() => void) | undefined;

  constructor(clock: Clock, request: (target: Target) => void) {
    this.#clock = clock;
    this.#request = request;
  }

  /** Asked at once when gate and limit allow it; a node waits at most once. */
  add(key: string, target: Target): void {
    this.#waiting.set(key, target);
    this.#drain();
  }

  setOpen(isOpen: boolean): void {
    this.#isOpen = isOpen;
    this.#drain();
  }

  /** Forgets what waits and ends the timer. */
  clear(): void {
    this.#isOpen = false;
    this.#waiting.clear();
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    this.#tokenCount = BURST_COUNT;
  }

  #drain(): void {
    for (const [key, target] of this.#waiting) {
      if (!this.#isOpen || this.#tokenCount === 0) return;
      this.#waiting.delete(key);
      this.#tokenCount -= 1;
      this.#stopTimer ??= this.#clock.every(PERIOD_MS, () => this.#refill());
      this.#request(target);
    }
  }

  #refill(): void {
    this.#tokenCount += 1;
    this.#drain();
    if (this.#tokenCount < BURST_COUNT) return;
    this.#stopTimer?.();
    this.#stopTimer = undefined;
  }
}

import { backoffDelayMs, type BackoffRule } from '../platform/backoff.ts';
import type { Clock } from '../platform/clock.ts';

const RETRY: BackoffRule = { firstMs: 1_000, maxMs: 60_000 };

/** Asks again for a change of tags that a server failed to take: its session may go on for weeks without them. */
export class ChangeRetry {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #ask: () => void;
  #failedCount = 0;
  #cancel = (): void => {};

  constructor(clock: Clock, random: () => number, ask: () => void) {
    this.#clock = clock;
    this.#random = random;
    this.#ask = ask;
  }

  failed(): void {
    this.#cancel();
    this.#failedCount += 1;
    this.#cancel = this.#clock.after(backoffDelayMs(RETRY, this.#failedCount, this.#random), this.#ask);
  }

  /** Taken, or the session has ended: the next one has the tags by itself. */
  end(): void {
    this.#cancel();
    this.#failedCount = 0;
  }
}

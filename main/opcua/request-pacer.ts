import { type Clock, delay } from '../platform/clock.ts';
import { untilAborted } from './until-aborted.ts';

export interface PacerOptions {
  readonly clock: Clock;
  /** At least 1. */
  readonly mostInFlight: number;
  /** Rest after each answer before its place is given to the next request. */
  readonly pauseMs: number;
  readonly signal: AbortSignal;
}

/** Lets few requests be under way at once, so that a small server keeps time for its other clients. */
export class RequestPacer {
  readonly #options: PacerOptions;
  readonly #waiting: (() => void)[] = [];
  readonly #underWay = new Set<Promise<unknown>>();
  #freeCount: number;

  constructor(options: PacerOptions) {
    this.#options = options;
    this.#freeCount = options.mostInFlight;
  }

  /**
   * Runs `work` when a place is free, in the order of the calls. Rejects with the signal's reason when aborted;
   * what is under way then goes on, see `settle`.
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const { signal } = this.#options;
    if (this.#freeCount === 0) await untilAborted(new Promise<void>((resolve) => this.#waiting.push(resolve)), signal);
    else this.#freeCount--;
    signal.throwIfAborted();
    const request = work();
    this.#underWay.add(request);
    const done = (): void => {
      this.#underWay.delete(request);
      void this.#rest();
    };
    request.then(done, done);
    return untilAborted(request, signal);
  }

  /** Resolves when nothing is under way any more. */
  async settle(): Promise<void> {
    await Promise.allSettled(this.#underWay);
  }

  async #rest(): Promise<void> {
    const { clock, pauseMs, signal } = this.#options;
    if (pauseMs > 0) await delay(clock, pauseMs, signal).catch(() => {});
    const next = this.#waiting.shift();
    if (next === undefined) this.#freeCount++;
    else next();
  }
}

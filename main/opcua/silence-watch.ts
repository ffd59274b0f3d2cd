import type { Clock } from '../platform/clock.ts';

const CHECK_EVERY_MS = 1_000;

/**
 * Tells when a server that still holds its connection says nothing any more: node-opcua raises no event for
 * that. Silence of our own (a sleeping computer, a stalled thread) does not count as the server's.
 */
export class SilenceWatch {
  readonly #clock: Clock;
  readonly #limitMs: number;
  readonly #heardAtMs = new Map<number, number>();
  readonly #stop: () => void;
  #checkedAtMs: number;

  /** @param onSilent called once per check with the silent time while it lasts. */
  constructor(clock: Clock, limitMs: number, onSilent: (silentMs: number) => void) {
    this.#clock = clock;
    this.#limitMs = limitMs;
    this.#checkedAtMs = clock.monotonicMs();
    this.#stop = clock.every(CHECK_EVERY_MS, () => this.#check(onSilent));
  }

  /** A sign of life of one subscription: data or keep-alive. */
  heard(subscriptionId: number): void {
    this.#heardAtMs.set(subscriptionId, this.#clock.monotonicMs());
  }

  stop(): void {
    this.#stop();
  }

  #check(onSilent: (silentMs: number) => void): void {
    const nowMs = this.#clock.monotonicMs();
    const wasAsleep = nowMs - this.#checkedAtMs > 2 * CHECK_EVERY_MS;
    this.#checkedAtMs = nowMs;
    for (const [subscriptionId, heardAtMs] of this.#heardAtMs) {
      if (wasAsleep) this.#heardAtMs.set(subscriptionId, nowMs);
      else if (nowMs - heardAtMs > this.#limitMs) {
        onSilent(nowMs - heardAtMs);
        return;
      }
    }
  }
}

import type { Clock } from '../platform/clock.ts';

/** What a session waits for, by name: a new wait of a name replaces the one before, a change of phase ends all. */
export class SessionTimers {
  readonly #clock: Clock;
  readonly #cancels = new Map<string, () => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  set(name: string, delayMs: number, action: () => void): void {
    this.#cancels.get(name)?.();
    const cancel = this.#clock.after(delayMs, () => {
      this.#cancels.delete(name);
      action();
    });
    this.#cancels.set(name, cancel);
  }

  cancelAll(): void {
    for (const cancel of this.#cancels.values()) cancel();
    this.#cancels.clear();
  }
}

import { describeError } from './engine-error.ts';

/**
 * What is opened is owned: every timer, listener, socket and file is registered on the line after it is
 * opened. `end()` closes in reverse order, always reaches the last one, and reports all failures.
 */
export class Lifetime {
  readonly #owned: { readonly name: string; readonly close: () => unknown }[] = [];
  #ending: Promise<void> | undefined;

  own(name: string, close: () => unknown): void {
    this.#owned.push({ name, close });
  }

  /** Ends everything once; later calls return the same promise. Rejects with an AggregateError. */
  end(): Promise<void> {
    this.#ending ??= this.#closeAll();
    return this.#ending;
  }

  async #closeAll(): Promise<void> {
    const failures: Error[] = [];
    for (let entry = this.#owned.pop(); entry !== undefined; entry = this.#owned.pop()) {
      try {
        await entry.close();
      } catch (cause) {
        failures.push(new Error(`closing ${entry.name}: ${describeError(cause)}`, { cause }));
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, failures.map((f) => f.message).join('; '));
  }
}

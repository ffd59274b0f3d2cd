/**
 * Who may speak to the one backend: a client keeps its turn until it gives it back, the others wait in the
 * order in which they asked.
 */
export class BackendTurns {
  readonly #waiting: (() => void)[] = [];
  #isTaken = false;

  /** Resolves when it is the caller's turn, with the function that gives the turn back (once). */
  async take(): Promise<() => void> {
    if (this.#isTaken) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#isTaken = true;
    let isGivenBack = false;
    return () => {
      if (isGivenBack) return;
      isGivenBack = true;
      const next = this.#waiting.shift();
      // The turn passes from hand to hand: nobody can take it between two of the queue.
      if (next === undefined) this.#isTaken = false;
      else next();
    };
  }
}

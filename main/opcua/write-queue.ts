/** So many writes are under way at once: a small controller must keep time for its control. */
const MOST_UNDER_WAY = 4;
const MOST_WAITING = 1_000;

interface WaitingWrite {
  readonly key: string;
  readonly begin: () => Promise<void>;
}

/** Runs work of one key in the order of the calls, of different keys a few at once. Bounded. */
export class WriteQueue {
  readonly #waiting: WaitingWrite[] = [];
  readonly #busyKeys = new Set<string>();

  /** Undefined when too many wait already. What `work` throws is the caller's. */
  run<T>(key: string, work: () => Promise<T>): Promise<T> | undefined {
    if (this.#waiting.length >= MOST_WAITING) return undefined;
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ key, begin: () => work().then(resolve, reject) });
      this.#pump();
    });
  }

  #pump(): void {
    while (this.#busyKeys.size < MOST_UNDER_WAY) {
      const index = this.#waiting.findIndex(({ key }) => !this.#busyKeys.has(key));
      const [next] = index < 0 ? [] : this.#waiting.splice(index, 1);
      if (next === undefined) return;
      this.#busyKeys.add(next.key);
      void next.begin().then(() => {
        this.#busyKeys.delete(next.key);
        this.#pump();
      });
    }
  }
}

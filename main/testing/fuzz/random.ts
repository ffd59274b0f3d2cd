/** The same numbers for the same seed, so that what a run found can be found again (xorshift of 32 bits). */
export class Random {
  #state: number;

  constructor(seed: number) {
    // Spread, so that neighbouring seeds do not begin alike; 0 would stay 0 for ever.
    this.#state = Math.imul(seed ^ 0x9e37_79b9, 0x85eb_ca6b) | 1;
  }

  /** 0 … `limit` − 1 */
  below(limit: number): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return (state >>> 0) % limit;
  }

  isOneIn(count: number): boolean {
    return this.below(count) === 0;
  }

  pick<T>(list: readonly T[]): T {
    const one = list[this.below(list.length)];
    if (one === undefined) throw new Error('nothing to pick from');
    return one;
  }
}

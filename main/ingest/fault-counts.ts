/** Counts by reason. Faults come in floods (a clock that was never set), so the log gets sums, not each one. */
export class FaultCounts {
  readonly #counts = new Map<string, number>();
  readonly #reported = new Map<string, number>();

  add(reason: string, count = 1): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + count);
  }

  get totalCount(): number {
    let total = 0;
    for (const count of this.#counts.values()) total += count;
    return total;
  }

  /** What came since the last call, by reason; undefined when nothing did. */
  takeNew(): Readonly<Record<string, number>> | undefined {
    const fresh: Record<string, number> = {};
    for (const [reason, count] of this.#counts) {
      const newCount = count - (this.#reported.get(reason) ?? 0);
      if (newCount > 0) fresh[reason] = newCount;
      this.#reported.set(reason, count);
    }
    return Object.keys(fresh).length > 0 ? fresh : undefined;
  }
}

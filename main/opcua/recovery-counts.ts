import type { RecoverySnapshot } from '../../shared/domain/engine-snapshot.ts';

/** How often what was lost came back, and how; since the source was made. */
export class RecoveryCounts {
  #counts: RecoverySnapshot = { republishedCount: 0, gapCount: 0, newSubscriptionCount: 0, newSessionCount: 0 };

  count(what: keyof RecoverySnapshot, by = 1): void {
    this.#counts = { ...this.#counts, [what]: this.#counts[what] + by };
  }

  snapshot(): RecoverySnapshot {
    return this.#counts;
  }
}

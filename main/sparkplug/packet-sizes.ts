import type { Clock } from '../platform/clock.ts';

/** A message of several rows is cut here, whatever a broker would take. */
const LARGEST_SPLIT_BYTES = 256 * 1_024;
const SMALLEST_SPLIT_BYTES = 512;
/** A larger size is tried again after this; a try that costs the connection doubles it. */
const FIRST_GROWTH_MS = 3_600_000;
const LAST_GROWTH_MS = 24 * FIRST_GROWTH_MS;

/**
 * Learns how large a message may be from a broker that does not say: MQTT 3.1.1 has no word for it, a broker with a
 * limit closes the connection. When it closes over messages larger than all that ever came through, the next ones
 * are cut to half; what came through is never doubted again. A connection also breaks for other reasons, and limits
 * are raised: so the size doubles again now and then, seldom where that was wrong before.
 */
export class PacketSizes {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  #splitBytes = LARGEST_SPLIT_BYTES;
  #provenBytes = 0;
  /** Largest message since the last barrier was asked, and before it. */
  #newBytes = 0;
  #askedBytes = 0;
  #changedAtMs = 0;
  #growAfterMs = FIRST_GROWTH_MS;
  #isTrial = false;

  constructor(clock: Pick<Clock, 'monotonicMs'>) {
    this.#clock = clock;
  }

  /** Messages of several rows are to be cut at this size. */
  get splitBytes(): number {
    const nowMs = this.#clock.monotonicMs();
    if (this.#splitBytes < LARGEST_SPLIT_BYTES && nowMs - this.#changedAtMs >= this.#growAfterMs) {
      this.#splitBytes = Math.min(LARGEST_SPLIT_BYTES, this.#splitBytes * 2);
      this.#changedAtMs = nowMs;
      this.#isTrial = true;
    }
    return this.#splitBytes;
  }

  published(byteCount: number): void {
    this.#newBytes = Math.max(this.#newBytes, byteCount);
  }

  /** Returns what to call when the broker has answered. */
  barrierAsked(): () => void {
    const provedBytes = Math.max(this.#askedBytes, this.#newBytes);
    this.#askedBytes = provedBytes;
    this.#newBytes = 0;
    return () => {
      if (this.#isTrial && provedBytes > this.#splitBytes / 2) {
        this.#isTrial = false;
        this.#growAfterMs = FIRST_GROWTH_MS;
      }
      this.#provenBytes = Math.max(this.#provenBytes, provedBytes);
      this.#askedBytes = 0;
    };
  }

  closed(): void {
    const doubtedBytes = Math.max(this.#askedBytes, this.#newBytes);
    this.#askedBytes = this.#newBytes = 0;
    if (doubtedBytes <= this.#provenBytes) return;
    const half = Math.floor(Math.min(doubtedBytes, this.#splitBytes) / 2);
    this.#splitBytes = Math.max(SMALLEST_SPLIT_BYTES, this.#provenBytes, half);
    this.#changedAtMs = this.#clock.monotonicMs();
    if (this.#isTrial) this.#growAfterMs = Math.min(LAST_GROWTH_MS, this.#growAfterMs * 2);
    this.#isTrial = false;
  }
}

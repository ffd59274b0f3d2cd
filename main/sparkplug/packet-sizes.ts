/** A message of several rows is cut here, whatever a broker would take. */
const LARGEST_SPLIT_BYTES = 256 * 1_024;
const SMALLEST_SPLIT_BYTES = 512;

/**
 * Learns how large a message may be from a broker that does not say: MQTT 3.1.1 has no word for it, a broker with a
 * limit closes the connection. When it closes over messages larger than all that ever came through, the next ones
 * are cut to half; what came through is never doubted again.
 */
export class PacketSizes {
  #splitBytes = LARGEST_SPLIT_BYTES;
  #provenBytes = 0;
  /** Largest message since the last barrier was asked, and before it. */
  #newBytes = 0;
  #askedBytes = 0;

  /** Messages of several rows are to be cut at this size. */
  get splitBytes(): number {
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
  }
}

/**
 * Tells a dead connection from a silent one, and pairs PINGRESPs with our PINGREQs. Pure: it is driven by
 * ticks, four to a keep-alive time. Counting ticks instead of reading a clock means that a stall of our own
 * event loop counts once, so it does not kill a live link.
 *
 * - Every second tick wants a PINGREQ (MQTT 3.1.1, section 3.1.2.10: one packet per keep-alive time at least).
 * - Five ticks with no packet at all: dead, after 1 to 1.25 keep-alive times.
 * - A PINGREQ open for twelve ticks while other packets come: the broker does not answer pings, so no barrier
 *   would ever end.
 * - A PINGRESP that nobody asked for: the broker may have answered an earlier PINGREQ twice, and a barrier may have
 *   passed before its time. Nothing that this link confirms can be trusted any more.
 */
export class LinkPulse {
  readonly #open: { readonly onAnswer: (() => void) | undefined; readonly sentAtTick: number }[] = [];
  #tick = 0;
  #silentTicks = 0;
  #isUnpaired = false;

  static readonly TICKS_PER_KEEP_ALIVE = 4;

  tick(): 'nothing' | 'ping' | 'silent' | 'unanswered' | 'unpaired' {
    this.#tick += 1;
    this.#silentTicks += 1;
    if (this.#isUnpaired) return 'unpaired';
    if (this.#silentTicks > LinkPulse.TICKS_PER_KEEP_ALIVE) return 'silent';
    const oldest = this.#open[0];
    if (oldest && this.#tick - oldest.sentAtTick > 3 * LinkPulse.TICKS_PER_KEEP_ALIVE) return 'unanswered';
    return this.#tick % 2 === 0 ? 'ping' : 'nothing';
  }

  /** To be called in the same step that writes a PINGREQ. */
  pingSent(onAnswer?: () => void): void {
    this.#open.push({ onAnswer, sentAtTick: this.#tick });
  }

  packetReceived(isPingResponse: boolean): void {
    this.#silentTicks = 0;
    if (!isPingResponse) return;
    const asked = this.#open.shift();
    if (asked === undefined) this.#isUnpaired = true;
    else asked.onAnswer?.();
  }
}

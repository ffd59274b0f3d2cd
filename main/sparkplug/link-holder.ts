import type { Clock } from '../platform/clock.ts';
import { describeError } from '../platform/engine-error.ts';
import type { Log } from '../platform/log.ts';
import { HeldLink, type HeldLinkListener, type LastMessage } from './held-link.ts';
import type { SparkplugLink } from './sparkplug-link.ts';

export interface LinkHolderListener extends HeldLinkListener {
  onOpen(link: HeldLink): void;
  onOpenFailed(error: unknown): void;
}

/**
 * At most one link at a time (tck-id-operational-behavior-primary-application-state-with-multiple-servers-single-server):
 * a new one is opened only when the one before has ended, and one that opens after it was given up is closed unseen.
 */
export class LinkHolder {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #listener: LinkHolderListener;
  #held: HeldLink | undefined;
  /** Raised by each opening and each end: what an older one still does is nobody's business any more. */
  #epoch = 0;
  #opening: Promise<void> = Promise.resolve();
  #ending: Promise<void> = Promise.resolve();

  constructor(clock: Clock, log: Log, listener: LinkHolderListener) {
    this.#clock = clock;
    this.#log = log;
    this.#listener = listener;
  }

  /** The open link; undefined while there is none. */
  get link(): HeldLink | undefined {
    return this.#held?.isHeld ? this.#held : undefined;
  }

  /** `open` is called when the link before has ended, and not at all if this one is given up until then. */
  open(open: () => Promise<SparkplugLink>): void {
    this.#opening = this.#open((this.#epoch += 1), this.#ending, open);
  }

  /** Gives up an opening, or ends the link in the background; `settled` tells when. */
  end(last?: LastMessage): void {
    this.#epoch += 1;
    const { link } = this;
    this.#held = undefined;
    if (link) this.#ending = link.end(this.#clock, last);
  }

  /** Resolves when no link is opening or ending any more; never rejects. */
  async settled(): Promise<void> {
    await Promise.all([this.#opening, this.#ending]);
  }

  async #open(epoch: number, before: Promise<void>, open: () => Promise<SparkplugLink>): Promise<void> {
    await before;
    if (epoch !== this.#epoch) return;
    let link: SparkplugLink;
    try {
      link = await open();
    } catch (error) {
      if (epoch === this.#epoch) this.#listener.onOpenFailed(error);
      return;
    }
    if (epoch === this.#epoch) {
      this.#held = new HeldLink(link, this.#listener, this.#log);
      this.#listener.onOpen(this.#held);
      return;
    }
    try {
      await link.close();
    } catch (error) {
      this.#log.warn('a link that was given up did not close', { error: describeError(error) });
    }
  }
}

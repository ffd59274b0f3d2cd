import type { ConnectionState } from '../../shared/domain/engine-snapshot.ts';
import { backoffDelayMs } from '../platform/backoff.ts';
import { type Clock, within } from '../platform/clock.ts';
import { describeError, EngineError } from '../platform/engine-error.ts';
import type { Log } from '../platform/log.ts';
import { ConnectionTracker, toLinkClosed } from './connection-tracker.ts';
import type { HeldLink, LastMessage } from './held-link.ts';
import { LinkHolder } from './link-holder.ts';
import type { LinkClosed, LinkMessage, SparkplugLink } from './sparkplug-link.ts';

/** As the edge node's, so that both together are back within 30 s after any fault. */
const RETRY = { firstMs: 1_000, maxMs: 15_000 };
/** A link that ends sooner does not reset the back-off: two hosts of one id would throw each other out. */
const LASTING_LINK_MS = 10_000;
const STOP_LIMIT_MS = 2_000;

export interface HostLinkParts {
  /** A new session for each call: its Will is made anew. */
  readonly open: () => Promise<SparkplugLink>;
  readonly filters: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
  /** 0 … 1 */
  readonly random: () => number;
  readonly listener: HostLinkListener;
}

interface HostLinkListener {
  /** Connected, nothing subscribed yet; messages may come from now on. */
  onOpen(link: HeldLink): void;
  /** All subscriptions stand. */
  onSubscribed(): void;
  onMessage(message: LinkMessage): void;
  /** The link has gone, or is about to be closed. */
  onLeave(): void;
  /** There is no connection; the next try comes by itself. */
  onAway?(reason: LinkClosed): void;
}

/** The connection of a host to one broker, tried for ever; what is said over it is its listener's business. */
export class HostLink {
  readonly #parts: HostLinkParts;
  readonly #tracker: ConnectionTracker;
  readonly #holder: LinkHolder;
  #isStarted = false;
  /** Connections tried since the last lasting one. */
  #attempt = 0;
  #connectedAtMs = 0;
  #cancelRetry = (): void => {};

  constructor(parts: HostLinkParts) {
    const { clock, log, listener } = parts;
    this.#parts = parts;
    this.#tracker = new ConnectionTracker(clock);
    this.#holder = new LinkHolder(clock, log, {
      onOpen: (link) => void this.#subscribe(link),
      onOpenFailed: (error) => this.#retry(toLinkClosed(error)),
      onMessage: (message) => listener.onMessage(message),
      onLost: (reason) => {
        listener.onLeave();
        if (clock.monotonicMs() - this.#connectedAtMs >= LASTING_LINK_MS) this.#attempt = 0;
        this.#retry(reason);
      },
    });
  }

  get state(): ConnectionState {
    return this.#tracker.state;
  }

  /** The open link; undefined while there is none. */
  get held(): HeldLink | undefined {
    return this.#holder.link;
  }

  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#attempt = 0;
    this.#connect();
  }

  /** Publishes the last message where a link is open, then closes; at most 2 s, never rejects. */
  async stop(toLastMessage?: () => Promise<LastMessage>): Promise<void> {
    if (!this.#isStarted) return;
    this.#isStarted = false;
    this.#cancelRetry();
    const { clock, log } = this.#parts;
    const tooSlow = (): Error => new EngineError('sparkplug/stop-too-slow', 'the broker took longer than we may wait');
    try {
      await within(clock, STOP_LIMIT_MS, this.#end(toLastMessage), tooSlow);
    } catch (error) {
      log.warn('the host did not end in time', { error: describeError(error) });
    }
    this.#tracker.stopped();
  }

  #connect(): void {
    this.#attempt += 1;
    this.#tracker.connecting(this.#attempt);
    this.#holder.open(this.#parts.open);
  }

  async #subscribe(link: HeldLink): Promise<void> {
    const { clock, log, filters, listener } = this.#parts;
    this.#tracker.connected();
    this.#connectedAtMs = clock.monotonicMs();
    listener.onOpen(link);
    try {
      await link.subscribe(filters);
      if (!link.isHeld) return;
      listener.onSubscribed();
      log.info('the host is connected', { filters });
    } catch (error) {
      link.fail(error);
    }
  }

  async #end(toLastMessage: (() => Promise<LastMessage>) | undefined): Promise<void> {
    const last = this.#holder.link && (await toLastMessage?.());
    // In this order: an echo of the last message must not be answered.
    this.#parts.listener.onLeave();
    this.#holder.end(last);
    await this.#holder.settled();
  }

  #retry(reason: LinkClosed): void {
    if (!this.#isStarted) return;
    const { clock, random, log } = this.#parts;
    const delayMs = backoffDelayMs(RETRY, Math.max(1, this.#attempt), random);
    this.#tracker.away(reason, clock.nowMs() + delayMs);
    log.warn('no connection to the broker', { ...reason, retryInMs: delayMs });
    this.#parts.listener.onAway?.(reason);
    this.#cancelRetry = clock.after(delayMs, () => this.#connect());
  }
}

import { type Clock, within } from '../platform/clock.ts';
import { describeError, EngineError } from '../platform/engine-error.ts';
import type { Log } from '../platform/log.ts';
import { toLinkClosed } from './connection-tracker.ts';
import type { LinkClosed, LinkMessage, SparkplugLink } from './sparkplug-link.ts';

const DEATH_LIMIT_MS = 1_400;
const CLOSE_LIMIT_MS = 500;

/** A message published on the way out, QoS 1: its acknowledgement proves that it left before the connection. */
export interface LastMessage {
  readonly topic: string;
  readonly payload: Uint8Array | string;
  readonly isRetained: boolean;
}

export interface HeldLinkListener {
  onMessage(message: LinkMessage): void;
  /** Told at most once, and never after `release`. */
  onLost(reason: LinkClosed): void;
}

/** A link with its listeners, so that both end together: a released link can no longer reach the session. */
export class HeldLink {
  readonly #link: SparkplugLink;
  readonly #listener: HeldLinkListener;
  readonly #log: Log;
  readonly #stops: (() => void)[] = [];
  #isHeld = true;

  constructor(link: SparkplugLink, listener: HeldLinkListener, log: Log) {
    this.#link = link;
    this.#listener = listener;
    this.#log = log;
    this.#stops.push(link.onMessage((message) => this.#isHeld && listener.onMessage(message)));
    this.#stops.push(link.onClosed((reason) => this.#lose(reason)));
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** As the link's; a failure ends the link, because a message that never left would leave a gap in seq. */
  publish(topic: string, payload: Uint8Array | string, qos: 0 | 1, retain = false): Promise<void> {
    const written = attempt(() => this.#link.publish(topic, payload, { qos, retain }));
    written.catch((error: unknown) => this.fail(error));
    return written;
  }

  /**
   * QoS 1 for each (tck-id-message-flow-edge-node-ncmd-subscribe, tck-id-message-flow-device-dcmd-subscribe); rejects
   * `sparkplug/subscription-refused` when the broker refuses one of them or grants less.
   */
  async subscribe(filters: readonly string[]): Promise<void> {
    const granted = await this.#link.subscribe(filters);
    const refused = filters.filter((_filter, index) => (granted[index] ?? 128) >= 128);
    if (refused.length > 0) {
      const text = `the broker refuses the subscription to ${refused.join(', ')}; allow it in its access list`;
      throw new EngineError('sparkplug/subscription-refused', text, { refused });
    }
    const weak = filters.filter((_filter, index) => granted[index] === 0);
    if (weak.length === 0) return;
    const text = `the broker grants only QoS 0 for ${weak.join(', ')}, Sparkplug needs QoS 1; allow QoS 1 in the broker`;
    throw new EngineError('sparkplug/subscription-refused', text, { refused: weak });
  }

  barrier(): Promise<void> {
    return attempt(() => this.#link.barrier());
  }

  /**
   * Breaks the link for a fault of ours or of a call, and tells it as lost. Without DISCONNECT: the broker's Will is
   * the only death this session still has (tck-id-payloads-ndeath-will-message-publisher-disconnect-mqtt311).
   */
  fail(error: unknown): void {
    if (!this.#isHeld) return;
    this.#lose(toLinkClosed(error));
    this.#link.drop();
  }

  /** Ends the listening; the link itself stays open. */
  release(): void {
    this.#isHeld = false;
    for (const stop of this.#stops.splice(0)) stop();
  }

  /** Publishes a last message where one is owed, then closes; never rejects, ends within 2 s. */
  async end(clock: Clock, last: LastMessage | undefined): Promise<void> {
    this.release();
    const tooSlow = (): Error => new EngineError('sparkplug/end-too-slow', 'the broker took longer than we may wait');
    try {
      if (last) {
        const options = { qos: 1, retain: last.isRetained } as const;
        const sent = attempt(() => this.#link.publish(last.topic, last.payload, options));
        await within(clock, DEATH_LIMIT_MS, sent, tooSlow);
      }
    } catch (error) {
      this.#log.warn('the death message was not acknowledged', { error: describeError(error) });
    }
    try {
      const closed = attempt(() => this.#link.close());
      await within(clock, CLOSE_LIMIT_MS, closed, tooSlow);
    } catch (error) {
      this.#log.warn('the link did not close in time', { error: describeError(error) });
    }
  }

  #lose(reason: LinkClosed): void {
    if (!this.#isHeld) return;
    this.release();
    this.#listener.onLost(reason);
  }
}

/** A port that throws instead of rejecting is treated alike. */
function attempt<T>(call: () => Promise<T>): Promise<T> {
  try {
    return call();
  } catch (error) {
    return Promise.reject(error instanceof Error ? error : new Error(describeError(error)));
  }
}

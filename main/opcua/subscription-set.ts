import type { DataValue, PublishResponse } from 'node-opcua';
import type { ResolvedTag } from './item-request.ts';
import type { OpcuaServices } from './opcua-services.ts';
import type { OpcuaTag } from './opcua-source-options.ts';
import { PublishLoop } from './publish-loop.ts';
import { SilenceWatch } from './silence-watch.ts';
import { fitTags, subscribeTags, type SubscriptionList } from './subscribe-tags.ts';
import type { SubscriptionContext } from './subscription-context.ts';
import type { TagSubscription } from './tag-subscription.ts';

export interface SubscriptionSetOptions extends Pick<
  SubscriptionContext,
  'clock' | 'log' | 'limits' | 'publishingIntervalMs' | 'keepAliveCount' | 'slowSamplingIntervalMs' | 'bridgeBreakMs'
> {
  isSlow(): boolean;
  services(): OpcuaServices;
  onValue(tag: OpcuaTag, dataValue: DataValue): void;
  onItemRefused(tag: OpcuaTag, reason: string): void;
  onRepublished(messageCount: number): void;
  onGap(subscription: TagSubscription, messageCount: number, heardAtMs: number): void;
  /** The server gave up subscriptions, but not the session. */
  onEnded(subscriptions: readonly TagSubscription[], reason: string): void;
  onSilent(silentMs: number): void;
  /** The server no longer knows the session. */
  onSessionClosed(statusName: string): void;
}

const LEAST_SILENCE_MS = 5_000;
const SESSION_GONE = /^Bad(Session(IdInvalid|Closed|NotActivated)|SecureChannelIdInvalid)$/;

/** All subscriptions of one session, with their publish loop and the watch over their silence. */
export class SubscriptionSet {
  readonly #options: SubscriptionSetOptions;
  readonly #context: SubscriptionContext;
  readonly #byId = new Map<number, TagSubscription>();
  /** Those whose queue at the server is not known to be empty since `attach`. */
  readonly #draining = new Set<number>();
  #tellDrained: () => void = () => {};
  #loop: PublishLoop;
  #watch: SilenceWatch | undefined;

  constructor(options: SubscriptionSetOptions) {
    this.#options = options;
    this.#loop = this.#createLoop();
    const { clock, log, limits, publishingIntervalMs, keepAliveCount, slowSamplingIntervalMs, bridgeBreakMs } = options;
    this.#context = {
      clock,
      log,
      limits,
      publishingIntervalMs,
      keepAliveCount,
      slowSamplingIntervalMs,
      bridgeBreakMs,
      get isSlow() {
        return options.isSlow();
      },
      services: () => options.services(),
      acknowledge: (id, number) => this.#loop.acknowledge(id, number),
      onValue: (tag, dataValue) => options.onValue(tag, dataValue),
      onItemRefused: (tag, reason) => options.onItemRefused(tag, reason),
      onHeard: ({ id }) => this.#watch?.heard(id),
      onRepublished: (count) => options.onRepublished(count),
      onGap: (subscription, count, heardAtMs) => options.onGap(subscription, count, heardAtMs),
      onEnded: (subscription, reason) => {
        if (this.#byId.has(subscription.id)) options.onEnded([subscription], reason);
      },
    };
  }

  get all(): readonly TagSubscription[] {
    return [...this.#byId.values()];
  }

  /** Until when every subscription was heard of, on our clock; undefined when there is none. */
  get heardUntilMs(): number | undefined {
    return this.#byId.size === 0 ? undefined : Math.min(...this.all.map(({ heardAtMs }) => heardAtMs));
  }

  /** Watches tags in further subscriptions; their values come while others are still being created. */
  add(tags: readonly ResolvedTag[]): Promise<void> {
    return subscribeTags(tags, this.#context, this.#list());
  }

  /** Watches further tags in the subscriptions that have room, and in new ones only where none has. */
  addFitting(tags: readonly ResolvedTag[]): Promise<void> {
    return fitTags(tags, this.#context, this.#list());
  }

  /** Forgets subscriptions that the server no longer has; their tags are to be added again. */
  drop(gone: readonly TagSubscription[]): ResolvedTag[] {
    for (const { id } of gone) this.#byId.delete(id);
    return gone.flatMap(({ items }) => items.watched.map(({ resolved }) => resolved));
  }

  /**
   * Asks for what was sent and not taken.
   *
   * @returns the subscriptions that the server no longer has.
   * @throws an error of node-opcua when the server does not answer.
   */
  async republish(): Promise<TagSubscription[]> {
    const gone: TagSubscription[] = [];
    for (const subscription of this.all) {
      if ((await subscription.republish()) === 'gone') gone.push(subscription);
    }
    return gone;
  }

  /** Starts publishing and watching over a connection; again after subscriptions were added. */
  attach(): void {
    this.#watch?.stop();
    const keepAliveMs = Math.max(
      ...this.all.map(({ granted }) => granted.publishingIntervalMs * granted.keepAliveCount),
      0,
    );
    const limitMs = Math.max(LEAST_SILENCE_MS, 3 * keepAliveMs);
    this.#watch = new SilenceWatch(this.#options.clock, limitMs, (silentMs) => this.#options.onSilent(silentMs));
    for (const id of this.#byId.keys()) {
      this.#watch.heard(id);
      this.#draining.add(id);
    }
    if (this.#byId.size > 0) this.#loop.run(this.#byId.size);
  }

  /** Stops publishing: the connection is gone. The subscriptions may live on at the server. */
  detach(): void {
    this.#watch?.stop();
    this.#watch = undefined;
    this.#loop = this.#loop.renew();
  }

  /** Resolves when every queue at the server has been emptied once since `attach`. */
  drained(): Promise<void> {
    return new Promise((resolve) => {
      this.#tellDrained = resolve;
      if (this.#draining.size === 0) resolve();
    });
  }

  #list(): SubscriptionList {
    const byId = this.#byId;
    return {
      get all() {
        return [...byId.values()];
      },
      add: (subscription) => {
        byId.set(subscription.id, subscription);
        this.#loop.run(byId.size);
      },
      remove: ({ id }) => byId.delete(id),
    };
  }

  #createLoop(): PublishLoop {
    const { clock } = this.#options;
    return new PublishLoop({
      services: () => this.#options.services(),
      clock,
      onResponse: (response) => this.#receive(response),
      onFault: (statusName) => this.#fail(statusName),
    });
  }

  #receive(response: PublishResponse): void {
    const { subscriptionId, moreNotifications } = response;
    // One that was given up may still have answers on their way.
    this.#byId.get(subscriptionId)?.receive(response);
    if (moreNotifications || !this.#draining.delete(subscriptionId) || this.#draining.size > 0) return;
    this.#tellDrained();
  }

  #fail(statusName: string): void {
    if (SESSION_GONE.test(statusName)) this.#options.onSessionClosed(statusName);
    else if (statusName === 'BadNoSubscription' && this.#byId.size > 0) this.#options.onEnded(this.all, statusName);
  }
}

import {
  DataChangeNotification,
  type NotificationMessage,
  type PublishResponse,
  RepublishRequest,
  StatusChangeNotification,
  type StatusCode,
} from 'node-opcua';
import { describeError } from '../platform/engine-error.ts';
import { NotificationSequence } from './notification-sequence.ts';
import { faultNameOf } from './opcua-services.ts';
import type { SubscriptionContext } from './subscription-context.ts';
import { TagItems } from './tag-items.ts';
import { describeStatus } from './to-sample.ts';

/** How a subscription publishes: asked for, or granted. */
export interface SubscriptionTerms {
  readonly publishingIntervalMs: number;
  readonly keepAliveCount: number;
  readonly lifetimeCount: number;
}

/** A subscription outlives a break of the network at least so long; then the server gives it up. */
const LEAST_LIFETIME_MS = 60_000;
/** One message stays small enough not to stall the thread. */
const MOST_NOTIFICATIONS = 5_000;
const GONE = /^Bad(SubscriptionIdInvalid|NoSubscription)$/;

/** One subscription on the server: its items, and its messages in order and without a hole. */
export class TagSubscription {
  readonly id: number;
  readonly asked: SubscriptionTerms;
  readonly granted: SubscriptionTerms;
  readonly items: TagItems;
  readonly #context: SubscriptionContext;
  readonly #sequence = new NotificationSequence();
  #heardAtMs: number;
  /** Messages that wait for one that was missing. */
  #waiting: Promise<void> = Promise.resolve();
  #waitingCount = 0;

  constructor(context: SubscriptionContext, id: number, asked: SubscriptionTerms, granted: SubscriptionTerms) {
    this.#context = context;
    this.id = id;
    this.asked = asked;
    this.granted = granted;
    this.items = new TagItems(context, { id, publishingIntervalMs: granted.publishingIntervalMs });
    this.#heardAtMs = context.clock.nowMs();
  }

  /** Our wall clock at the last message. */
  get heardAtMs(): number {
    return this.#heardAtMs;
  }

  /** Takes a publish response of this subscription. */
  receive(response: PublishResponse): void {
    const message = response.notificationMessage;
    const isKeepAlive = (message.notificationData ?? []).length === 0;
    const isInOrder = this.#sequence.judge(message.sequenceNumber, isKeepAlive).kind !== 'ahead';
    if (this.#waitingCount === 0 && isInOrder) {
      this.#take(message);
      return;
    }
    this.#waitingCount += 1;
    this.#waiting = this.#waiting
      .then(() => this.#takeInOrder(message, isKeepAlive))
      // Without an answer the connection is broken: what is not taken is asked for again over the next one.
      .catch((error: unknown) => this.#context.log.warn('a message waits', { reason: describeError(error) }))
      .finally(() => (this.#waitingCount -= 1));
  }

  /**
   * Asks again for everything that was sent and not taken, after a break (OPC 10000-4, 6.7).
   *
   * @returns whether the server still has the subscription.
   * @throws an error of node-opcua when the server does not answer.
   */
  async republish(): Promise<'alive' | 'gone'> {
    await this.#waiting;
    for (;;) {
      const outcome = await this.#askAgain(this.#sequence.expected);
      if (outcome === 'gone') return 'gone';
      if (outcome !== 'taken') return 'alive';
      this.#context.onRepublished(1);
    }
  }

  async #takeInOrder(message: NotificationMessage, isKeepAlive: boolean): Promise<void> {
    const verdict = this.#sequence.judge(message.sequenceNumber, isKeepAlive);
    if (verdict.kind === 'ahead') {
      const { heardAtMs } = this;
      let takenCount = 0;
      for (const number of verdict.missing) {
        const outcome = await this.#askAgain(number);
        if (outcome === 'taken') takenCount += 1;
        if (outcome === 'gone') break;
      }
      if (takenCount > 0) this.#context.onRepublished(takenCount);
      const lostCount = verdict.missingCount - takenCount;
      if (lostCount > 0) this.#context.onGap(this, lostCount, heardAtMs);
    }
    this.#take(message);
  }

  async #askAgain(number: number): Promise<'taken' | 'not-available' | 'gone'> {
    try {
      const response = await this.#context
        .services()
        .republish(new RepublishRequest({ subscriptionId: this.id, retransmitSequenceNumber: number }));
      // A server that gives something else would be asked for ever.
      if (response.notificationMessage.sequenceNumber !== number) return 'not-available';
      this.#take(response.notificationMessage);
      return 'taken';
    } catch (error) {
      const fault = faultNameOf(error);
      if (fault === undefined) throw error;
      return GONE.test(fault) ? 'gone' : 'not-available';
    }
  }

  #take(message: NotificationMessage): void {
    const { sequenceNumber } = message;
    const notifications = message.notificationData ?? [];
    const isKeepAlive = notifications.length === 0;
    const verdict = this.#sequence.judge(sequenceNumber, isKeepAlive);
    if (verdict.kind !== 'known') this.#sequence.took(sequenceNumber, isKeepAlive);
    if (verdict.kind === 'restarted') {
      this.#context.log.warn('server counts its messages anew', { subscriptionId: this.id, sequenceNumber });
    }
    this.#heardAtMs = this.#context.clock.nowMs();
    this.#context.onHeard(this);
    for (const notification of notifications) {
      if (notification instanceof DataChangeNotification) this.#takeValues(notification);
      else if (notification instanceof StatusChangeNotification) this.#takeStatus(notification.status);
    }
    if (!isKeepAlive) this.#context.acknowledge(this.id, sequenceNumber);
  }

  /**
   * Timed out. That a session took it over is told to us too when we did that ourselves; another's doing shows
   * by silence.
   */
  #takeStatus(status: StatusCode): void {
    if (status.isBad()) this.#context.onEnded(this, describeStatus(status.value));
  }

  #takeValues(notification: DataChangeNotification): void {
    for (const { clientHandle, value } of notification.monitoredItems ?? []) {
      const tag = this.items.tagOf(clientHandle);
      if (tag !== undefined) this.#context.onValue(tag, value);
    }
  }
}

/**
 * Creates one without items. `number` in its messages starts anew.
 *
 * @throws an error of node-opcua, see `faultNameOf`.
 */
export async function createTagSubscription(context: SubscriptionContext): Promise<TagSubscription> {
  const { publishingIntervalMs, keepAliveCount, log } = context;
  const lifetimeCount = Math.max(10 * keepAliveCount, Math.ceil(LEAST_LIFETIME_MS / publishingIntervalMs));
  const asked = { publishingIntervalMs, keepAliveCount, lifetimeCount };
  const response = await context.services().createSubscription({
    requestedPublishingInterval: publishingIntervalMs,
    requestedMaxKeepAliveCount: keepAliveCount,
    requestedLifetimeCount: lifetimeCount,
    maxNotificationsPerPublish: MOST_NOTIFICATIONS,
    publishingEnabled: true,
    priority: 1,
  });
  const granted = {
    publishingIntervalMs: response.revisedPublishingInterval,
    keepAliveCount: response.revisedMaxKeepAliveCount,
    lifetimeCount: response.revisedLifetimeCount,
  };
  const subscription = new TagSubscription(context, response.subscriptionId, asked, granted);
  const isRevised = Object.entries(granted).some(([name, value]) => value !== asked[name as keyof typeof asked]);
  if (isRevised) log.info('server revised the subscription', { subscriptionId: subscription.id, asked, granted });
  return subscription;
}

import type { ClientSession, DataValue } from 'node-opcua';
import type { RecoveryStage } from '../../shared/domain/engine-snapshot.ts';
import type { Sample } from '../../shared/domain/metric.ts';
import { within } from '../platform/clock.ts';
import { describeError, type EngineError } from '../platform/engine-error.ts';
import { changeItems } from './change-items.ts';
import type { ResolvedTag } from './item-request.ts';
import { faultNameOf, servicesOf } from './opcua-services.ts';
import type { OpcuaSourceOptions, OpcuaTag } from './opcua-source-options.ts';
import { readTags } from './read-tags.ts';
import type { RecoveryCounts } from './recovery-counts.ts';
import { RefusedTags } from './refused-tags.ts';
import { SampleBatch } from './sample-batch.ts';
import type { SessionLimits } from './session-limits.ts';
import { keepAliveCount, toLoss } from './session-link.ts';
import { SessionSampling, type SourceSampling } from './session-sampling.ts';
import { SubscriptionSet } from './subscription-set.ts';
import type { TagHealth } from './tag-health.ts';
import type { RefusedTag } from './tag-items.ts';
import type { TagSubscription } from './tag-subscription.ts';

export interface TagWatchOptions extends OpcuaSourceOptions {
  readonly health: TagHealth;
  readonly counts: RecoveryCounts;
  onSamples(samples: readonly Sample[]): void;
  /** A stage of recovery begins. */
  onStage(stage: RecoveryStage, reason: string): void;
  /** Recovered without a new connection: everything is watched again. */
  onRecovered(): void;
  /** Values since then are missing, on our clock; history may have them. */
  onGap(fromMs: number): void;
  /** Whether the values of this tag are still wanted in this form: an item may outlive its tag by a while. */
  isMeant(tag: OpcuaTag): boolean;
}

export interface WatchedSession {
  readonly limits: SessionLimits;
  /** All tags at first, see `changeTags`. */
  readonly resolved: readonly ResolvedTag[];
  /** The session that has the subscriptions now. */
  session(): ClientSession;
  /** Nothing more comes over this connection or session. */
  onLost(reason: EngineError): void;
}

/** Longest time of a stage; then the next one is tried. */
const STAGE_LIMIT_MS = 15_000;
/** Thousands of items may have to be created. */
const RENEW_LIMIT_MS = 60_000;
const DRAIN_LIMIT_MS = 3_000;
const RETRY_REFUSED_EVERY_MS = 30_000;

/** The tags of one session: watched, slowed, and led over gaps. */
export class TagWatch {
  readonly #options: TagWatchOptions;
  readonly #watched: WatchedSession;
  readonly #refused: RefusedTags;
  readonly #batch: SampleBatch;
  readonly #set: SubscriptionSet;
  readonly #sampling: SessionSampling;
  #resolved: readonly ResolvedTag[];
  /** Of subscriptions that are gone, until they are watched again. */
  #orphans: ResolvedTag[] = [];
  /** Tags that gave a value since the last break, while that matters. */
  #told: Set<OpcuaTag> | undefined;
  #changing: Promise<void> = Promise.resolve();
  #stopRetry = (): void => {};

  constructor(options: TagWatchOptions, watched: WatchedSession, isSlow: boolean) {
    this.#options = options;
    this.#watched = watched;
    this.#resolved = watched.resolved;
    this.#refused = new RefusedTags(options.health, options.log);
    this.#batch = new SampleBatch(options.clock, options.health, options.log, (samples) => options.onSamples(samples));
    this.#set = this.#createSet();
    this.#sampling = new SessionSampling(() => this.#set.all, isSlow, options.log);
  }

  get sampling(): SourceSampling {
    return this.#sampling.read();
  }

  /** Every tag whose namespace the server has. */
  get resolved(): readonly ResolvedTag[] {
    return this.#resolved;
  }

  get subscriptions(): readonly TagSubscription[] {
    return this.#set.all;
  }

  /** Until when every subscription was heard of, on our clock; undefined when nothing is watched. */
  get heardUntilMs(): number | undefined {
    return this.#set.heardUntilMs;
  }

  /** The first time. @throws an error of node-opcua when the server does not let us watch at all. */
  async begin(): Promise<void> {
    await this.#set.add(this.#resolved);
    this.#attach();
  }

  /** The connection is gone; the subscriptions may live on at the server. */
  pause(): void {
    this.#stopRetry();
    this.#set.detach();
  }

  /**
   * Goes on over a new connection: what was sent and not taken is asked for again, subscriptions that are gone
   * are made anew, and tags of which nothing came are read.
   *
   * @throws an error of node-opcua, or EngineError `opcua/unreachable` when it takes too long.
   */
  async goOn(): Promise<void> {
    const { health, clock, onStage, onGap } = this.#options;
    const heardUntilMs = this.#set.heardUntilMs;
    const overflowBefore = health.overflowCount;
    this.#told = new Set();
    const gone = await this.#limited(STAGE_LIMIT_MS, this.#set.republish());
    this.#attach();
    await this.#limited(
      RENEW_LIMIT_MS,
      this.#inTurn(() => this.#renew(gone, 'BadSubscriptionIdInvalid')),
    );
    onStage('read', 'the values are read again');
    await within(clock, DRAIN_LIMIT_MS, this.#set.drained(), () => new Error('not drained')).catch(() => {});
    await this.#limited(STAGE_LIMIT_MS, this.#readUntold()).catch((error: unknown) => {
      if (faultNameOf(error) === undefined) throw error;
      this.#options.log.warn('values not read again', { reason: describeError(error) });
    });
    // A queue of one value drops without a sign.
    const isWhole = health.overflowCount === overflowBefore && this.#set.all.every(({ items }) => items.canTellLoss);
    if (!isWhole && heardUntilMs !== undefined) onGap(heardUntilMs);
    // What was wanted while the connection was away.
    await this.#sampling.retry();
  }

  /**
   * Goes on with other tags, see `changeItems`. Returns those of the new ones that the server refuses.
   *
   * @throws an error of node-opcua, or EngineError `opcua/unreachable`; then it may be called again.
   */
  changeTags(wanted: readonly ResolvedTag[]): Promise<readonly RefusedTag[]> {
    let refused: readonly RefusedTag[] = [];
    const change = async (): Promise<void> => {
      const subscriptionCount = this.#set.all.length;
      const changed = await changeItems(this.#resolved, wanted, { set: this.#set, refused: this.#refused });
      this.#resolved = changed.resolved;
      this.#orphans = this.#orphans.filter((orphan) => changed.resolved.includes(orphan));
      refused = changed.refused;
      if (this.#set.all.length > subscriptionCount) this.#attach();
    };
    return this.#limited(
      RENEW_LIMIT_MS,
      this.#inTurn(() => this.#sampling.apart(change)),
    ).then(() => refused);
  }

  /** In place; see `SessionSampling.set`. */
  setSlowSampling(isSlow: boolean): Promise<void> {
    return this.#sampling.set(isSlow);
  }

  #createSet(): SubscriptionSet {
    const { clock, log, counts, publishingIntervalMs, slowSamplingIntervalMs, bridgeBreakMs } = this.#options;
    const lose = (code: 'opcua/silent' | 'opcua/session-closed', what: string): void =>
      this.#watched.onLost(toLoss(this.#options, code, what));
    return new SubscriptionSet({
      clock,
      log,
      limits: this.#watched.limits,
      publishingIntervalMs,
      keepAliveCount: keepAliveCount(publishingIntervalMs),
      slowSamplingIntervalMs,
      bridgeBreakMs: bridgeBreakMs ?? 0,
      isSlow: () => this.#sampling.isSlow,
      services: () => servicesOf(this.#watched.session()),
      onValue: (tag, dataValue) => this.#tell(tag, dataValue),
      onItemRefused: (tag, reason) => this.#refused.refuse(tag, reason),
      onRepublished: (count) => counts.count('republishedCount', count),
      onGap: (subscription, count, heardAtMs) => this.#fillGap(subscription, count, heardAtMs),
      onEnded: (subscriptions, reason) => void this.#renewInPlace(subscriptions, reason),
      onSilent: (silentMs) =>
        lose('opcua/silent', `The server has said nothing for ${Math.round(silentMs / 100) / 10} s`),
      onSessionClosed: (statusName) => lose('opcua/session-closed', `The server closed the session (${statusName})`),
    });
  }

  #tell(tag: OpcuaTag, dataValue: DataValue): void {
    if (!this.#options.isMeant(tag)) return;
    this.#told?.add(tag);
    this.#refused.look(tag, dataValue);
    this.#batch.add(tag, dataValue);
  }

  #attach(): void {
    this.#set.attach();
    this.#stopRetry();
    this.#stopRetry = this.#options.clock.every(RETRY_REFUSED_EVERY_MS, () => {
      void this.#tryInTurn('refused tags not tried again', () => this.#retryRefused());
      void this.#sampling.retry();
    });
  }

  #limited<T>(limitMs: number, stage: Promise<T>): Promise<T> {
    const tooLong = (): Error => toLoss(this.#options, 'opcua/unreachable', 'A stage of recovery took too long');
    return within(this.#options.clock, limitMs, stage, tooLong);
  }

  /** Changes to items and subscriptions follow each other. */
  #inTurn(change: () => Promise<void>): Promise<void> {
    const done = this.#changing.then(change);
    this.#changing = done.catch(() => {});
    return done;
  }

  /** For changes on which nothing waits: a failure is told, and the end of a dying session follows by itself. */
  async #tryInTurn(whenFailed: string, change: () => Promise<void>): Promise<void> {
    try {
      await this.#inTurn(change);
    } catch (error) {
      this.#options.log.warn(whenFailed, { reason: describeError(error) });
    }
  }

  /** New subscriptions give the present value of every item by themselves. */
  async #renew(ended: readonly TagSubscription[], reason: string): Promise<void> {
    const gone = ended.filter((subscription) => this.#set.all.includes(subscription));
    if (gone.length === 0 && this.#orphans.length === 0) return;
    const { log, counts, onStage, onGap } = this.#options;
    onStage('new-subscription', reason);
    const heardUntilMs = Math.min(...gone.map(({ heardAtMs }) => heardAtMs));
    this.#orphans.push(...this.#set.drop(gone));
    log.warn('subscriptions are made anew', { count: gone.length, tags: this.#orphans.length, reason });
    if (Number.isFinite(heardUntilMs)) onGap(heardUntilMs);
    await this.#set.add(this.#orphans);
    this.#orphans = [];
    counts.count('newSubscriptionCount', Math.max(1, gone.length));
    this.#attach();
  }

  /** The session lives, so the connection may stay. When that fails the session is of no more use. */
  async #renewInPlace(ended: readonly TagSubscription[], reason: string): Promise<void> {
    try {
      await this.#inTurn(() => this.#renew(ended, reason));
      this.#options.onRecovered();
    } catch (error) {
      const what = `The server ended a subscription and gives no other (${describeError(error)})`;
      this.#watched.onLost(toLoss(this.#options, 'opcua/session-closed', what));
    }
  }

  /** Lost for good over the subscription: counted and told, history is asked, and present values are read. */
  #fillGap(subscription: TagSubscription, messageCount: number, heardAtMs: number): void {
    const { log, onGap } = this.#options;
    log.warn('messages of the server are lost', { subscriptionId: subscription.id, messageCount });
    onGap(heardAtMs);
    const tags = subscription.items.watched.map(({ resolved }) => resolved);
    void this.#tryInTurn('values not read after a gap', () => this.#read(tags));
  }

  async #readUntold(): Promise<void> {
    const told = this.#told;
    this.#told = undefined;
    const tags = this.#set.all.flatMap(({ items }) => items.watched.map(({ resolved }) => resolved));
    await this.#read(tags.filter(({ tag }) => told?.has(tag) !== true));
  }

  #read(tags: readonly ResolvedTag[]): Promise<void> {
    const { limits, session } = this.#watched;
    return readTags(session(), tags, limits.nodesPerRead, (tag, dataValue) => this.#tell(tag, dataValue));
  }

  async #retryRefused(): Promise<void> {
    for (const { items } of this.#set.all) {
      const vanished = items.watched.filter(({ resolved }) => this.#refused.hasVanished(resolved.tag));
      if (vanished.length === 0) continue;
      await items.remove(vanished);
      for (const { resolved } of vanished) this.#refused.refuse(resolved.tag, 'BadNodeIdUnknown');
    }
    const tags = this.#resolved.filter(({ tag }) => this.#refused.isRefused(tag));
    const target = this.#set.all.at(-1);
    if (target === undefined || tags.length === 0) return;
    await target.items.add(tags);
    for (const { resolved } of target.items.watched) this.#refused.accept(resolved.tag);
  }
}

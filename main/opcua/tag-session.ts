import type { ClientSession, DataValue } from 'node-opcua';
import type { Sample } from '../../shared/domain/metric.ts';
import { describeError, EngineError, isEngineError } from '../platform/engine-error.ts';
import { Lifetime } from '../platform/lifetime.ts';
import { backfillHistory } from './backfill-history.ts';
import type { OpcuaSourceOptions, OpcuaTag } from './opcua-source-options.ts';
import type { OpenedSession } from './open-session.ts';
import { resolveNode } from './resolve-node.ts';
import { SampleBatch } from './sample-batch.ts';
import { readSessionLimits } from './session-limits.ts';
import { SessionSampling, type SourceSampling } from './session-sampling.ts';
import { SilenceWatch } from './silence-watch.ts';
import type { TagHealth } from './tag-health.ts';
import {
  createItems,
  type ResolvedTag,
  subscribeTags,
  type SubscriptionRequest,
  type TagSubscription,
} from './tag-subscription.ts';

export interface TagSessionOptions extends OpcuaSourceOptions {
  readonly health: TagHealth;
  onSamples(samples: readonly Sample[]): void;
}

/** The server shows a sign of life at least this often; three missed ones are silence. */
const KEEP_ALIVE_MS = 1_500;
const LEAST_SILENCE_MS = 5_000;
const LEAST_KEEP_ALIVE_COUNT = 3;
/** A node that is not there may come with the next download to the controller. */
const RETRY_REFUSED_EVERY_MS = 30_000;

/** Publishing intervals between two signs of life. */
export const keepAliveCount = (publishingIntervalMs: number): number =>
  Math.max(LEAST_KEEP_ALIVE_COUNT, Math.ceil(KEEP_ALIVE_MS / publishingIntervalMs));

/**
 * All tags watched over one session: lives from a login to the first sign of loss, then is thrown away.
 * Nothing of an earlier session is reused: namespace indexes, limits and items are those of now.
 */
export class TagSession {
  readonly ended: Promise<EngineError>;
  readonly #options: TagSessionOptions;
  readonly #opened: OpenedSession;
  readonly #lifetime = new Lifetime();
  readonly #refused = new Set<OpcuaTag>();
  #end: (reason: EngineError) => void = () => {};
  #request: (SubscriptionRequest & { isSlow: boolean }) | undefined;
  #resolved: readonly ResolvedTag[] = [];
  #subscriptions: TagSubscription[] = [];
  /** Wall clock of the last sign of life of each subscription. */
  readonly #heardAtMs = new Map<number, number>();
  #isClosed = false;
  #sampling: SessionSampling | undefined;

  constructor(options: TagSessionOptions, opened: OpenedSession) {
    this.#options = options;
    this.#opened = opened;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  get subscriptions(): readonly TagSubscription[] {
    return this.#subscriptions;
  }

  /** Until when every subscription was heard of, on our clock; undefined when nothing is watched. */
  get heardUntilMs(): number | undefined {
    return this.#heardAtMs.size === 0 ? undefined : Math.min(...this.#heardAtMs.values());
  }

  /** @throws an error of node-opcua when the server does not let us watch at all. */
  async watch(isSlow: boolean): Promise<void> {
    const { session, client } = this.#opened;
    client.on('connection_lost', () => this.#lost('opcua/connection-lost', 'The connection broke'));
    client.on('close', () => this.#lost('opcua/connection-lost', 'The connection was closed'));
    session.on('session_closed', () => this.#lost('opcua/session-closed', 'The server closed the session'));
    const limits = await readSessionLimits(session);
    this.#resolved = await this.#resolveTags(session);
    const batch = new SampleBatch(this.#options.clock, this.#options.health, (samples) =>
      this.#options.onSamples(samples),
    );
    this.#request = {
      session,
      limits,
      publishingIntervalMs: this.#options.publishingIntervalMs,
      keepAliveCount: keepAliveCount(this.#options.publishingIntervalMs),
      slowSamplingIntervalMs: this.#options.slowSamplingIntervalMs,
      isSlow,
      onValue: (tag: OpcuaTag, dataValue: DataValue) => batch.add(tag, dataValue),
      onItemRefused: (tag, reason) => this.#refuse(tag, reason),
    };
    this.#subscriptions = await subscribeTags(this.#resolved, this.#request);
    if (this.#isClosed) return;
    this.#sampling = new SessionSampling(this.#request, this.#subscriptions, this.#options.log);
    this.#watchSubscriptions();
    const stopRetry = this.#options.clock.every(RETRY_REFUSED_EVERY_MS, () => {
      void this.#retryRefused();
      void this.#sampling?.retry();
    });
    this.#lifetime.own('retry of refused tags', stopRetry);
  }

  /** Reads what was missed since `gapFromMs`; after `watch`. See `backfillHistory`. */
  async backfill(gapFromMs: number, signal: AbortSignal): Promise<boolean> {
    const limits = this.#request?.limits;
    if (limits === undefined) return false;
    const { clock, log, onSamples } = this.#options;
    const { session } = this.#opened;
    return backfillHistory({ session, limits, tags: this.#resolved, gapFromMs, clock, log, onSamples, signal });
  }

  /** In place; errors of a dying session are left to its end. One change at a time, in order. */
  async setSlowSampling(isSlow: boolean): Promise<void> {
    await this.#sampling?.set(isSlow);
  }

  /** Undefined until every tag is watched. */
  get sampling(): SourceSampling | undefined {
    return this.#sampling?.read();
  }

  /** `isHung` = do not wait for the server; known already when its silence ended the session. */
  async close(isHung = false): Promise<void> {
    this.#isClosed = true;
    const isSilent = isEngineError(await Promise.race([this.ended, undefined]), 'opcua/silent');
    await this.#lifetime.end();
    await this.#opened.close(isHung || isSilent);
  }

  async #resolveTags(session: ClientSession): Promise<ResolvedTag[]> {
    const namespaceArray = await session.readNamespaceArray();
    return this.#options.tags.flatMap((tag) => {
      const resolution = resolveNode(tag.node, namespaceArray);
      if (resolution.isKnown) return [{ tag, nodeId: resolution.nodeId }];
      this.#reportBad(tag, resolution.reason);
      return [];
    });
  }

  #watchSubscriptions(): void {
    const { clock } = this.#options;
    const keepAliveMs = Math.max(
      ...this.#subscriptions.map(
        ({ subscription }) => subscription.publishingInterval * subscription.maxKeepAliveCount,
      ),
      0,
    );
    const watch = new SilenceWatch(clock, Math.max(LEAST_SILENCE_MS, 3 * keepAliveMs), (silentMs) =>
      this.#lost('opcua/silent', `The server has said nothing for ${Math.round(silentMs / 100) / 10} s`),
    );
    this.#lifetime.own('silence watch', () => watch.stop());
    for (const { subscription } of this.#subscriptions) {
      const hear = (): void => {
        watch.heard(subscription.subscriptionId);
        this.#heardAtMs.set(subscription.subscriptionId, clock.nowMs());
      };
      hear();
      subscription.on('raw_notification', hear);
      subscription.on('terminated', () => this.#lost('opcua/session-closed', 'The server ended the subscription'));
      subscription.on('internal_error', (error: Error) => this.#lost('opcua/session-closed', error.message));
    }
  }

  #lost(code: 'opcua/connection-lost' | 'opcua/session-closed' | 'opcua/silent', what: string): void {
    const { serverId, endpointUrl } = this.#options;
    this.#end(
      new EngineError(
        code,
        `${what}: OPC UA server ${serverId} (${endpointUrl}). Next: it is tried again by itself; ` +
          'if this repeats, check the server and the network.',
        { serverId, endpointUrl },
      ),
    );
  }

  #refuse(tag: OpcuaTag, reason: string): void {
    if (!this.#refused.has(tag)) this.#reportBad(tag, reason);
    this.#refused.add(tag);
  }

  #reportBad(tag: OpcuaTag, reason: string): void {
    this.#options.health.note(tag.tagId, reason);
    this.#options.log.warn('tag cannot be watched', { tagId: tag.tagId, node: tag.node, reason });
  }

  async #retryRefused(): Promise<void> {
    const target = this.#subscriptions.at(-1);
    const request = this.#request;
    if (target === undefined || request === undefined || this.#refused.size === 0) return;
    try {
      for (const resolved of this.#resolved.filter(({ tag }) => this.#refused.has(tag))) {
        const [watched] = await createItems(target.subscription, [resolved], request);
        if (watched === undefined) continue;
        this.#refused.delete(resolved.tag);
        target.watched.push(watched);
        this.#options.log.info('tag is watched now', { tagId: resolved.tag.tagId });
      }
    } catch (error) {
      this.#options.log.warn('refused tags not tried again', { reason: describeError(error) });
    }
  }
}

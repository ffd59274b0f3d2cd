import type { ClientSession } from 'node-opcua';
import type { MetricValue, Sample, TagId } from '../../shared/domain/metric.ts';
import { type Clock, within } from '../platform/clock.ts';
import { describeError, type EngineError } from '../platform/engine-error.ts';
import { backfillHistory } from './backfill-history.ts';
import type { ResolvedTag } from './item-request.ts';
import { faultNameOf, servicesOf } from './opcua-services.ts';
import type { OpcuaTag } from './opcua-source-options.ts';
import { resolveNode } from './resolve-node.ts';
import { SampleBatch } from './sample-batch.ts';
import { readSessionLimits, type SessionLimits } from './session-limits.ts';
import type { SessionLink } from './session-link.ts';
import type { SourceSampling } from './session-sampling.ts';
import type { RefusedTag } from './tag-items.ts';
import type { TagSubscription } from './tag-subscription.ts';
import { TagWatch, type TagWatchOptions } from './tag-watch.ts';
import { readBack, type WriteResult, writeTag } from './write-tag.ts';

const CLOSE_LIMIT_MS = 1_000;

/**
 * All tags watched over one session of the server. The session outlives its connection: `suspend` and `resume`
 * lead it over a break. When the server has lost it, `adopt` carries its subscriptions on in another.
 */
export class TagSession {
  readonly #options: TagWatchOptions;
  readonly #limits: SessionLimits;
  readonly #watch: TagWatch;
  /** For which it was opened, or changed since. */
  #tags: readonly OpcuaTag[];
  readonly #readBacks: SampleBatch;
  #session: ClientSession;
  #link: SessionLink;
  #lost: Promise<EngineError> = new Promise(() => {});
  #lose: (reason: EngineError) => void = () => {};

  constructor(
    options: TagWatchOptions,
    opened: {
      readonly link: SessionLink;
      readonly session: ClientSession;
      readonly limits: SessionLimits;
      readonly tags: readonly OpcuaTag[];
      readonly resolved: readonly ResolvedTag[];
    },
    isSlow: boolean,
  ) {
    const { link, session, limits, tags, resolved } = opened;
    this.#tags = tags;
    this.#options = options;
    this.#limits = limits;
    this.#session = session;
    this.#link = link;
    const watched = {
      limits,
      resolved,
      session: () => this.#session,
      onLost: (reason: EngineError) => this.#lose(reason),
    };
    this.#watch = new TagWatch(options, watched, isSlow);
    const { clock, health, log } = options;
    this.#readBacks = new SampleBatch(clock, health, log, (samples) => options.onSamples(samples));
    this.#attach(link, session);
  }

  /** Resolves when this session can do no more over its present connection; never rejects. */
  get lost(): Promise<EngineError> {
    return this.#lost;
  }

  /** What the server told of its limits; Infinity = nothing. */
  get limits(): SessionLimits {
    return this.#limits;
  }

  get subscriptions(): readonly TagSubscription[] {
    return this.#watch.subscriptions;
  }

  /** Until when every subscription was heard of, on our clock; undefined when nothing is watched. */
  get heardUntilMs(): number | undefined {
    return this.#watch.heardUntilMs;
  }

  /** The first time. @throws an error of node-opcua when the server does not let us watch at all. */
  begin(): Promise<void> {
    return this.#watch.begin();
  }

  /** Ends the connection, not the session. */
  async suspend(): Promise<void> {
    this.#watch.pause();
    await this.#link.close(true);
  }

  /**
   * Goes on over a new connection, see `TagWatch.goOn`.
   *
   * @returns false when the server has lost the session.
   * @throws when the server does not answer, or refuses what the session needs.
   */
  async resume(link: SessionLink): Promise<boolean> {
    if (!(await link.takeOver(this.#session))) return false;
    this.#attach(link, this.#session);
    await this.#watch.goOn();
    return true;
  }

  /** Goes on in another session, when the server transfers all subscriptions to it (OPC 10000-4, 5.14.7). */
  async adopt(link: SessionLink, session: ClientSession): Promise<boolean> {
    if (!(await this.#transfer(session))) return false;
    this.#attach(link, session);
    await this.#watch.goOn();
    return true;
  }

  /** Reads what was missed since `gapFromMs`. See `backfillHistory`. */
  backfill(gapFromMs: number, signal: AbortSignal): Promise<boolean> {
    const { clock, log, isMeant } = this.#options;
    const [session, limits, tags] = [this.#session, this.#limits, this.#watch.resolved];
    const asked = new Map(tags.map(({ tag }) => [tag.tagId, tag]));
    const isWanted = ({ tagId }: Sample): boolean => {
      const tag = asked.get(tagId);
      return tag !== undefined && isMeant(tag);
    };
    // Reading takes its time: a tag may be another one, or gone, when its history arrives.
    const onSamples = (samples: readonly Sample[]): void => this.#options.onSamples(samples.filter(isWanted));
    return backfillHistory({ session, limits, tags, gapFromMs, clock, log, onSamples, signal });
  }

  /**
   * Goes on with other tags, without a gap in those that stay. Returns the new or changed ones that cannot be watched.
   *
   * @throws an error of node-opcua, or EngineError `opcua/unreachable`; then it may be called again.
   */
  async changeTags(tags: readonly OpcuaTag[]): Promise<readonly RefusedTag[]> {
    if (tags === this.#tags) return [];
    const unknown: RefusedTag[] = [];
    const resolved = await resolveTags(this.#session, tags, (tag, reason) => {
      unknown.push({ tag, reason });
      tellUnknown(this.#options, tag, reason);
    });
    const refused = await this.#watch.changeTags(resolved);
    this.#tags = tags;
    return [...unknown, ...refused];
  }

  /**
   * Writes a value and reads the node back, which is told like any other value: what the device made of it is its own
   * to say. Never rejects; resolves when the server has answered both.
   */
  async write(tagId: TagId, value: Exclude<MetricValue, null>): Promise<WriteResult> {
    const { clock, log, isMeant } = this.#options;
    const session = this.#session;
    const resolved = this.#watch.resolved.find(({ tag }) => tag.tagId === tagId);
    if (resolved === undefined || !isMeant(resolved.tag)) {
      return { phase: 'failed', status: 'BadNodeIdUnknown', text: 'the server does not have the node of this tag' };
    }
    const result = await writeTag(session, resolved, value, clock);
    if (result.phase === 'refused') return result;
    try {
      const present = await readBack(session, resolved, clock);
      if (isMeant(resolved.tag)) this.#readBacks.add(resolved.tag, present, true);
    } catch (error) {
      log.warn('a value was not read back after a write', { tagId, reason: describeError(error) });
    }
    return result;
  }

  /** In place; over a break it is remembered. */
  setSlowSampling(isSlow: boolean): Promise<void> {
    return this.#watch.setSlowSampling(isSlow);
  }

  /** How the tags are sampled, as the server granted it. */
  get sampling(): SourceSampling {
    return this.#watch.sampling;
  }

  /** Ends session and connection; does not wait long for a server that hangs. */
  async close(): Promise<void> {
    this.#watch.pause();
    const isHung = !(await endSession(this.#session, this.#options.clock));
    await this.#link.close(isHung);
  }

  /** Ends the session, which is of no more use, over the connection it is on; that stays. */
  async abandon(): Promise<void> {
    this.#watch.pause();
    await endSession(this.#session, this.#options.clock);
  }

  #attach(link: SessionLink, session: ClientSession): void {
    this.#link = link;
    this.#session = session;
    this.#lost = new Promise((resolve) => {
      this.#lose = resolve;
    });
    void link.broken.then((reason) => {
      if (this.#link === link) this.#lose(reason);
    });
  }

  async #transfer(session: ClientSession): Promise<boolean> {
    const subscriptionIds = this.subscriptions.map(({ id }) => id);
    if (subscriptionIds.length === 0) return false;
    try {
      const response = await servicesOf(session).transferSubscriptions({ subscriptionIds, sendInitialValues: false });
      const results = response.results ?? [];
      const taken = subscriptionIds.filter((_id, index) => results[index]?.statusCode.isGoodish());
      if (taken.length === subscriptionIds.length) return true;
      // Some are no use: all tags are watched anew.
      if (taken.length > 0) await servicesOf(session).deleteSubscriptions({ subscriptionIds: taken });
      this.#options.log.info('subscriptions cannot be transferred', {
        reasons: [...new Set(results.map(({ statusCode }) => statusCode.name))],
      });
    } catch (error) {
      if (faultNameOf(error) === undefined) throw error;
      this.#options.log.info('subscriptions cannot be transferred', { reason: describeError(error) });
    }
    return false;
  }
}

/**
 * Watches all tags over a fresh session: namespace indexes and limits are those of now.
 *
 * @throws an error of node-opcua; the session is ended then.
 */
export async function openTagSession(
  options: TagWatchOptions,
  link: SessionLink,
  session: ClientSession,
  isSlow: boolean,
): Promise<TagSession> {
  try {
    const limits = await readSessionLimits(session);
    const { tags } = options;
    const resolved = await resolveTags(session, tags, (tag, reason) => tellUnknown(options, tag, reason));
    const tagSession = new TagSession(options, { link, session, limits, tags, resolved }, isSlow);
    await tagSession.begin();
    return tagSession;
  } catch (cause) {
    await endSession(session, options.clock);
    throw cause;
  }
}

/** The tags whose namespace the server has now; the others are told. */
async function resolveTags(
  session: ClientSession,
  tags: readonly OpcuaTag[],
  onUnknown: (tag: OpcuaTag, reason: string) => void,
): Promise<readonly ResolvedTag[]> {
  const namespaceArray = await session.readNamespaceArray();
  return tags.flatMap((tag) => {
    const resolution = resolveNode(tag.node, namespaceArray);
    if (resolution.isKnown) return [{ tag, nodeId: resolution.nodeId }];
    onUnknown(tag, resolution.reason);
    return [];
  });
}

function tellUnknown({ health, log }: TagWatchOptions, tag: OpcuaTag, reason: string): void {
  health.note(tag.tagId, reason);
  log.warn('tag cannot be watched', { tagId: tag.tagId, node: tag.node, reason });
}

/** Whether the server answered in time. Never rejects. */
async function endSession(session: ClientSession, clock: Clock): Promise<boolean> {
  const closed = session.close(true).then(() => true);
  return within(clock, CLOSE_LIMIT_MS, closed, () => new Error('closing takes too long')).catch(() => false);
}

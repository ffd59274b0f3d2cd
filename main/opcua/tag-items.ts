import { type MonitoredItemCreateResult, TimestampsToReturn } from 'node-opcua';
import {
  hasDeadband,
  type ItemParameters,
  queueSizeFor,
  type ResolvedTag,
  samplingIntervalFor,
  toItemRequest,
  toMonitoringParameters,
} from './item-request.ts';
import { faultNameOf } from './opcua-services.ts';
import type { OpcuaTag } from './opcua-source-options.ts';
import { chunk } from './session-limits.ts';
import type { SubscriptionContext } from './subscription-context.ts';
import { describeStatus } from './to-sample.ts';

/** A tag that is watched: its item on the server, what was asked and what was granted. */
export interface WatchedTag {
  /** Another one after `change`; the node stays. */
  resolved: ResolvedTag;
  readonly itemId: number;
  readonly clientHandle: number;
  asked: ItemParameters;
  granted: { readonly samplingIntervalMs: number; readonly queueSize: number };
  /** As granted when it was last sampled normally; as asked for when it was created slow. */
  normalSamplingIntervalMs: number;
  /** Why the server watches without the deadband that is configured. */
  deadbandRefusal: string | undefined;
}

/** A tag whose sampling interval the server did not change. */
export interface RefusedTag {
  readonly tag: OpcuaTag;
  readonly reason: string;
}

interface Candidate {
  readonly resolved: ResolvedTag;
  readonly clientHandle: number;
  readonly deadbandRefusal: string | undefined;
}

const FILTER_REFUSED = /^Bad(FilterNotAllowed|MonitoredItemFilter\w+|DeadbandFilterInvalid)$/;
const NO_ROOM = 'BadTooManyMonitoredItems';

/** The monitored items of one subscription. */
export class TagItems {
  readonly #context: SubscriptionContext;
  readonly #subscription: { readonly id: number; readonly publishingIntervalMs: number };
  /** By client handle; there before the server is asked, as a first value may overtake the answer. */
  readonly #tags = new Map<number, OpcuaTag>();
  readonly #watched = new Map<number, WatchedTag>();
  #lastHandle = 0;

  constructor(context: SubscriptionContext, subscription: { id: number; publishingIntervalMs: number }) {
    this.#context = context;
    this.#subscription = subscription;
  }

  get watched(): readonly WatchedTag[] {
    return [...this.#watched.values()];
  }

  get count(): number {
    return this.#watched.size;
  }

  /** Whether values that a queue dropped show: a queue of one drops without the overflow bit. */
  get canTellLoss(): boolean {
    return this.watched.every(({ granted }) => granted.queueSize > 1);
  }

  tagOf(clientHandle: number): OpcuaTag | undefined {
    return this.#tags.get(clientHandle);
  }

  /**
   * Creates items for tags; single refused ones are reported and left out.
   *
   * @returns the tags for which the server has no room here.
   * @throws an error of node-opcua when a call as a whole fails for another reason.
   */
  async add(tags: readonly ResolvedTag[]): Promise<ResolvedTag[]> {
    const waiting = tags.map((resolved) => this.#toCandidate(resolved, undefined));
    const noRoom: ResolvedTag[] = [];
    let perCall = this.#context.limits.itemsPerCall;
    while (waiting.length > 0) {
      const call = waiting.splice(0, perCall);
      try {
        waiting.unshift(...this.#sort(call, await this.#create(call), noRoom));
      } catch (error) {
        const fault = faultNameOf(error);
        if (fault === 'BadTooManyOperations' && call.length > 1) {
          // The server takes fewer than it told.
          perCall = Math.ceil(call.length / 2);
          waiting.unshift(...call);
          continue;
        }
        for (const { clientHandle } of [...call, ...waiting]) this.#tags.delete(clientHandle);
        if (fault !== NO_ROOM) throw error;
        return [...noRoom, ...call, ...waiting].map((entry) => ('resolved' in entry ? entry.resolved : entry));
      }
    }
    await this.#enlargeQueues();
    return noRoom;
  }

  /** Takes items away whose nodes the server no longer knows; the tags may be added again. */
  async remove(entries: readonly WatchedTag[]): Promise<void> {
    for (const { clientHandle } of entries) {
      this.#tags.delete(clientHandle);
      this.#watched.delete(clientHandle);
    }
    for (const part of chunk(entries, this.#context.limits.itemsPerCall)) {
      const monitoredItemIds = part.map(({ itemId }) => itemId);
      await this.#context.services().deleteMonitoredItems({ subscriptionId: this.#subscription.id, monitoredItemIds });
    }
  }

  /**
   * Changes the sampling interval of every tag that is not exempt, in place. Returns the tags for which the
   * server refused, or answered well and kept the interval.
   */
  async modifySampling(): Promise<RefusedTag[]> {
    const { isSlow, slowSamplingIntervalMs } = this.#context;
    const changes = this.watched
      .filter(({ resolved }) => !resolved.tag.isExempt)
      .map((entry) => {
        const samplingIntervalMs = samplingIntervalFor(entry.resolved.tag, isSlow, slowSamplingIntervalMs);
        return { entry, asked: { ...entry.asked, samplingIntervalMs } };
      });
    const refused = await this.#modify(changes);
    for (const { entry, asked } of changes) {
      const { tag } = entry.resolved;
      if (refused.some((one) => one.tag === tag)) continue;
      const grantedMs = entry.granted.samplingIntervalMs;
      if (!isSlow) entry.normalSamplingIntervalMs = grantedMs;
      const normalMs = entry.normalSamplingIntervalMs;
      const isKept = isSlow && asked.samplingIntervalMs > normalMs && grantedMs <= normalMs;
      if (isKept) refused.push({ tag, reason: `keeps ${grantedMs} ms` });
    }
    return refused;
  }

  /**
   * Gives items the parameters of other tags of their node, in place. Returns those for which the server refused;
   * they are as they were.
   */
  async change(changes: readonly { readonly entry: WatchedTag; readonly to: ResolvedTag }[]): Promise<WatchedTag[]> {
    if (changes.length === 0) return [];
    const asked = changes.map(({ entry, to }) => ({
      entry,
      tag: to.tag,
      asked: this.#ask({ resolved: to, clientHandle: entry.clientHandle, deadbandRefusal: undefined }),
    }));
    const refused = new Set((await this.#modify(asked)).map(({ tag }) => tag));
    for (const { entry, to } of changes) {
      if (refused.has(to.tag)) continue;
      entry.resolved = to;
      entry.deadbandRefusal = undefined;
      const isSlowed = this.#context.isSlow && !to.tag.isExempt;
      entry.normalSamplingIntervalMs = isSlowed ? to.tag.samplingIntervalMs : entry.granted.samplingIntervalMs;
      this.#tags.set(entry.clientHandle, to.tag);
    }
    await this.#enlargeQueues();
    return changes.flatMap(({ entry, to }) => (refused.has(to.tag) ? [entry] : []));
  }

  #toCandidate(resolved: ResolvedTag, deadbandRefusal: string | undefined): Candidate {
    this.#lastHandle += 1;
    this.#tags.set(this.#lastHandle, resolved.tag);
    return { resolved, clientHandle: this.#lastHandle, deadbandRefusal };
  }

  #ask({ resolved: { tag }, deadbandRefusal }: Candidate): ItemParameters {
    const { isSlow, slowSamplingIntervalMs } = this.#context;
    return {
      samplingIntervalMs: samplingIntervalFor(tag, isSlow, slowSamplingIntervalMs),
      queueSize: this.#queueSize(tag, tag.samplingIntervalMs),
      hasDeadband: hasDeadband(tag) && deadbandRefusal === undefined,
    };
  }

  #queueSize(tag: OpcuaTag, samplingIntervalMs: number): number {
    const { limits, bridgeBreakMs } = this.#context;
    const { publishingIntervalMs } = this.#subscription;
    return queueSizeFor(tag.queueSize, samplingIntervalMs, {
      publishingIntervalMs,
      bridgeBreakMs,
      mostValues: limits.queueSize,
    });
  }

  async #create(call: readonly Candidate[]): Promise<readonly MonitoredItemCreateResult[]> {
    const response = await this.#context.services().createMonitoredItems({
      subscriptionId: this.#subscription.id,
      timestampsToReturn: TimestampsToReturn.Both,
      itemsToCreate: call.map((entry) => toItemRequest(entry.resolved, entry.clientHandle, this.#ask(entry))),
    });
    return response.results ?? [];
  }

  /** Returns those to create again without their deadband. */
  #sort(
    call: readonly Candidate[],
    results: readonly MonitoredItemCreateResult[],
    noRoom: ResolvedTag[],
  ): readonly Candidate[] {
    return call.flatMap((entry, index) => {
      const { resolved, clientHandle, deadbandRefusal } = entry;
      const result = results[index];
      const reason = result === undefined ? 'no answer' : describeStatus(result.statusCode.value);
      if (result?.statusCode.isGoodish()) {
        const granted = { samplingIntervalMs: result.revisedSamplingInterval, queueSize: result.revisedQueueSize };
        const { monitoredItemId: itemId } = result;
        const asked = this.#ask(entry);
        const isSlowed = this.#context.isSlow && !resolved.tag.isExempt;
        const normalSamplingIntervalMs = isSlowed ? resolved.tag.samplingIntervalMs : granted.samplingIntervalMs;
        const watched = { resolved, itemId, clientHandle, asked, granted, normalSamplingIntervalMs, deadbandRefusal };
        this.#watched.set(clientHandle, watched);
        return [];
      }
      this.#tags.delete(clientHandle);
      if (FILTER_REFUSED.test(reason) && this.#ask(entry).hasDeadband) return [this.#toCandidate(resolved, reason)];
      if (reason === NO_ROOM) noRoom.push(resolved);
      else this.#context.onItemRefused(resolved.tag, reason);
      return [];
    });
  }

  /** A server that samples faster than asked, or at all where every change was asked for, fills queues faster. */
  async #enlargeQueues(): Promise<void> {
    const changes = this.watched.flatMap((entry) => {
      const { tag } = entry.resolved;
      const queueSize = this.#queueSize(tag, entry.granted.samplingIntervalMs);
      const isEnough = queueSize <= Math.max(entry.asked.queueSize, entry.granted.queueSize);
      return isEnough ? [] : [{ entry, asked: { ...entry.asked, queueSize } }];
    });
    await this.#modify(changes);
  }

  /** With the deadband of `tag`, where that is another one than before. */
  async #modify(
    changes: readonly { entry: WatchedTag; asked: ItemParameters; tag?: OpcuaTag }[],
  ): Promise<RefusedTag[]> {
    const refused: RefusedTag[] = [];
    for (const part of chunk(changes, this.#context.limits.itemsPerCall)) {
      const response = await this.#context.services().modifyMonitoredItems({
        subscriptionId: this.#subscription.id,
        timestampsToReturn: TimestampsToReturn.Both,
        itemsToModify: part.map(({ entry, asked, tag = entry.resolved.tag }) => ({
          monitoredItemId: entry.itemId,
          requestedParameters: toMonitoringParameters(tag, entry.clientHandle, asked),
        })),
      });
      part.forEach(({ entry, asked, tag = entry.resolved.tag }, index) => {
        const result = response.results?.[index];
        if (!result?.statusCode.isGoodish()) {
          const reason = result === undefined ? 'no answer' : describeStatus(result.statusCode.value);
          refused.push({ tag, reason });
          return;
        }
        entry.asked = asked;
        entry.granted = { samplingIntervalMs: result.revisedSamplingInterval, queueSize: result.revisedQueueSize };
      });
    }
    return refused;
  }
}

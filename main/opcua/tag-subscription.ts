import {
  AttributeIds,
  type ClientMonitoredItemBase,
  ClientMonitoredItemGroup,
  type ClientSession,
  type ClientSubscription,
  DataChangeFilter,
  DataChangeTrigger,
  type DataValue,
  DeadbandType,
  type ModifyMonitoredItemsRequestOptions,
  type ModifyMonitoredItemsResponse,
  type MonitoredItemModifyResult,
  type MonitoringParametersOptions,
  type NodeId,
  TimestampsToReturn,
} from 'node-opcua';
import type { OpcuaTag } from './opcua-source-options.ts';
import { chunk, type SessionLimits } from './session-limits.ts';
import { describeStatus } from './to-sample.ts';

export interface ResolvedTag {
  readonly tag: OpcuaTag;
  readonly nodeId: NodeId;
}

export interface SubscriptionRequest {
  readonly session: ClientSession;
  readonly limits: SessionLimits;
  readonly publishingIntervalMs: number;
  readonly keepAliveCount: number;
  readonly slowSamplingIntervalMs: number;
  /** May change while the session lives. */
  readonly isSlow: boolean;
  /** Every value, in the order of the notification. */
  onValue(tag: OpcuaTag, dataValue: DataValue): void;
  onItemRefused(tag: OpcuaTag, reason: string): void;
}

/** A tag that is watched: its item on the server and what the server granted. */
export interface WatchedTag {
  readonly tag: OpcuaTag;
  readonly item: ClientMonitoredItemBase;
  revisedSamplingIntervalMs: number;
  /** As granted when it was last sampled normally; as asked for when it was created slow. */
  normalSamplingIntervalMs: number;
}

/** A tag whose sampling interval the server did not change. */
export interface RefusedTag {
  readonly tag: OpcuaTag;
  readonly reason: string;
}

export interface TagSubscription {
  readonly subscription: ClientSubscription;
  readonly watched: WatchedTag[];
}

interface ItemModifier {
  modifyMonitoredItems(request: ModifyMonitoredItemsRequestOptions): Promise<ModifyMonitoredItemsResponse>;
}

/** Interval asked for: slowed tags never become faster than they are configured. */
function samplingIntervalMs(
  tag: OpcuaTag,
  request: Pick<SubscriptionRequest, 'isSlow' | 'slowSamplingIntervalMs'>,
): number {
  const isSlowed = request.isSlow && !tag.isExempt;
  return isSlowed ? Math.max(tag.samplingIntervalMs, request.slowSamplingIntervalMs) : tag.samplingIntervalMs;
}

function toParameters(
  tag: OpcuaTag,
  request: Pick<SubscriptionRequest, 'isSlow' | 'slowSamplingIntervalMs'>,
): MonitoringParametersOptions {
  return {
    samplingInterval: samplingIntervalMs(tag, request),
    queueSize: tag.queueSize,
    discardOldest: true,
    filter:
      tag.deadbandAbsolute === undefined
        ? null
        : new DataChangeFilter({
            trigger: DataChangeTrigger.StatusValue,
            deadbandType: DeadbandType.Absolute,
            deadbandValue: tag.deadbandAbsolute,
          }),
  };
}

/** Tags with the same parameters are created in one call. */
function groupByParameters(tags: readonly ResolvedTag[]): ResolvedTag[][] {
  const groups = new Map<string, ResolvedTag[]>();
  for (const resolved of tags) {
    const { samplingIntervalMs, queueSize, isExempt, deadbandAbsolute } = resolved.tag;
    const key = `${samplingIntervalMs} ${queueSize} ${isExempt} ${deadbandAbsolute ?? ''}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [resolved]);
    else group.push(resolved);
  }
  return [...groups.values()];
}

/** Makes as many subscriptions as the limits of the server demand, with all their items. */
export async function subscribeTags(
  tags: readonly ResolvedTag[],
  request: SubscriptionRequest,
): Promise<TagSubscription[]> {
  const subscriptions: TagSubscription[] = [];
  for (const part of chunk(groupByParameters(tags).flat(), request.limits.itemsPerSubscription)) {
    const subscription = await request.session.createSubscription2({
      requestedPublishingInterval: request.publishingIntervalMs,
      requestedMaxKeepAliveCount: request.keepAliveCount,
      requestedLifetimeCount: request.keepAliveCount * 10,
      // One message stays small enough not to stall the thread.
      maxNotificationsPerPublish: 5_000,
      publishingEnabled: true,
      priority: 1,
    });
    const watched: WatchedTag[] = [];
    for (const group of groupByParameters(part)) {
      for (const call of chunk(group, request.limits.itemsPerCall)) {
        watched.push(...(await createItems(subscription, call, request)));
      }
    }
    subscriptions.push({ subscription, watched });
  }
  return subscriptions;
}

/**
 * Creates items in one call. The listener is there before the server is asked: a first value that overtakes
 * the answer is not missed.
 *
 * @throws Error when the call as a whole fails; single refused items are reported and left out.
 */
export async function createItems(
  subscription: ClientSubscription,
  tags: readonly ResolvedTag[],
  request: SubscriptionRequest,
): Promise<WatchedTag[]> {
  const [first] = tags;
  if (first === undefined) return [];
  const group = ClientMonitoredItemGroup.create(
    subscription,
    tags.map(({ nodeId }) => ({ nodeId, attributeId: AttributeIds.Value })),
    toParameters(first.tag, request),
    TimestampsToReturn.Both,
  );
  group.on('changed', (_item: ClientMonitoredItemBase, dataValue: DataValue, index: number) => {
    const tag = tags[index]?.tag;
    if (tag !== undefined) request.onValue(tag, dataValue);
  });
  await new Promise<void>((resolve, reject) => {
    group.on('initialized', resolve);
    group.on('err', (text: string) => reject(new Error(text)));
  });
  const watched: WatchedTag[] = [];
  group.monitoredItems.forEach((item, index) => {
    const tag = tags[index]?.tag;
    if (tag === undefined) return;
    if (item.statusCode.isGood()) {
      const revisedSamplingIntervalMs = item.result?.revisedSamplingInterval ?? -1;
      const isSlowed = request.isSlow && !tag.isExempt;
      const normalSamplingIntervalMs = isSlowed ? tag.samplingIntervalMs : revisedSamplingIntervalMs;
      watched.push({ tag, item, revisedSamplingIntervalMs, normalSamplingIntervalMs });
    } else {
      request.onItemRefused(tag, describeStatus(item.statusCode.value));
    }
  });
  return watched;
}

/**
 * Changes the sampling interval of every tag that is not exempt, in place: items, queues and the subscription
 * stay. Returns the tags for which the server refused, or answered well and kept the interval.
 */
export async function modifySampling(
  { subscription, watched }: TagSubscription,
  request: Pick<SubscriptionRequest, 'session' | 'limits' | 'isSlow' | 'slowSamplingIntervalMs'>,
): Promise<RefusedTag[]> {
  // Every session has this service; node-opcua leaves it out of the type of a session.
  const session = request.session as unknown as ItemModifier;
  const refused: RefusedTag[] = [];
  const adaptable = watched.filter(({ tag }) => !tag.isExempt);
  for (const part of chunk(adaptable, request.limits.itemsPerCall)) {
    const response = await session.modifyMonitoredItems({
      subscriptionId: subscription.subscriptionId,
      timestampsToReturn: TimestampsToReturn.Both,
      itemsToModify: part.map(({ tag, item }) => ({
        monitoredItemId: item.monitoredItemId ?? 0,
        requestedParameters: { ...toParameters(tag, request), clientHandle: item.monitoringParameters.clientHandle },
      })),
    });
    part.forEach((entry, index) => {
      const reason = takeResult(
        entry,
        response.results?.[index],
        samplingIntervalMs(entry.tag, request),
        request.isSlow,
      );
      if (reason !== undefined) refused.push({ tag: entry.tag, reason });
    });
  }
  return refused;
}

/** Notes what the server granted; the reason when it did not take the interval. */
function takeResult(
  entry: WatchedTag,
  result: MonitoredItemModifyResult | undefined,
  askedMs: number,
  isSlow: boolean,
): string | undefined {
  if (result === undefined) return 'no answer';
  if (!result.statusCode.isGood()) return describeStatus(result.statusCode.value);
  entry.revisedSamplingIntervalMs = result.revisedSamplingInterval;
  if (!isSlow) entry.normalSamplingIntervalMs = result.revisedSamplingInterval;
  const isKept =
    askedMs > entry.normalSamplingIntervalMs && result.revisedSamplingInterval <= entry.normalSamplingIntervalMs;
  return isSlow && isKept ? `keeps ${result.revisedSamplingInterval} ms` : undefined;
}

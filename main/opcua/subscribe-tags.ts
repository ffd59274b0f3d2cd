import type { ResolvedTag } from './item-request.ts';
import { faultNameOf } from './opcua-services.ts';
import { itemsPerSubscription } from './session-limits.ts';
import type { SubscriptionContext } from './subscription-context.ts';
import type { WatchedTag } from './tag-items.ts';
import { createTagSubscription, type TagSubscription } from './tag-subscription.ts';

/** The subscriptions of a session; publishing starts with the first that is added. */
export interface SubscriptionList {
  readonly all: readonly TagSubscription[];
  add(subscription: TagSubscription): void;
  remove(subscription: TagSubscription): void;
}

/**
 * Makes as many subscriptions as the limits of the server demand, with all their items. What does not fit is
 * reported tag by tag; limits that the server did not tell, or told wrong, are found by its answers.
 *
 * @throws an error of node-opcua when the server does not let us watch at all; `list` is then as it was.
 */
export async function subscribeTags(
  tags: readonly ResolvedTag[],
  context: SubscriptionContext,
  list: SubscriptionList,
): Promise<void> {
  const before = list.all;
  try {
    await subscribeAll(tags, context, list);
  } catch (cause) {
    for (const subscription of list.all) if (!before.includes(subscription)) list.remove(subscription);
    throw cause;
  }
  for (const subscription of list.all) {
    if (!before.includes(subscription)) tellRevised(context, subscription, subscription.items.watched);
  }
}

/**
 * Watches further tags where there is room for them: in the subscriptions that are there, then in new ones. What
 * does not fit is reported tag by tag.
 *
 * @throws as `subscribeTags`.
 */
export async function fitTags(
  tags: readonly ResolvedTag[],
  context: SubscriptionContext,
  list: SubscriptionList,
): Promise<void> {
  const { limits } = context;
  const presentCount = list.all.reduce((sum, { items }) => sum + items.count, 0);
  const mostItems = itemsPerSubscription(limits, presentCount + tags.length);
  let waiting = [...tags];
  let roomCount = limits.items - presentCount;
  for (const subscription of list.all) {
    const { items } = subscription;
    const part = waiting.slice(0, Math.max(0, Math.min(mostItems - items.count, roomCount)));
    if (part.length === 0) continue;
    const before = new Set(items.watched);
    waiting = [...(await items.add(part)), ...waiting.slice(part.length)];
    const made = items.watched.filter((entry) => !before.has(entry));
    roomCount -= made.length;
    tellRevised(context, subscription, made);
  }
  if (waiting.length > 0) await subscribeTags(waiting, context, list);
}

async function subscribeAll(
  tags: readonly ResolvedTag[],
  context: SubscriptionContext,
  list: SubscriptionList,
): Promise<void> {
  const { limits } = context;
  const refuse = (rest: readonly ResolvedTag[], reason: string): void => {
    for (const { tag } of rest) context.onItemRefused(tag, reason);
  };
  const presentCount = list.all.reduce((sum, { items }) => sum + items.count, 0);
  // Without a tag too: its keep-alives are the server's sign of life, and without requests it would end the session.
  if (tags.length === 0 && list.all.length === 0) list.add(await createTagSubscription(context));
  const waiting = tags.slice(0, Math.max(0, limits.items - presentCount));
  refuse(tags.slice(waiting.length), `BadTooManyMonitoredItems: the server takes ${limits.items}`);
  while (waiting.length > 0) {
    if (list.all.length >= limits.subscriptions) {
      refuse(waiting, `BadTooManySubscriptions: the server takes ${limits.subscriptions}`);
      return;
    }
    const subscription = await tryCreate(context, list.all.length > 0);
    if (typeof subscription === 'string') {
      refuse(waiting, subscription);
      return;
    }
    list.add(subscription);
    const noRoom = await subscription.items.add(waiting.splice(0, itemsPerSubscription(limits, tags.length)));
    if (noRoom.length > 0 && subscription.items.count === 0) {
      list.remove(subscription);
      await context.services().deleteSubscriptions({ subscriptionIds: [subscription.id] });
      refuse([...noRoom, ...waiting], 'BadTooManyMonitoredItems');
      return;
    }
    waiting.unshift(...noRoom);
  }
}

/** The first subscription must be had; what a further one would have held is refused by name. */
async function tryCreate(context: SubscriptionContext, isFurther: boolean): Promise<TagSubscription | string> {
  try {
    return await createTagSubscription(context);
  } catch (error) {
    const fault = faultNameOf(error);
    if (fault === undefined || !isFurther) throw error;
    return fault;
  }
}

/** One line for all items, with the first as an example: there may be thousands. */
function tellRevised({ log }: SubscriptionContext, { id }: TagSubscription, entries: readonly WatchedTag[]): void {
  const revised = entries.filter(
    ({ asked, granted }) =>
      asked.samplingIntervalMs !== granted.samplingIntervalMs || asked.queueSize !== granted.queueSize,
  );
  const [example] = revised;
  if (example !== undefined) {
    const { tagId } = example.resolved.tag;
    const { asked, granted } = example;
    log.info('server revised items', { subscriptionId: id, count: revised.length, tagId, asked, granted });
  }
  for (const { resolved, deadbandRefusal } of entries) {
    if (deadbandRefusal === undefined) continue;
    const { tagId, node } = resolved.tag;
    log.warn('tag is watched without its deadband', { tagId, node, reason: deadbandRefusal });
  }
}

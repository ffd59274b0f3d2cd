import type { ResolvedTag } from './item-request.ts';
import type { OpcuaTag } from './opcua-source-options.ts';
import type { RefusedTags } from './refused-tags.ts';
import type { SubscriptionSet } from './subscription-set.ts';
import { compareTags } from './tag-difference.ts';
import type { RefusedTag, WatchedTag } from './tag-items.ts';

/** The tags of a session after a change. */
export interface ChangedItems {
  readonly resolved: readonly ResolvedTag[];
  /** New or changed tags that the server does not let us watch. */
  readonly refused: readonly RefusedTag[];
}

/**
 * Makes the items of a session those of other tags, while it goes on: items that stay the same are not touched, and
 * no subscription is given up. Compares with what the server has by now, so that a call that failed may be repeated.
 *
 * @param present every tag of before, also those that are refused.
 * @throws an error of node-opcua when the server does not answer.
 */
export async function changeItems(
  present: readonly ResolvedTag[],
  wanted: readonly ResolvedTag[],
  { set, refused }: { readonly set: SubscriptionSet; readonly refused: RefusedTags },
): Promise<ChangedItems> {
  const known = new Map(
    [...present, ...findEntries(set).map(({ resolved }) => resolved)].map((one) => [one.tag.tagId, one]),
  );
  const { gone, changed, added } = compareTags(
    [...known.values()].map(({ tag }) => tag),
    wanted.map(({ tag }) => tag),
  );
  for (const tag of [...gone, ...changed.map(({ from }) => from)]) refused.forget(tag);
  await removeItems(set, new Set(gone));
  const resolvedOf = new Map(wanted.map((resolved) => [resolved.tag, resolved]));
  const targets = new Map(
    changed.flatMap(({ from, to }) => {
      const resolved = resolvedOf.get(to);
      return resolved === undefined ? [] : [[from, resolved] as const];
    }),
  );
  const toMake = new Set([...added, ...(await changeInPlace(set, targets))]);
  await set.addFitting(wanted.filter(({ tag }) => toMake.has(tag)));
  const touched = [...added, ...changed.map(({ to }) => to)];
  const isTouched = new Set(touched);
  return {
    resolved: wanted.map((one) => (isTouched.has(one.tag) ? one : (known.get(one.tag.tagId) ?? one))),
    refused: touched.flatMap((tag) => {
      const reason = refused.reasonOf(tag);
      return reason === undefined ? [] : [{ tag, reason }];
    }),
  };
}

const findEntries = (set: SubscriptionSet): readonly WatchedTag[] => set.all.flatMap(({ items }) => items.watched);

async function removeItems(set: SubscriptionSet, tags: ReadonlySet<OpcuaTag>): Promise<void> {
  for (const { items } of set.all) {
    const entries = items.watched.filter(({ resolved }) => tags.has(resolved.tag));
    if (entries.length > 0) await items.remove(entries);
  }
}

/** Returns the tags that need a new item: they had none, or the server did not change theirs. */
async function changeInPlace(
  set: SubscriptionSet,
  targets: ReadonlyMap<OpcuaTag, ResolvedTag>,
): Promise<readonly OpcuaTag[]> {
  const left = new Map([...targets].map(([from, { tag }]) => [from, tag]));
  for (const { items } of set.all) {
    const changes = items.watched.flatMap((entry) => {
      const to = targets.get(entry.resolved.tag);
      return to === undefined ? [] : [{ entry, from: entry.resolved.tag, to }];
    });
    const refused = await items.change(changes);
    await items.remove(refused);
    for (const { entry, from } of changes) if (!refused.includes(entry)) left.delete(from);
  }
  return [...left.values()];
}

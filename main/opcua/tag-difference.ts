import type { OpcuaTag } from './opcua-source-options.ts';

/** What has to be done to the monitored items so that they are those of other tags. */
export interface TagDifference {
  /** Without an item from now on, or with a new one. */
  readonly gone: readonly OpcuaTag[];
  /** The node of before with other monitoring parameters. */
  readonly changed: readonly { readonly from: OpcuaTag; readonly to: OpcuaTag }[];
  readonly added: readonly OpcuaTag[];
}

/** The values of both are the same ones: of one node, in one form. */
export const isSameSeries = (one: OpcuaTag, other: OpcuaTag): boolean =>
  one === other || (one.tagId === other.tagId && one.node === other.node && one.datatype === other.datatype);

const isSameItem = (one: OpcuaTag, other: OpcuaTag): boolean =>
  isSameSeries(one, other) &&
  one.samplingIntervalMs === other.samplingIntervalMs &&
  one.queueSize === other.queueSize &&
  one.isExempt === other.isExempt &&
  one.deadbandAbsolute === other.deadbandAbsolute &&
  one.deadbandPercent === other.deadbandPercent;

/** Tags of another node or datatype are new ones: only a new item gives their present value. */
export function compareTags(present: readonly OpcuaTag[], wanted: readonly OpcuaTag[]): TagDifference {
  const after = new Map(wanted.map((tag) => [tag.tagId, tag]));
  const stay = new Set<OpcuaTag>();
  const gone: OpcuaTag[] = [];
  const changed: { from: OpcuaTag; to: OpcuaTag }[] = [];
  for (const from of present) {
    const to = after.get(from.tagId);
    if (to === undefined || !isSameSeries(from, to)) {
      gone.push(from);
      continue;
    }
    stay.add(to);
    if (!isSameItem(from, to)) changed.push({ from, to });
  }
  return { gone, changed, added: wanted.filter((tag) => !stay.has(tag)) };
}

import type { TagId } from '../../shared/domain/metric.ts';
import type { OpcuaTag } from './opcua-source-options.ts';
import { compareTags, isSameSeries } from './tag-difference.ts';

/** The tags of a source as they are wanted now. */
export class MeantTags {
  #all: readonly OpcuaTag[] = [];
  #byId: ReadonlyMap<TagId, OpcuaTag> = new Map();

  constructor(tags: readonly OpcuaTag[]) {
    this.replace(tags);
  }

  get all(): readonly OpcuaTag[] {
    return this.#all;
  }

  get(tagId: TagId): OpcuaTag | undefined {
    return this.#byId.get(tagId);
  }

  /** Returns the ids of the tags that go, or whose values begin anew. */
  replace(tags: readonly OpcuaTag[]): TagId[] {
    const { gone } = compareTags(this.#all, tags);
    this.#all = tags;
    this.#byId = new Map(tags.map((tag) => [tag.tagId, tag]));
    return gone.map(({ tagId }) => tagId);
  }

  /** Whether the values of this tag are still wanted in this form: an item may outlive its tag by a while. */
  isMeant(tag: OpcuaTag): boolean {
    const meant = this.#byId.get(tag.tagId);
    return meant !== undefined && isSameSeries(meant, tag);
  }
}

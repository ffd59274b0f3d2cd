import type { MetricChange, Sample, TagId } from '../../shared/domain/metric.ts';
import { type DropReason, isSameValue, mapSample } from './map-sample.ts';
import { ReadBacks } from './read-backs.ts';
import { isSameSeries, type MappedTag } from './tag-map.ts';

/** The last sample of a tag, for the tag screen and for births. */
export interface LastValue {
  readonly sample: Sample;
  readonly receivedAtMs: number;
}

const toMap = (tags: readonly MappedTag[]): ReadonlyMap<TagId, MappedTag> =>
  new Map(tags.map((tag) => [tag.tagId, tag]));

/** The stage between source and buffer: keeps the last change per tag and counts what it does not pass on. */
export class Mapping {
  #tags: readonly MappedTag[];
  #byId: ReadonlyMap<TagId, MappedTag>;
  readonly #lastChange = new Map<TagId, MetricChange>();
  readonly #lastValue = new Map<TagId, LastValue>();
  readonly #readBacks = new ReadBacks();
  readonly #dropped = new Map<DropReason | 'unknown-tag', number>();

  constructor(tags: readonly MappedTag[]) {
    this.#tags = tags;
    this.#byId = toMap(tags);
  }

  get tags(): readonly MappedTag[] {
    return this.#tags;
  }

  /**
   * Goes on with other tags. Those that stay keep their last value, unless it comes from another node or is of
   * another datatype; samples of those that go are counted as of an unknown tag.
   */
  replace(tags: readonly MappedTag[]): void {
    const before = this.#byId;
    this.#tags = tags;
    this.#byId = toMap(tags);
    for (const [tagId, old] of before) {
      const tag = this.#byId.get(tagId);
      if (tag !== undefined && isSameSeries(old, tag)) continue;
      this.#lastChange.delete(tagId);
      this.#lastValue.delete(tagId);
      this.#readBacks.forget(tagId);
    }
  }

  /** Changes to store, in the order of the samples. */
  accept(samples: readonly Sample[], receivedAtMs: number): MetricChange[] {
    const changes: MetricChange[] = [];
    for (const sample of samples) {
      const tag = this.#byId.get(sample.tagId);
      if (tag === undefined) {
        this.#count('unknown-tag');
        continue;
      }
      this.#lastValue.set(sample.tagId, { sample, receivedAtMs });
      const change = this.#map(tag, sample);
      if (change !== undefined) changes.push(change);
    }
    return changes;
  }

  tag(tagId: TagId): MappedTag | undefined {
    return this.#byId.get(tagId);
  }

  deviceOf(tagId: TagId): string | undefined {
    return this.#byId.get(tagId)?.deviceId;
  }

  lastChange(tagId: TagId): MetricChange | undefined {
    return this.#lastChange.get(tagId);
  }

  lastValue(tagId: TagId): LastValue | undefined {
    return this.#lastValue.get(tagId);
  }

  get dropped(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#dropped);
  }

  #map(tag: MappedTag, sample: Sample): MetricChange | undefined {
    const { tagId } = tag;
    const last = this.#lastChange.get(tagId);
    const outcome = mapSample(tag, sample, last);
    if (outcome.kind === 'dropped') {
      if (outcome.reason === 'repeated' && this.#readBacks.takeOvertaken(tagId)) return last;
      this.#count(outcome.reason);
      return undefined;
    }
    const { change } = outcome;
    if (last !== undefined && change.timestampMs < last.timestampMs) {
      if (this.#readBacks.takeTold(tagId, (told) => isSameChange(told, change))) {
        this.#count('repeated');
        return undefined;
      }
      // A late sample is stored like any other, but the newest stays the current value (births show it).
      this.#readBacks.overtake(tagId);
    } else this.#lastChange.set(tagId, change);
    if (sample.isReadBack === true) this.#readBacks.note(tagId, change);
    return change;
  }

  #count(reason: DropReason | 'unknown-tag'): void {
    this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + 1);
  }
}

const isSameChange = (one: MetricChange, other: MetricChange): boolean =>
  one.timestampMs === other.timestampMs && one.quality === other.quality && isSameValue(one.value, other.value);

import type { MetricChange, Sample, TagId } from '../../shared/domain/metric.ts';
import { type DropReason, mapSample } from './map-sample.ts';
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
      const outcome = mapSample(tag, sample, this.#lastChange.get(sample.tagId));
      if (outcome.kind === 'dropped') {
        this.#count(outcome.reason);
        continue;
      }
      // A late sample is stored like any other, but the newest stays the current value (births show it).
      const last = this.#lastChange.get(sample.tagId);
      if (last === undefined || outcome.change.timestampMs > last.timestampMs) {
        this.#lastChange.set(sample.tagId, outcome.change);
      }
      changes.push(outcome.change);
    }
    return changes;
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

  #count(reason: DropReason | 'unknown-tag'): void {
    this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + 1);
  }
}

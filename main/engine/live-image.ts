import type { MetricChange, TagId } from '../../shared/domain/metric.ts';
import type { Mapping } from '../mapping/mapping.ts';
import { byDevice, isSameSeries, type MappedTag, ONLINE_METRIC } from '../mapping/tag-map.ts';

/** A metric as a birth shows it: its current value, or null with quality `stale` before the first value. */
export type CurrentMetric = Omit<MetricChange, 'deviceId'>;

export interface CurrentDevice {
  readonly deviceId: string;
  readonly isOnline: boolean;
  readonly metrics: readonly CurrentMetric[];
}

/** What a birth shows at the moment it is encoded: the last change of every tag, per device. */
export class LiveImage {
  readonly #mapping: Mapping;
  readonly #startedAtMs: number;
  #tagsByDevice: ReadonlyMap<string, readonly MappedTag[]>;
  readonly #online = new Map<string, MetricChange>();
  /** Since when a tag is there of which nothing is known yet; those of the start are not in it. */
  readonly #addedAtMs = new Map<TagId, number>();

  constructor(mapping: Mapping, startedAtMs: number) {
    this.#mapping = mapping;
    this.#startedAtMs = startedAtMs;
    this.#tagsByDevice = byDevice(mapping.tags);
  }

  /** Follows the mapping, whose tags were replaced: the next births have the metrics of now. */
  tagsReplaced(nowMs: number): void {
    const before = new Map([...this.#tagsByDevice.values()].flat().map((tag) => [tag.tagId, tag]));
    this.#tagsByDevice = byDevice(this.#mapping.tags);
    for (const deviceId of this.#online.keys()) if (!this.#tagsByDevice.has(deviceId)) this.#online.delete(deviceId);
    for (const tag of this.#mapping.tags) {
      const old = before.get(tag.tagId);
      if (old === undefined || !isSameSeries(old, tag)) this.#addedAtMs.set(tag.tagId, nowMs);
    }
  }

  get deviceIds(): readonly string[] {
    return [...this.#tagsByDevice.keys()];
  }

  setOnline(change: MetricChange): void {
    if (change.deviceId !== null) this.#online.set(change.deviceId, change);
  }

  isOnline(deviceId: string): boolean {
    return this.#online.get(deviceId)?.value === true;
  }

  devices(): readonly CurrentDevice[] {
    return [...this.#tagsByDevice].map(([deviceId, tags]) => ({
      deviceId,
      isOnline: this.isOnline(deviceId),
      metrics: [this.#onlineMetric(deviceId), ...tags.map((tag) => this.#current(tag))],
    }));
  }

  /** The edge node has no metrics of its own beyond those that Sparkplug demands. */
  nodeMetrics(): readonly CurrentMetric[] {
    return [];
  }

  #onlineMetric(deviceId: string): CurrentMetric {
    return (
      this.#online.get(deviceId) ?? {
        metricName: ONLINE_METRIC,
        datatype: 'Boolean',
        value: false,
        quality: 'good',
        statusCode: 0,
        timestampMs: this.#startedAtMs,
      }
    );
  }

  #current(tag: MappedTag): CurrentMetric {
    return (
      this.#mapping.lastChange(tag.tagId) ?? {
        metricName: tag.metricName,
        datatype: tag.datatype,
        value: null,
        quality: 'stale',
        statusCode: 0,
        timestampMs: this.#addedAtMs.get(tag.tagId) ?? this.#startedAtMs,
      }
    );
  }
}

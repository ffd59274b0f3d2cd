import type { Sample } from '../../shared/domain/metric.ts';
import type { Clock } from '../platform/clock.ts';
import type { OpcuaTag } from './opcua-source-options.ts';
import type { TagHealth } from './tag-health.ts';
import { type DecodedDataValue, toSample } from './to-sample.ts';

/**
 * Collects the values of one notification. The driver hands them over one by one in one go, so what has come
 * when the current task ends is one notification.
 */
export class SampleBatch {
  readonly #clock: Clock;
  readonly #health: TagHealth;
  readonly #onSamples: (samples: readonly Sample[]) => void;
  #samples: Sample[] = [];

  constructor(clock: Clock, health: TagHealth, onSamples: (samples: readonly Sample[]) => void) {
    this.#clock = clock;
    this.#health = health;
    this.#onSamples = onSamples;
  }

  add(tag: OpcuaTag, dataValue: DecodedDataValue): void {
    const { sample, reason } = toSample(tag, dataValue, this.#clock.nowMs());
    this.#health.note(tag.tagId, reason);
    if (sample.hasOverflow) this.#health.noteOverflow();
    if (this.#samples.push(sample) === 1) queueMicrotask(() => this.#hand());
  }

  #hand(): void {
    const samples = this.#samples;
    this.#samples = [];
    this.#onSamples(samples);
  }
}

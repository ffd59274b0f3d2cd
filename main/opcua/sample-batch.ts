import type { Sample } from '../../shared/domain/metric.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { OpcuaTag } from './opcua-source-options.ts';
import type { TagHealth } from './tag-health.ts';
import { type DecodedDataValue, toSample } from './to-sample.ts';

const LEAST_TIME_MS = Date.UTC(2000, 0, 1);
/** Ahead of us: less is a clock that is not set well, more cannot be. */
const MOST_AHEAD_MS = 3_600_000;

/**
 * Collects the values of one notification. The driver hands them over one by one in one go, so what has come
 * when the current task ends is one notification.
 */
export class SampleBatch {
  readonly #clock: Clock;
  readonly #health: TagHealth;
  readonly #log: Log;
  readonly #onSamples: (samples: readonly Sample[]) => void;
  #samples: Sample[] = [];

  constructor(clock: Clock, health: TagHealth, log: Log, onSamples: (samples: readonly Sample[]) => void) {
    this.#clock = clock;
    this.#health = health;
    this.#log = log;
    this.#onSamples = onSamples;
  }

  /** `isReadBack`: asked for after a write. */
  add(tag: OpcuaTag, dataValue: DecodedDataValue, isReadBack = false): void {
    const nowMs = this.#clock.nowMs();
    const { sample, reason } = toSample(tag, dataValue, nowMs);
    this.#health.note(tag.tagId, reason);
    this.#judgeTime(sample, nowMs);
    if (sample.hasOverflow) this.#health.noteOverflow();
    const told = isReadBack ? { ...sample, isReadBack } : sample;
    if (this.#samples.push(told) === 1) queueMicrotask(() => this.#hand());
  }

  /** A clock that was never set, or runs ahead: the value and its time are kept, and people are told. */
  #judgeTime({ tagId, sourceTimestampMs }: Sample, nowMs: number): void {
    const isOdd = sourceTimestampMs < LEAST_TIME_MS || sourceTimestampMs > nowMs + MOST_AHEAD_MS;
    if (this.#health.noteTime(tagId, isOdd)) {
      const sourceTime = new Date(sourceTimestampMs).toISOString();
      this.#log.warn('source time cannot be right: set the clock of the device', { tagId, sourceTime });
    }
  }

  #hand(): void {
    const samples = this.#samples;
    this.#samples = [];
    this.#onSamples(samples);
  }
}

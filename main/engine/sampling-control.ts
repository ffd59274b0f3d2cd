import type { SiteConfig } from '../../shared/config/site.ts';
import type { EngineSnapshot } from '../../shared/domain/engine-snapshot.ts';
import { appliedSampling, normalSampling, type SamplingState, stepSampling } from '../backpressure/sampling-loop.ts';
import type { Clock } from '../platform/clock.ts';
import { describeError } from '../platform/engine-error.ts';
import { EventSource } from '../platform/event-source.ts';
import type { Log } from '../platform/log.ts';
import type { SampleSource } from './ports.ts';

const KEPT_DEPTHS = 120;

/** Told on each change of the sampling: the reason in numbers. */
export interface SamplingChanged {
  readonly isSlow: boolean;
  readonly waitingRows: number;
  readonly atMs: number;
}

/** Drives the sampling of the sources from the depth of the buffer (architecture, section 6). */
export class SamplingControl {
  readonly changed = new EventSource<SamplingChanged>();
  readonly #numbers: SiteConfig['backpressure'];
  readonly #sources: readonly SampleSource[];
  readonly #readDepth: () => number;
  readonly #clock: Clock;
  readonly #log: Log;
  #state: SamplingState;
  #sinceMs: number;
  #depths: number[] = [];

  constructor(options: {
    numbers: SiteConfig['backpressure'];
    sources: readonly SampleSource[];
    readDepth: () => number;
    clock: Clock;
    log: Log;
  }) {
    this.#numbers = options.numbers;
    this.#sources = options.sources;
    this.#readDepth = options.readDepth;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#state = normalSampling(options.clock.monotonicMs());
    this.#sinceMs = options.clock.nowMs();
  }

  /** Looks each check interval; the returned function ends it. */
  start(): () => void {
    return this.#clock.every(this.#numbers.checkIntervalMs, () => this.#check());
  }

  snapshot(): EngineSnapshot['sampling'] {
    return {
      phase: appliedSampling(this.#state),
      sinceMs: this.#sinceMs,
      slowSamplingIntervalMs: this.#numbers.slowSamplingIntervalMs,
      activateAtRows: this.#numbers.activateAtRows,
      deactivateAtRows: this.#numbers.deactivateAtRows,
      depths: this.#depths,
    };
  }

  #check(): void {
    const depth = this.#readDepth();
    this.#depths = [...this.#depths.slice(-(KEPT_DEPTHS - 1)), depth];
    const { state, decision } = stepSampling(this.#state, depth, this.#clock.monotonicMs(), this.#numbers);
    this.#state = state;
    if (decision !== 'keep') this.#apply(decision === 'slow-down', depth);
  }

  #apply(isSlow: boolean, depth: number): void {
    this.#sinceMs = this.#clock.nowMs();
    this.#log.info(isSlow ? 'sampling is slowed' : 'sampling is back to normal', { waitingRows: depth });
    for (const source of this.#sources) {
      source.setSlowSampling(isSlow).catch((error: unknown) => {
        this.#log.warn('a server did not take the new sampling interval', { error: describeError(error) });
      });
    }
    this.changed.emit({ isSlow, waitingRows: depth, atMs: this.#sinceMs });
  }
}

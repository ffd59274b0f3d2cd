import type { SiteConfig } from '../../shared/config/site.ts';
import type { SamplingSnapshot } from '../../shared/domain/sampling-snapshot.ts';
import { noteChange, noteTime, type SamplingLedger } from '../backpressure/sampling-ledger.ts';
import { appliedSampling, normalSampling, type SamplingState, stepSampling } from '../backpressure/sampling-loop.ts';
import type { Clock } from '../platform/clock.ts';
import { describeError } from '../platform/engine-error.ts';
import type { Log } from '../platform/log.ts';
import type { NamedSource } from './edge-pipeline.ts';
import type { ChangeStore } from './ports.ts';
import { writeSamplingLedger } from './sampling-memory.ts';
import { toAccountFacts, toGrantFacts, toSamplingSnapshot } from './sampling-view.ts';

const KEPT_DEPTHS = 120;
/** While slow, so that a crash loses little of the count. */
const REMEMBER_EVERY_MS = 5_000;

/** Told on each change of the state: also when a change is wished for, and when the wish is dropped. */
export interface SamplingChanged {
  readonly phase: SamplingState['phase'];
  readonly isSlow: boolean;
  readonly waitingRows: number;
  readonly atMs: number;
}

interface SamplingControlOptions {
  readonly numbers: SiteConfig['backpressure'];
  /** Those of now: the list itself changes when a server comes or goes. */
  readonly sources: readonly NamedSource[];
  /** Rows that could be sent and are not. */
  readonly readDepth: () => number;
  /** Of the earlier runs. */
  readonly ledger: SamplingLedger;
  readonly store: Pick<ChangeStore, 'writeSetting'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Drives the sampling of the sources from the depth of the buffer, and keeps account of it (architecture, section 6). */
export class SamplingControl {
  readonly #options: SamplingControlOptions;
  readonly #listeners = new Set<(changed: SamplingChanged) => void>();
  #state: SamplingState;
  #sinceMs: number;
  #wishSinceMs: number | null = null;
  #depths: readonly number[] = [];
  #ledger: SamplingLedger;
  #countedUntilMs: number;
  #rememberedAtMs: number;

  constructor(options: SamplingControlOptions) {
    const { clock } = options;
    this.#options = options;
    this.#ledger = options.ledger;
    this.#state = normalSampling(clock.monotonicMs());
    this.#countedUntilMs = clock.monotonicMs();
    this.#rememberedAtMs = clock.monotonicMs();
    this.#sinceMs = clock.nowMs();
  }

  /** Looks each check interval; the returned function ends it. */
  start(): () => Promise<void> {
    const stop = this.#options.clock.every(this.#options.numbers.checkIntervalMs, () => this.#check());
    return async () => {
      stop();
      this.#account();
      await this.#remember();
    };
  }

  /** Each listener is told of each change, whatever another one does; the returned function ends it. */
  onChanged(listener: (changed: SamplingChanged) => void): () => void {
    const own = (changed: SamplingChanged): void => listener(changed);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  /** A source that comes while the gateway runs is sampled as all others are. */
  adopt(named: NamedSource): void {
    if (appliedSampling(this.#state) === 'slow') void this.#applyTo(named, true);
  }

  snapshot(): SamplingSnapshot {
    this.#account();
    return toSamplingSnapshot({
      numbers: this.#options.numbers,
      sources: this.#options.sources,
      phase: appliedSampling(this.#state),
      sinceMs: this.#sinceMs,
      wishSinceMs: this.#wishSinceMs,
      depths: this.#depths,
      ledger: this.#ledger,
    });
  }

  #check(): void {
    const { numbers, readDepth, clock } = this.#options;
    this.#account();
    const waitingRows = readDepth();
    this.#depths = [...this.#depths.slice(-(KEPT_DEPTHS - 1)), waitingRows];
    const before = this.#state.phase;
    const { state, decision } = stepSampling(this.#state, waitingRows, clock.monotonicMs(), numbers);
    this.#state = state;
    if (state.phase === before) {
      if (state.phase !== 'normal' && clock.monotonicMs() - this.#rememberedAtMs >= REMEMBER_EVERY_MS) {
        void this.#remember();
      }
      return;
    }
    const isWish = 'wishedAtMs' in state;
    this.#wishSinceMs = isWish ? clock.nowMs() : null;
    if (decision !== 'keep') this.#apply(decision === 'slow-down', waitingRows);
    else this.#logWish(isWish, waitingRows);
    this.#tell({ phase: state.phase, isSlow: appliedSampling(state) === 'slow', waitingRows, atMs: clock.nowMs() });
  }

  #apply(isSlow: boolean, waitingRows: number): void {
    const { sources, clock, log } = this.#options;
    const ended = this.#ledger.changes.at(-1);
    this.#sinceMs = clock.nowMs();
    this.#ledger = noteChange(this.#ledger, { atMs: this.#sinceMs, phase: isSlow ? 'slow' : 'normal', waitingRows });
    log.info(isSlow ? 'sampling is slowed' : 'sampling is back to normal', {
      waitingRows,
      ...(isSlow || ended === undefined
        ? {}
        : {
            slowForMs: Math.round(ended.lastedMs),
            samplesNotTakenAtMost: Math.round(ended.samplesNotTakenAtMost),
          }),
      ...toAccountFacts(this.snapshot()),
    });
    void Promise.all(sources.map((named) => this.#applyTo(named, isSlow))).then(() => {
      log.info('the servers have answered to the new sampling', toGrantFacts(this.snapshot()));
    });
    void this.#remember();
  }

  async #applyTo({ serverId, source }: NamedSource, isSlow: boolean): Promise<void> {
    try {
      await source.setSlowSampling(isSlow);
    } catch (error) {
      const { log } = this.#options;
      log.warn('a server did not take the new sampling interval', { serverId, error: describeError(error) });
    }
  }

  #logWish(isWish: boolean, waitingRows: number): void {
    const { log, numbers } = this.#options;
    if (!isWish) log.info('the queue turned back before the sampling was changed', { waitingRows });
    else log.info('the sampling is to be changed', { waitingRows, inMs: numbers.transitionDelayMs });
  }

  #account(): void {
    const { clock, sources } = this.#options;
    const nowMs = clock.monotonicMs();
    const notTakenPerS = sources.reduce((sum, { source }) => sum + source.sampling().notTakenPerS, 0);
    const elapsedMs = nowMs - this.#countedUntilMs;
    this.#countedUntilMs = nowMs;
    this.#ledger = noteTime(this.#ledger, {
      elapsedMs,
      isSlow: appliedSampling(this.#state) === 'slow',
      notTakenPerS,
    });
  }

  async #remember(): Promise<void> {
    const { store, clock, log } = this.#options;
    this.#rememberedAtMs = clock.monotonicMs();
    try {
      await writeSamplingLedger(store, this.#ledger);
    } catch (error) {
      log.warn('the account of the sampling was not stored', { error: describeError(error) });
    }
  }

  #tell(changed: SamplingChanged): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(changed);
      } catch (error) {
        this.#options.log.error('a listener to the sampling failed', { error: describeError(error) });
      }
    }
  }
}

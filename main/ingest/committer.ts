import { backoffDelayMs, type BackoffRule } from '../platform/backoff.ts';
import { type Clock, delay } from '../platform/clock.ts';
import { describeError } from '../platform/engine-error.ts';
import type { Log } from '../platform/log.ts';
import type { Batch, Batcher } from './batcher.ts';
import type { TelemetrySink } from './ingest-ports.ts';

export type InsertResult = Awaited<ReturnType<TelemetrySink['insert']>>;

export interface CommitterParts {
  readonly batcher: Batcher;
  readonly sink: TelemetrySink;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  readonly retry: BackoffRule;
  onCommitted(batch: Batch, result: InsertResult): void;
  onFailed(): void;
}

/** A batch that fails for long is told again and again, not every time. */
const TELL_AGAIN_MS = 60_000;

/** Inserts due batches one after another. A batch that fails is tried again for ever, before any later one. */
export class Committer {
  readonly #parts: CommitterParts;
  readonly #stop = new AbortController();
  #isFlushing = false;
  #running: Promise<void> | undefined;
  #cancelTimer: (() => void) | undefined;

  constructor(parts: CommitterParts) {
    this.#parts = parts;
  }

  /** To be called when rows were added. */
  wake(): void {
    if (this.#running || this.#stop.signal.aborted) return;
    const dueInMs = this.#dueInMs();
    if (dueInMs === undefined) return;
    if (dueInMs > 0) {
      // A timer that runs stays right: the oldest row does not get younger.
      this.#cancelTimer ??= this.#parts.clock.after(dueInMs, () => this.#timerFired());
      return;
    }
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      this.wake();
    });
  }

  /** Commits everything that waits, due or not. Does not end while the sink fails. */
  async flush(): Promise<void> {
    this.#isFlushing = true;
    this.wake();
    while (this.#running) await this.#running;
  }

  /** Ends retries and timers; what waits stays in the batcher. */
  stop(): void {
    this.#stop.abort(new Error('stopped'));
    this.#cancelTimer?.();
  }

  #timerFired(): void {
    this.#cancelTimer = undefined;
    this.wake();
  }

  #dueInMs(): number | undefined {
    const dueInMs = this.#parts.batcher.dueInMs(this.#parts.clock.monotonicMs());
    return dueInMs !== undefined && this.#isFlushing ? 0 : dueInMs;
  }

  async #run(): Promise<void> {
    const { batcher } = this.#parts;
    while (this.#dueInMs() === 0) {
      const batch = batcher.open();
      const result = batch && (await this.#insert(batch));
      if (!batch || !result) return;
      batcher.close();
      this.#parts.onCommitted(batch, result);
    }
  }

  /** Undefined when stopped before it succeeded. */
  async #insert(batch: Batch): Promise<InsertResult | undefined> {
    const { sink, clock, log, retry, random } = this.#parts;
    let toldAtMs = -TELL_AGAIN_MS;
    for (let attempt = 1; !this.#stop.signal.aborted; attempt += 1) {
      try {
        const result = await sink.insert(batch.rows);
        if (attempt > 1) log.info('the historian takes rows again', { attempt });
        return result;
      } catch (error) {
        const nowMs = clock.monotonicMs();
        if (nowMs - toldAtMs >= TELL_AGAIN_MS) {
          const facts = { attempt, rowCount: batch.rows.length, error: describeError(error) };
          log.warn('a batch cannot be committed; it is kept and tried again', facts);
          toldAtMs = nowMs;
        }
        this.#parts.onFailed();
        await delay(clock, backoffDelayMs(retry, attempt, random), this.#stop.signal).catch(() => {});
      }
    }
    return undefined;
  }
}

/**
 * Between mapping and buffer: a flush to disk per change would be too slow, so changes are collected and
 * committed together, at most `groupCommitMs` or `groupCommitRows` later. Only what is committed is accepted.
 *
 * When the file cannot be written, what is collected stays in memory within a bound, is tried again with growing
 * pauses, and an alarm is raised. What the bound drops is counted by metric and entered into the loss ledger
 * as soon as the file can be written again.
 */
import type { LossEntry } from '../../shared/domain/listings.ts';
import type { MetricChange } from '../../shared/domain/metric.ts';
import { backoffDelayMs, type BackoffRule } from '../platform/backoff.ts';
import type { Clock } from '../platform/clock.ts';
import { describeError, EngineError, type EngineErrorCode, isEngineError } from '../platform/engine-error.ts';
import { EventSource } from '../platform/event-source.ts';
import type { ForwardBuffer } from './forward-buffer.ts';
import { LossSummary } from './loss-summary.ts';

export interface GroupCommitOptions {
  readonly buffer: Pick<ForwardBuffer, 'append' | 'recordLosses'>;
  readonly clock: Clock;
  /** Returns 0 … 1; spreads the retries. */
  readonly random: () => number;
  readonly groupCommitMs: number;
  readonly groupCommitRows: number;
  /** Whether what is stored now can be sent at once, else it counts as queued; absent: always. */
  readonly hasSession?: () => boolean;
  readonly maxCollectedRows?: number;
}

export interface Committed {
  readonly lastRowId: number;
  /** Changes of this commit, with those that the buffer's limit dropped. */
  readonly count: number;
  /** Rows that the buffer dropped to stay within its limit. */
  readonly droppedCount: number;
}

/** `failing`: the file cannot be written, nothing is accepted. */
export type GroupCommitState =
  | { readonly phase: 'working' }
  | {
      readonly phase: 'failing';
      readonly sinceMs: number;
      readonly attempt: number;
      readonly code: EngineErrorCode;
      readonly text: string;
    };

const MAX_COLLECTED_ROWS = 100_000;
/** Rows of one transaction after a failure; the worker must answer other calls in between. */
const MAX_COMMIT_ROWS = 5_000;
const RETRY: BackoffRule = { firstMs: 200, maxMs: 10_000 };
const OVERFLOW_REASON = 'file-unavailable';

export class GroupCommit {
  readonly committed = new EventSource<Committed>();
  /** Raised when the file fails for the first time, when the reason changes, and when it works again. */
  readonly stateChanged = new EventSource<GroupCommitState>();
  readonly #options: GroupCommitOptions;
  readonly #maxCollectedRows: number;
  #collected: MetricChange[] = [];
  #overflow = new LossSummary();
  #overflowCount = 0;
  #state: GroupCommitState = { phase: 'working' };
  #cancelTimer: (() => void) | undefined;
  #isCommitting = false;
  #addedCount = 0;
  #settledCount = 0;
  #waiters: { readonly count: number; readonly resolve: () => void }[] = [];
  #isClosed = false;

  constructor(options: GroupCommitOptions) {
    this.#options = options;
    this.#maxCollectedRows = options.maxCollectedRows ?? MAX_COLLECTED_ROWS;
  }

  get state(): GroupCommitState {
    return this.#state;
  }

  /** Changes in memory, and changes dropped because the file could not be written for too long. */
  get counts(): { readonly collectedCount: number; readonly overflowCount: number } {
    return { collectedCount: this.#collected.length, overflowCount: this.#overflowCount };
  }

  /** @throws EngineError `store-and-forward/closed` after `close`. */
  add(changes: readonly MetricChange[]): void {
    if (this.#isClosed) throw new EngineError('store-and-forward/closed', 'the gateway no longer takes changes');
    // While a commit runs its changes are the oldest and out of reach, so a full memory drops the newest.
    const room = this.#isCommitting ? Math.max(0, this.#maxCollectedRows - this.#collected.length) : Infinity;
    const taken = changes.slice(0, room);
    for (const change of taken) this.#collected.push(change);
    this.#addedCount += taken.length;
    this.#drop(changes.slice(taken.length));
    this.#keepBound();
    this.#schedule();
  }

  /** Resolves when everything added before is committed (or counted as dropped); waits through failures. */
  flush(): Promise<void> {
    if (this.#settledCount >= this.#addedCount && this.#overflow.droppedCount === 0) return Promise.resolve();
    const flushed = new Promise<void>((resolve) => this.#waiters.push({ count: this.#addedCount, resolve }));
    this.#commitSoon(0);
    return flushed;
  }

  /**
   * Takes no more changes, and tries for `limitMs` to commit what is collected. Returns how many changes are
   * neither committed nor in the loss ledger: the last thing that can be said about them is this number.
   */
  async close(limitMs: number): Promise<number> {
    this.#isClosed = true;
    await new Promise<void>((resolve) => {
      const cancel = this.#options.clock.after(limitMs, resolve);
      void this.flush().then(() => {
        cancel();
        resolve();
      });
    });
    this.#cancelTimer?.();
    return this.#addedCount - this.#settledCount + this.#overflow.droppedCount;
  }

  #schedule(): void {
    if (this.#state.phase === 'failing' || this.#collected.length === 0) return;
    const isFull = this.#collected.length >= this.#options.groupCommitRows;
    if (isFull) this.#commitSoon(0);
    else if (this.#cancelTimer === undefined) this.#commitSoon(this.#options.groupCommitMs);
  }

  #commitSoon(delayMs: number): void {
    if (this.#isCommitting) return;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (delayMs <= 0) void this.#commit();
    else this.#cancelTimer = this.#options.clock.after(delayMs, () => void this.#commit());
  }

  async #commit(): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (this.#isCommitting) return;
    this.#isCommitting = true;
    const changes = this.#collected.splice(0, MAX_COMMIT_ROWS);
    let committed: Committed | undefined;
    try {
      await this.#recordOverflow();
      if (changes.length > 0) committed = await this.#append(changes);
    } catch (error) {
      this.#isCommitting = false;
      this.#collected = changes.concat(this.#collected);
      this.#keepBound();
      this.#fail(error);
      return;
    }
    this.#isCommitting = false;
    if (committed !== undefined) this.committed.emit(committed);
    this.#settle(changes.length);
    this.#recover();
  }

  async #append(changes: readonly MetricChange[]): Promise<Committed> {
    const { lastRowId, droppedCount } = await this.#options.buffer.append(changes, this.#options.hasSession?.());
    return { lastRowId, count: changes.length, droppedCount };
  }

  async #recordOverflow(): Promise<void> {
    const losses: readonly LossEntry[] = this.#overflow.entries();
    if (losses.length === 0) return;
    const recorded = this.#overflow;
    this.#overflow = new LossSummary();
    try {
      await this.#options.buffer.recordLosses(losses);
    } catch (error) {
      // What was lost meanwhile joins what could not be entered.
      for (const loss of this.#overflow.entries()) recorded.add(loss);
      this.#overflow = recorded;
      throw error;
    }
  }

  #recover(): void {
    if (this.#state.phase === 'failing') {
      this.#state = { phase: 'working' };
      this.stateChanged.emit(this.#state);
    }
    const hasMore = this.#collected.length >= this.#options.groupCommitRows || this.#waiters.length > 0;
    if (hasMore && this.#collected.length > 0) this.#commitSoon(0);
    else this.#schedule();
  }

  #fail(error: unknown): void {
    const before = this.#state;
    const attempt = before.phase === 'failing' ? before.attempt + 1 : 1;
    const sinceMs = before.phase === 'failing' ? before.sinceMs : this.#options.clock.nowMs();
    const code = isEngineError(error) ? error.code : 'store-and-forward/append-failed';
    this.#state = { phase: 'failing', sinceMs, attempt, code, text: describeError(error) };
    if (before.phase === 'working' || before.code !== code) this.stateChanged.emit(this.#state);
    this.#commitSoon(backoffDelayMs(RETRY, attempt, this.#options.random));
  }

  /** The oldest go: what the buffer would drop as well, and the newest values are worth most after the failure. */
  #keepBound(): void {
    const surplus = this.#collected.length - this.#maxCollectedRows;
    if (surplus <= 0 || this.#isCommitting) return;
    this.#drop(this.#collected.splice(0, surplus));
    this.#settle(surplus);
  }

  #drop(changes: readonly MetricChange[]): void {
    for (const change of changes) this.#overflow.addChange(change, OVERFLOW_REASON);
    this.#overflowCount += changes.length;
  }

  #settle(count: number): void {
    this.#settledCount += count;
    const isDone = (waiter: { readonly count: number }): boolean => waiter.count <= this.#settledCount;
    for (const waiter of this.#waiters.filter(isDone)) waiter.resolve();
    this.#waiters = this.#waiters.filter((waiter) => !isDone(waiter));
  }
}

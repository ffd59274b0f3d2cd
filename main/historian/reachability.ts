import type { ConnectionState } from '../../shared/domain/engine-snapshot.ts';
import { backoffDelayMs } from '../platform/backoff.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { describeConnectFailure } from './connect-failure.ts';
import type { WriteFailure } from './write-failure.ts';

export interface ReachabilityOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Resolves when the database answers. */
  readonly tryOnce: () => Promise<unknown>;
}

/** A batch takes milliseconds; the driver gives a call up after 35 s, which is long to believe in a server that is frozen. */
const SLOW_CALL_MS = 5_000;
const RETRY = { firstMs: 1_000, maxMs: 30_000 };

/**
 * What is known of the database from the outcome of every call. While it is away it is asked again with a
 * growing pause, for ever, so that the state is true also when nobody wants to write.
 */
export class Reachability {
  readonly #options: ReachabilityOptions;
  #state: ConnectionState = { phase: 'stopped' };
  #attempt = 0;
  #cancelRetry: () => void = () => undefined;
  #isClosed = false;

  constructor(options: ReachabilityOptions) {
    this.#options = options;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /**
   * Says that a call has begun; only the first one changes the state. The returned function says that it has ended: of
   * a call that takes long it is not known whether the database works or is gone, so it is asked.
   */
  begin(): () => void {
    if (this.#state.phase === 'stopped' && !this.#isClosed) this.#state = { phase: 'connecting', attempt: 1 };
    return this.#options.clock.after(SLOW_CALL_MS, () => void this.#askBeside());
  }

  /** A call was answered. That says nothing of rows that cannot be stored; see `refused`. */
  succeeded(): void {
    if (this.#isClosed || this.#state.phase === 'connected' || this.#state.phase === 'stale') return;
    this.#cancelRetry();
    this.#attempt = 0;
    this.#state = { phase: 'connected', sinceMs: this.#options.clock.nowMs() };
    this.#options.log.info('historian is connected');
  }

  /** Rows cannot be stored though there is a connection (disk full, no table): true until `stored` or until it is lost. */
  refused({ code, text }: WriteFailure): void {
    if (this.#isClosed) return;
    const sinceMs = this.#state.phase === 'stale' ? this.#state.sinceMs : this.#options.clock.nowMs();
    this.#cancelRetry();
    this.#attempt = 0;
    this.#state = { phase: 'stale', sinceMs, code, text };
  }

  /** Rows were stored. */
  stored(): void {
    if (this.#state.phase === 'stale') this.#state = { phase: 'connected', sinceMs: this.#options.clock.nowMs() };
  }

  /** A call failed because there is no connection. Calls that fail while a retry is due change nothing. */
  failed(error: unknown): void {
    if (this.#isClosed) return;
    const wasAway = this.#state.phase === 'away';
    if (wasAway && this.#attempt > 0) return;
    this.#goAway(error);
    const { code, text } = describeConnectFailure(error);
    if (!wasAway) this.#options.log.warn(`historian is away: ${text}`, { code });
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelRetry();
    this.#state = { phase: 'stopped' };
  }

  #goAway(error: unknown): void {
    const { clock } = this.#options;
    const nowMs = clock.nowMs();
    this.#attempt += 1;
    const delayMs = backoffDelayMs(RETRY, this.#attempt, Math.random);
    const sinceMs = this.#state.phase === 'away' ? this.#state.sinceMs : nowMs;
    this.#state = { phase: 'away', sinceMs, retryAtMs: nowMs + delayMs, ...describeConnectFailure(error) };
    this.#cancelRetry = clock.after(delayMs, () => void this.#retry());
  }

  async #askBeside(): Promise<void> {
    if (this.#isClosed || this.#state.phase === 'away') return;
    await this.#options.tryOnce().then(
      () => this.succeeded(),
      (error: unknown) => this.failed(error),
    );
  }

  async #retry(): Promise<void> {
    try {
      await this.#options.tryOnce();
      this.succeeded();
    } catch (error) {
      if (!this.#isClosed && this.#state.phase === 'away') this.#goAway(error);
    }
  }
}

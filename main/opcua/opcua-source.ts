import type { ConnectionState, ServerSnapshot } from '../../shared/domain/engine-snapshot.ts';
import type { Sample } from '../../shared/domain/metric.ts';
import { backoffDelayMs, type BackoffRule } from '../platform/backoff.ts';
import { delay } from '../platform/clock.ts';
import type { EngineError } from '../platform/engine-error.ts';
import { EventSource } from '../platform/event-source.ts';
import { toOpcuaFailure } from './opcua-failure.ts';
import type { OpcuaSourceOptions } from './opcua-source-options.ts';
import { openTagSession } from './open-tag-session.ts';
import { samplingWhileAway, type SourceSampling } from './session-sampling.ts';
import { TagHealth } from './tag-health.ts';
import type { TagSession } from './tag-session.ts';

/** One OPC UA server whose tags are watched; it is tried for ever. */
export interface OpcuaSource {
  start(): void;
  stop(): Promise<void>;
  /** One batch per notification of the server. */
  onSamples(listener: (samples: readonly Sample[]) => void): () => void;
  onStateChanged(listener: (state: ConnectionState) => void): () => void;
  /** Slows or restores every tag that is not exempt, in place; remembered over reconnects. */
  setSlowSampling(isSlow: boolean): Promise<void>;
  sampling(): SourceSampling;
  snapshot(): Omit<ServerSnapshot, 'changesPerS'>;
  /** Until when nothing is missing that can still be read, on our clock; undefined before the first connect. */
  readonly observedUntilMs: number | undefined;
  /** When the server last gave a sign of life in the present or last session, on our clock. */
  readonly heardUntilMs: number | undefined;
  /** What the server granted, for the diagnosis: one entry per subscription of the present session. */
  grants(): readonly {
    readonly subscriptionId: number;
    readonly samplingIntervalsMs: Readonly<Record<string, number>>;
  }[];
}

const RETRY: BackoffRule = { firstMs: 250, maxMs: 5_000 };
/** Slower: many servers lock an account after some refused logins. */
const RETRY_LOGIN: BackoffRule = { firstMs: 5_000, maxMs: 60_000 };

export const createOpcuaSource = (options: OpcuaSourceOptions): OpcuaSource => new ReconnectingSource(options);

class ReconnectingSource implements OpcuaSource {
  readonly #options: OpcuaSourceOptions;
  readonly #random: () => number;
  readonly #samples = new EventSource<readonly Sample[]>();
  readonly #states = new EventSource<ConnectionState>();
  readonly #health = new TagHealth();
  readonly #stopping = new AbortController();
  #state: ConnectionState = { phase: 'stopped' };
  #session: TagSession | undefined;
  #isSlow = false;
  #running: Promise<void> | undefined;
  #awaySinceMs: number | undefined;
  /** Since when values may be missing: read back after the next connect, and closed by that. */
  #gapFromMs: number | undefined;
  /** Of the last session that has ended. */
  #heardUntilMs: number | undefined;

  constructor(options: OpcuaSourceOptions) {
    this.#options = options;
    this.#gapFromMs = options.backfillFromMs;
    this.#random = options.random ?? Math.random;
    if (options.securityMode === 'None') {
      options.log.warn('channel is not secured: anyone on the network can read and change the values');
    }
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('stopped'));
    await this.#running;
  }

  onSamples(listener: (samples: readonly Sample[]) => void): () => void {
    return this.#samples.on(listener);
  }

  onStateChanged(listener: (state: ConnectionState) => void): () => void {
    return this.#states.on(listener);
  }

  async setSlowSampling(isSlow: boolean): Promise<void> {
    this.#isSlow = isSlow;
    await this.#session?.setSlowSampling(isSlow);
  }

  sampling(): SourceSampling {
    return this.#session?.sampling ?? samplingWhileAway(this.#options.tags);
  }

  snapshot(): Omit<ServerSnapshot, 'changesPerS'> {
    const { serverId, endpointUrl, tags } = this.#options;
    return { serverId, endpointUrl, state: this.#state, tagCount: tags.length, ...this.#health.snapshot() };
  }

  get observedUntilMs(): number | undefined {
    return this.#gapFromMs ?? this.#session?.heardUntilMs;
  }

  get heardUntilMs(): number | undefined {
    return this.#session?.heardUntilMs ?? this.#heardUntilMs;
  }

  grants(): ReturnType<OpcuaSource['grants']> {
    return (this.#session?.subscriptions ?? []).map(({ subscription, watched }) => ({
      subscriptionId: subscription.subscriptionId,
      samplingIntervalsMs: Object.fromEntries(
        watched.map((entry) => [entry.tag.tagId, entry.revisedSamplingIntervalMs]),
      ),
    }));
  }

  async #run(): Promise<void> {
    let attempt = 0;
    while (!this.#isStopping()) {
      attempt += 1;
      this.#become({ phase: 'connecting', attempt });
      const wasConnected = await this.#liveOnce();
      if (this.#isStopping()) break;
      if (wasConnected.isConnected) attempt = 0;
      await this.#waitToRetry(wasConnected.failure, attempt);
    }
    this.#health.forget();
    this.#become({ phase: 'stopped' });
  }

  /** One session from connect to loss. */
  async #liveOnce(): Promise<{ isConnected: boolean; failure: EngineError }> {
    const { clock, log } = this.#options;
    try {
      const session = await openTagSession(
        { ...this.#options, health: this.#health, onSamples: (samples) => this.#samples.emit(samples) },
        this.#isSlow,
        this.#stopping.signal,
      );
      this.#session = session;
      this.#awaySinceMs = undefined;
      // It may have been changed while connecting.
      await session.setSlowSampling(this.#isSlow);
      this.#become({ phase: 'connected', sinceMs: clock.nowMs() });
      log.info('connected', { subscriptions: session.subscriptions.length, tags: this.#options.tags.length });
      const endBackfill = this.#startBackfill(session);
      const failure = await Promise.race([session.ended, this.#stopped()]);
      await endBackfill();
      this.#heardUntilMs = session.heardUntilMs;
      this.#session = undefined;
      if (failure?.code === 'opcua/silent') {
        this.#become({ phase: 'stale', sinceMs: clock.nowMs(), code: failure.code, text: failure.message });
      }
      this.#health.forget();
      await session.close();
      return { isConnected: true, failure: failure ?? toOpcuaFailure(new Error('stopped'), this.#options) };
    } catch (cause) {
      this.#health.forget();
      return { isConnected: false, failure: toOpcuaFailure(cause, this.#options) };
    }
  }

  /**
   * Reads the history of the gap beside the live values; the returned function ends that. A gap that is not
   * read to its end stays one.
   */
  #startBackfill(session: TagSession): () => Promise<void> {
    const ending = new AbortController();
    const gapFromMs = this.#gapFromMs;
    const read = async (fromMs: number): Promise<void> => {
      if (await session.backfill(fromMs, ending.signal)) this.#gapFromMs = undefined;
    };
    const reading = gapFromMs === undefined ? Promise.resolve() : read(gapFromMs);
    return async () => {
      ending.abort(new Error('the session ended'));
      await reading;
      this.#gapFromMs ??= session.heardUntilMs ?? gapFromMs;
    };
  }

  async #waitToRetry(failure: EngineError, attempt: number): Promise<void> {
    const { clock, log } = this.#options;
    const rule = failure.code === 'opcua/login-refused' ? RETRY_LOGIN : RETRY;
    const waitMs = backoffDelayMs(rule, attempt, this.#random);
    const nowMs = clock.nowMs();
    if (this.#awaySinceMs === undefined) log.warn('away', { code: failure.code, reason: failure.message });
    this.#awaySinceMs ??= nowMs;
    this.#become({
      phase: 'away',
      sinceMs: this.#awaySinceMs,
      retryAtMs: nowMs + waitMs,
      code: failure.code,
      text: failure.message,
    });
    await delay(clock, waitMs, this.#stopping.signal).catch(() => {});
  }

  #stopped(): Promise<undefined> {
    const { signal } = this.#stopping;
    return new Promise((resolve) => {
      if (signal.aborted) resolve(undefined);
      else signal.addEventListener('abort', () => resolve(undefined), { once: true });
    });
  }

  #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  #become(state: ConnectionState): void {
    this.#state = state;
    this.#states.emit(state);
  }
}

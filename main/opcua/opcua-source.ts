import type { ConnectionState, RecoveryStage, ServerSnapshot } from '../../shared/domain/engine-snapshot.ts';
import type { MetricValue, Sample, TagId } from '../../shared/domain/metric.ts';
import { backoffDelayMs, type BackoffRule } from '../platform/backoff.ts';
import { delay } from '../platform/clock.ts';
import { describeError, type EngineError } from '../platform/engine-error.ts';
import { EventSource } from '../platform/event-source.ts';
import { ChangeRetry } from './change-retry.ts';
import { describeGrants, type SubscriptionGrants } from './grants.ts';
import { HistoryGap } from './history-gap.ts';
import { identityRenewed, type IdentityTexts, readIdentity } from './identity-watch.ts';
import { MeantTags } from './meant-tags.ts';
import { toOpcuaFailure } from './opcua-failure.ts';
import type { OpcuaSourceOptions, OpcuaTag } from './opcua-source-options.ts';
import { RecoveryCounts } from './recovery-counts.ts';
import { SessionLadder } from './session-ladder.ts';
import { samplingWhileAway, type SourceSampling } from './session-sampling.ts';
import { watchSleep } from './sleep-watch.ts';
import { TagHealth } from './tag-health.ts';
import type { TagSession } from './tag-session.ts';
import { WriteQueue } from './write-queue.ts';
import { SERVER_AWAY, TAG_CHANGED, TOO_MANY, type WriteResult } from './write-tag.ts';

/** One OPC UA server whose tags are watched; it is tried for ever. */
export interface OpcuaSource {
  start(): void;
  stop(): Promise<void>;
  /** One batch per notification of the server. */
  onSamples(listener: (samples: readonly Sample[]) => void): () => void;
  onStateChanged(listener: (state: ConnectionState) => void): () => void;
  /** Slows or restores every tag that is not exempt, in place; remembered over reconnects. */
  setSlowSampling(isSlow: boolean): Promise<void>;
  /**
   * Goes on with other tags: items that stay are not touched. From the call on nothing comes of the tags that go. A
   * server that is away gets the change at its next connect.
   */
  changeTags(tags: readonly OpcuaTag[]): Promise<TagsTaken>;
  sampling(): SourceSampling;
  /**
   * Writes a value into the node of a tag, those of one tag in the order of the calls; then the node is read, and what
   * it has comes as a sample. Never rejects; nothing is written later than 10 s after the call.
   */
  write(tagId: TagId, value: Exclude<MetricValue, null>): Promise<WriteResult>;
  snapshot(): Omit<ServerSnapshot, 'changesPerS'>;
  /** Until when nothing is missing that can still be read, on our clock; undefined before the first connect. */
  readonly observedUntilMs: number | undefined;
  /** When the server last gave a sign of life in the present or last session, on our clock. */
  readonly heardUntilMs: number | undefined;
  /** What was asked of the server and what it granted, for the diagnosis: one entry per subscription. */
  grants(): readonly SubscriptionGrants[];
}

/** What became of other tags: `refused` names the new or changed ones that cannot be watched. */
type TagsTaken =
  | { readonly phase: 'taken'; readonly refused: readonly { readonly tagId: TagId; readonly reason: string }[] }
  | { readonly phase: 'away' };

/** A command that waited longer is not what its sender means any more. */
const WRITE_WAIT_LIMIT_MS = 10_000;
const RETRY: BackoffRule = { firstMs: 250, maxMs: 5_000 };
/** Many servers lock an account after some refused logins. */
const RETRY_LOGIN: BackoffRule = { firstMs: 5_000, maxMs: 60_000 };

export const createOpcuaSource = (options: OpcuaSourceOptions): OpcuaSource => new ReconnectingSource(options);

class ReconnectingSource implements OpcuaSource {
  readonly #options: OpcuaSourceOptions;
  readonly #random: () => number;
  readonly #samples = new EventSource<readonly Sample[]>();
  readonly #states = new EventSource<ConnectionState>();
  readonly #health = new TagHealth();
  readonly #counts = new RecoveryCounts();
  readonly #gap: HistoryGap;
  readonly #ladder: SessionLadder;
  readonly #writes = new WriteQueue();
  readonly #stopping = new AbortController();
  #state: ConnectionState = { phase: 'stopped' };
  /** The present session, or the last one while its connection is lost. */
  #session: TagSession | undefined;
  #isLive = false;
  #loss: { readonly sinceMs: number; readonly code: string; readonly text: string } | undefined;
  #isSlow = false;
  readonly #changeRetry: ChangeRetry;
  readonly #tags: MeantTags;
  #running: Promise<void> | undefined;

  constructor(options: OpcuaSourceOptions) {
    this.#options = options;
    this.#tags = new MeantTags(options.tags);
    this.#gap = new HistoryGap(options.backfillFromMs);
    const meant = this.#tags;
    this.#ladder = new SessionLadder({
      ...options,
      get tags() {
        return meant.all;
      },
      isMeant: (tag) => meant.isMeant(tag),
      health: this.#health,
      counts: this.#counts,
      onSamples: (samples) => this.#samples.emit(samples),
      onStage: (stage, reason) => this.#becomeRecovering(stage, reason),
      onRecovered: () => {
        if (this.#isLive) this.#becomeConnected();
      },
      onGap: (fromMs) => {
        this.#counts.count('gapCount');
        this.#openGap(fromMs);
      },
    });
    this.#random = options.random ?? Math.random;
    this.#changeRetry = new ChangeRetry(options.clock, this.#random, () => void this.changeTags(this.#tags.all));
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

  async changeTags(tags: readonly OpcuaTag[]): Promise<TagsTaken> {
    this.#health.drop(this.#tags.replace(tags));
    const session = this.#session;
    if (!this.#isLive || session === undefined) return { phase: 'away' };
    try {
      const refused = await session.changeTags(tags);
      this.#changeRetry.end();
      return { phase: 'taken', refused: refused.map(({ tag, reason }) => ({ tagId: tag.tagId, reason })) };
    } catch (error) {
      this.#options.log.warn('the server has not taken other tags; they are asked for again', {
        reason: describeError(error),
      });
      if (this.#isLive && this.#session === session) this.#changeRetry.failed();
      return { phase: 'away' };
    }
  }

  sampling(): SourceSampling {
    const sampling = this.#isLive ? this.#session?.sampling : undefined;
    return sampling ?? samplingWhileAway(this.#tags.all);
  }

  async write(tagId: TagId, value: Exclude<MetricValue, null>): Promise<WriteResult> {
    const { clock } = this.#options;
    if (!this.#isLive) return SERVER_AWAY;
    const askedAtMs = clock.monotonicMs();
    const tag = this.#tags.get(tagId);
    const work = async (): Promise<WriteResult> => {
      const session = this.#isLive ? this.#session : undefined;
      if (session === undefined) return SERVER_AWAY;
      if (tag === undefined || !this.#tags.isMeant(tag)) return TAG_CHANGED;
      if (clock.monotonicMs() - askedAtMs <= WRITE_WAIT_LIMIT_MS) return session.write(tagId, value);
      const text = 'it waited too long behind others and was not sent';
      return { phase: 'failed', status: 'BadTimeout', text };
    };
    return this.#writes.run(tagId, work) ?? TOO_MANY;
  }

  snapshot(): Omit<ServerSnapshot, 'changesPerS'> {
    const { serverId, endpointUrl } = this.#options;
    const known = { ...this.#health.snapshot(), recovery: this.#counts.snapshot() };
    return { serverId, endpointUrl, state: this.#state, tagCount: this.#tags.all.length, ...known };
  }

  get observedUntilMs(): number | undefined {
    return this.#gap.fromMs ?? this.#session?.heardUntilMs;
  }

  get heardUntilMs(): number | undefined {
    return this.#session?.heardUntilMs;
  }

  grants(): readonly SubscriptionGrants[] {
    return (this.#session?.subscriptions ?? []).map(describeGrants);
  }

  /** Read at once where there is a session, else after the next connect. */
  #openGap(fromMs: number): void {
    this.#gap.open(fromMs);
    if (this.#isLive && this.#session !== undefined) this.#gap.fill(this.#session);
  }

  async #run(): Promise<void> {
    const endSleepWatch = watchSleep(this.#options.clock, (asleepSinceMs) => {
      this.#options.log.warn('this computer has slept; what was missed is read back', { asleepSinceMs });
      if (this.#session !== undefined) this.#openGap(asleepSinceMs);
    });
    let attempt = 0;
    while (!this.#isStopping()) {
      attempt += 1;
      if (attempt > 1 || this.#session === undefined) this.#become({ phase: 'connecting', attempt });
      try {
        const identity = await readIdentity(this.#options.trustFolder);
        const session = await this.#ladder.climb(this.#isSlow, this.#stopping.signal);
        attempt = 0;
        await this.#live(session, identity);
      } catch (cause) {
        if (!this.#isStopping()) await this.#waitToRetry(toOpcuaFailure(cause, this.#options), attempt);
      }
    }
    endSleepWatch();
    this.#health.forget();
    this.#become({ phase: 'stopped' });
  }

  /** From watched tags to the loss of their connection; the session is kept for the next one. */
  async #live(session: TagSession, identity: IdentityTexts): Promise<void> {
    const { clock, log } = this.#options;
    this.#session = session;
    this.#isLive = true;
    await session.setSlowSampling(this.#isSlow);
    await this.changeTags(this.#tags.all);
    this.#health.show();
    this.#becomeConnected();
    log.info('connected', { subscriptions: session.subscriptions.length, limits: session.limits });
    this.#gap.fill(session);
    const lost = identityRenewed(this.#options, identity, session.lost, this.#stopping.signal);
    const failure = await Promise.race([lost, this.#stopped()]);
    this.#isLive = false;
    this.#changeRetry.end();
    if (failure === undefined) {
      await this.#gap.end();
      this.#gap.open(session.heardUntilMs);
      await session.close();
      return;
    }
    this.#lose(failure, clock.nowMs());
    await this.#ladder.hold(session);
    await this.#gap.end();
    await delay(clock, backoffDelayMs(RETRY, 1, this.#random), this.#stopping.signal).catch(() => {});
  }

  #lose(failure: EngineError, sinceMs: number): void {
    const { code, message: text } = failure;
    this.#loss = { sinceMs, code, text };
    this.#options.log.warn('connection lost', { code, reason: text });
    this.#health.hide();
    if (code === 'opcua/silent') this.#become({ phase: 'stale', ...this.#loss });
    this.#becomeRecovering('republish', text);
  }

  async #waitToRetry(failure: EngineError, attempt: number): Promise<void> {
    const { clock, log } = this.#options;
    const rule = failure.code === 'opcua/login-refused' ? RETRY_LOGIN : RETRY;
    const waitMs = backoffDelayMs(rule, attempt, this.#random);
    const nowMs = clock.nowMs();
    const { code, message: text } = failure;
    // Once for each reason: a server is tried for ever.
    if (attempt === 1 || this.#loss?.code !== code) log.warn('away', { code, reason: text });
    this.#loss = { sinceMs: this.#loss?.sinceMs ?? nowMs, code, text };
    this.#become({ phase: 'away', ...this.#loss, retryAtMs: nowMs + waitMs });
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

  #becomeConnected(): void {
    this.#loss = undefined;
    this.#become({ phase: 'connected', sinceMs: this.#options.clock.nowMs() });
  }

  /** Without a loss before, the connection stands and only a subscription is gone. */
  #becomeRecovering(stage: RecoveryStage, reason: string): void {
    const sinceMs = this.#options.clock.nowMs();
    const loss = this.#loss ?? { sinceMs, code: 'opcua/subscription-ended', text: reason };
    this.#become({ phase: 'recovering', stage, ...loss });
  }

  #become(state: ConnectionState): void {
    this.#state = state;
    this.#states.emit(state);
  }
}

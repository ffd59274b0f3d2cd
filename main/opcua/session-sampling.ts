import type { ServerSampling } from '../../shared/domain/sampling-snapshot.ts';
import { describeError } from '../platform/engine-error.ts';
import type { Log } from '../platform/log.ts';
import type { RefusedTag, TagItems } from './tag-items.ts';

/** How the tags of a server are sampled now, as the server granted it. */
export interface SourceSampling extends Omit<ServerSampling, 'serverId'> {
  /** Samples per second that the server takes at most less than normally. */
  readonly notTakenPerS: number;
  /** Slowed tags that normally report every change, and are not in `notTakenPerS`. */
  readonly uncountedCount: number;
}

/** While there is no session: the interval is taken at the next connect, and nothing is sampled meanwhile. */
export const samplingWhileAway = (tags: readonly { readonly isExempt: boolean }[]): SourceSampling => ({
  phase: 'away',
  slowedCount: 0,
  exemptCount: tags.filter((tag) => tag.isExempt).length,
  refusedCount: 0,
  reason: null,
  notTakenPerS: 0,
  uncountedCount: 0,
});

/** The sampling of one session's items: changed in place, one change at a time, in order. */
export class SessionSampling {
  readonly #subscriptions: () => readonly { readonly items: TagItems }[];
  readonly #log: Log;
  #changing: Promise<void> = Promise.resolve();
  #changingCount = 0;
  #refused: readonly RefusedTag[] = [];
  /** The call as a whole failed. */
  #failure: string | undefined;
  #isSlow: boolean;

  constructor(subscriptions: () => readonly { readonly items: TagItems }[], isSlow: boolean, log: Log) {
    this.#subscriptions = subscriptions;
    this.#isSlow = isSlow;
    this.#log = log;
  }

  /** What is wanted; items created from now on are asked for it. */
  get isSlow(): boolean {
    return this.#isSlow;
  }

  /** Errors of a dying session are left to its end; a refusal stays visible and is tried again by `retry`. */
  set(isSlow: boolean): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#isSlow === isSlow) return;
      this.#isSlow = isSlow;
      await this.#modify();
    });
  }

  /** Asks again where the server refused: it would stay at the wrong interval until its next connect. */
  retry(): Promise<void> {
    if (this.#refused.length === 0 && this.#failure === undefined) return Promise.resolve();
    return this.#inTurn(() => this.#modify());
  }

  /** A change to the items themselves, before the next or after the last change of their sampling. */
  apart<T>(change: () => Promise<T>): Promise<T> {
    const done = this.#changing.then(change);
    this.#changing = done.then(
      () => {},
      () => {},
    );
    return done;
  }

  read(): SourceSampling {
    const watched = this.#subscriptions().flatMap(({ items }) => items.watched);
    const slowed = watched.filter((entry) => entry.granted.samplingIntervalMs > entry.normalSamplingIntervalMs);
    const counted = slowed.filter((entry) => entry.normalSamplingIntervalMs > 0);
    return {
      phase: this.#phase(),
      slowedCount: slowed.length,
      exemptCount: watched.filter(({ resolved }) => resolved.tag.isExempt).length,
      refusedCount: this.#refused.length,
      reason: this.#failure ?? this.#refused[0]?.reason ?? null,
      notTakenPerS: counted.reduce(
        (sum, entry) => sum + 1_000 / entry.normalSamplingIntervalMs - 1_000 / entry.granted.samplingIntervalMs,
        0,
      ),
      uncountedCount: slowed.length - counted.length,
    };
  }

  #phase(): SourceSampling['phase'] {
    if (this.#changingCount > 0) return 'changing';
    if (this.#refused.length > 0 || this.#failure !== undefined) return 'refused';
    return this.#isSlow ? 'slow' : 'normal';
  }

  #inTurn(change: () => Promise<void>): Promise<void> {
    this.#changingCount += 1;
    this.#changing = this.#changing.then(change).finally(() => (this.#changingCount -= 1));
    return this.#changing;
  }

  async #modify(): Promise<void> {
    const refused: RefusedTag[] = [];
    try {
      for (const { items } of this.#subscriptions()) refused.push(...(await items.modifySampling()));
      this.#failure = undefined;
    } catch (error) {
      this.#failure = describeError(error);
      this.#log.warn('sampling interval not changed', { reason: this.#failure });
    }
    this.#refused = refused;
    if (refused.length === 0) return;
    const names = refused.slice(0, 5).map(({ tag, reason }) => `${tag.tagId}: ${reason}`);
    this.#log.warn('server refuses another sampling interval', { count: refused.length, names });
  }
}

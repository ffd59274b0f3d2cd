import { describeError } from '../platform/engine-error.ts';
import { openLink, type SessionLink } from './session-link.ts';
import { openTagSession, type TagSession } from './tag-session.ts';
import type { TagWatchOptions } from './tag-watch.ts';
import { untilAborted } from './until-aborted.ts';

/**
 * The stages from a connection to watched tags, the cheapest first: the session of before with its
 * subscriptions, a new session that takes them over, a new session with new subscriptions. Each has its time
 * limit; the caller tries again when a connection cannot be had at all.
 */
export class SessionLadder {
  readonly #options: TagWatchOptions;
  /** A session whose connection broke. */
  #held: TagSession | undefined;

  constructor(options: TagWatchOptions) {
    this.#options = options;
  }

  /** Ends the connection of a session; the next `climb` tries to go on with it. */
  async hold(session: TagSession): Promise<void> {
    await session.suspend();
    this.#held = session;
  }

  /**
   * One attempt.
   *
   * @throws EngineError or an error of node-opcua; what was opened is closed again, a held session stays held
   * unless the server has lost it.
   */
  async climb(isSlow: boolean, signal: AbortSignal): Promise<TagSession> {
    const link = await openLink(this.#options, signal);
    try {
      const broken = link.broken.then((reason) => {
        throw reason;
      });
      const session = await untilAborted(Promise.race([this.#climbFrom(link, isSlow), broken]), signal);
      this.#held = undefined;
      return session;
    } catch (cause) {
      if (this.#held !== undefined) await this.#held.suspend();
      await link.close(true);
      throw cause;
    }
  }

  async #climbFrom(link: SessionLink, isSlow: boolean): Promise<TagSession> {
    const { health, counts, onStage } = this.#options;
    const held = this.#held;
    if (held !== undefined) {
      onStage('republish', 'the session is resumed');
      if (await this.#resume(held, link)) return held;
      onStage('new-session', 'the server has lost the session');
    }
    const session = await link.logIn();
    if (held !== undefined) {
      counts.count('newSessionCount');
      if (this.#held === held && (await held.adopt(link, session))) return held;
      counts.count('newSubscriptionCount', held.subscriptions.length);
      this.#drop(held);
    }
    health.forget();
    return openTagSession(this.#options, link, session, isSlow);
  }

  /** A server that answers, but does not let the session go on, gets a new one. */
  async #resume(held: TagSession, link: SessionLink): Promise<boolean> {
    try {
      return await held.resume(link);
    } catch (error) {
      if (!(await link.answers())) throw error;
      this.#options.log.warn('session cannot be resumed', { reason: describeError(error) });
      this.#drop(held);
      await held.abandon();
      return false;
    }
  }

  #drop(held: TagSession): void {
    if (this.#held !== held) return;
    this.#held = undefined;
    if (held.heardUntilMs !== undefined) this.#options.onGap(held.heardUntilMs);
  }
}

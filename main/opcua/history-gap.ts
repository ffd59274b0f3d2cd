import type { TagSession } from './tag-session.ts';

/** The time of which values may be missing, until the history of the server has given them. */
export class HistoryGap {
  /** Since when, of what is not being read; undefined = nothing is missing. */
  #openFromMs: number | undefined;
  #readFromMs: number | undefined;
  #ending: AbortController | undefined;
  #reading: Promise<void> = Promise.resolve();

  constructor(fromMs: number | undefined) {
    this.#openFromMs = fromMs;
  }

  /** On our clock; undefined when nothing is missing. */
  get fromMs(): number | undefined {
    const known = [this.#openFromMs, this.#readFromMs].filter((fromMs) => fromMs !== undefined);
    return known.length === 0 ? undefined : Math.min(...known);
  }

  open(fromMs: number | undefined): void {
    if (fromMs !== undefined) this.#openFromMs = Math.min(this.#openFromMs ?? fromMs, fromMs);
  }

  /** Reads beside the live values, until nothing is missing. What is not read to its end stays missing. */
  fill(session: Pick<TagSession, 'backfill'>): void {
    this.#ending ??= new AbortController();
    const { signal } = this.#ending;
    this.#reading = this.#reading.then(() => this.#readAll(session, signal));
  }

  /** The session is over. */
  async end(): Promise<void> {
    this.#ending?.abort(new Error('the session ended'));
    this.#ending = undefined;
    await this.#reading;
  }

  async #readAll(session: Pick<TagSession, 'backfill'>, signal: AbortSignal): Promise<void> {
    while (this.#openFromMs !== undefined && !signal.aborted) {
      this.#readFromMs = this.#openFromMs;
      this.#openFromMs = undefined;
      const isRead = await session.backfill(this.#readFromMs, signal);
      if (!isRead) this.open(this.#readFromMs);
      this.#readFromMs = undefined;
      if (!isRead) return;
    }
  }
}

import { describeError, EngineError } from '../platform/engine-error.ts';
import type { RequestPacer } from './request-pacer.ts';
import { chunk } from './session-limits.ts';

/** The answer to one item, or why it got none. */
export type ItemAnswer<A> =
  { readonly isAnswered: true; readonly answer: A } | { readonly isAnswered: false; readonly reason: string };

export interface BatchOptions<I, A> {
  readonly pacer: RequestPacer;
  /** Items in one request; becomes smaller for good when the server finds it too large. */
  readonly mostItems: number;
  /** One request; answers in the order of the items. */
  ask(items: readonly I[]): Promise<readonly A[]>;
  /** False once nothing can be asked any more. */
  isUsable(): boolean;
}

const TOO_LARGE = /BadTooManyOperations|Bad(Request|Response|TcpMessage)TooLarge|BadEncodingLimitsExceeded/;
const TOO_SLOW = /timeout|timed out/i;
/** Errors that concern the session, not the items. */
const HOPELESS = /BadSession|BadSecureChannel|BadConnection|BadServiceUnsupported|BadServerHalted|BadShutdown/;
/** A server that lets so many requests run out of time is hung. */
const MOST_TIMEOUTS = 3;

/**
 * Asks for many items in requests the server can take. A refused request is asked again in halves until the item
 * that is the reason stands alone: one bad item never costs the others their answer.
 */
export class BatchedRequest<I, A> {
  readonly #options: BatchOptions<I, A>;
  #mostItems: number;
  #timeoutCount = 0;

  constructor(options: BatchOptions<I, A>) {
    this.#options = options;
    this.#mostItems = options.mostItems;
  }

  get mostItems(): number {
    return this.#mostItems;
  }

  /** Answers in the order of the items. Rejects when the session is lost, or with the reason of an abort. */
  async run(items: readonly I[]): Promise<ItemAnswer<A>[]> {
    return (await Promise.all(chunk(items, this.#mostItems).map((part) => this.#ask(part)))).flat();
  }

  async #ask(items: readonly I[]): Promise<ItemAnswer<A>[]> {
    try {
      const answers = await this.#options.pacer.run(() => this.#options.ask(items));
      return items.map((_item, index) => {
        const answer = answers[index];
        return answer === undefined ? { isAnswered: false, reason: 'no answer' } : { isAnswered: true, answer };
      });
    } catch (error) {
      const reason = this.#judge(error, items.length);
      if (items.length === 1) return [{ isAnswered: false, reason }];
      const half = Math.ceil(items.length / 2);
      return [...(await this.#ask(items.slice(0, half))), ...(await this.#ask(items.slice(half)))];
    }
  }

  /** The reason in short, or throws when there is no use in going on. */
  #judge(error: unknown, itemCount: number): string {
    const text = describeError(error);
    if (error instanceof EngineError || HOPELESS.test(text) || !this.#options.isUsable()) throw error;
    const isSlow = TOO_SLOW.test(text);
    if (isSlow && ++this.#timeoutCount >= MOST_TIMEOUTS) throw error;
    if (isSlow || TOO_LARGE.test(text)) this.#mostItems = Math.max(1, Math.min(this.#mostItems, itemCount >> 1));
    return /\bBad[A-Z]\w+/.exec(text)?.[0] ?? (text.split('\n')[0] ?? '').slice(0, 200);
  }
}

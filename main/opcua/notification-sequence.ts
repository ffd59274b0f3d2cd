/** What the number of a message says about those before it. */
export type SequenceVerdict =
  | { readonly kind: 'next' }
  /** A keep-alive that tells nothing new. */
  | { readonly kind: 'known' }
  /** The server counts from elsewhere: nothing can be said about what came between. */
  | { readonly kind: 'restarted' }
  /** Numbers that did not come. */
  | { readonly kind: 'ahead'; readonly missing: readonly number[]; readonly missingCount: number };

const LARGEST = 0xffff_ffff;
const HALF = 0x8000_0000;
/** More than any server keeps for Republish: the rest is not asked for one by one. */
const MOST_ASKED = 1_000;

/** Sequence numbers are UInt32; after the largest comes 1, never 0 (OPC 10000-4, 7.34). */
export const followingNumber = (number: number): number => (number >= LARGEST ? 1 : number + 1);

/**
 * Watches the numbers of the notification messages of one subscription. A keep-alive has the number of the next
 * message (OPC 10000-4, 5.14.1.1), so it too tells of a message that did not come.
 */
export class NotificationSequence {
  #expected: number | undefined;

  /** Number of the next message; 1 before the first. */
  get expected(): number {
    return this.#expected ?? 1;
  }

  /** Looks at the number of a message without counting it as taken. */
  judge(number: number, isKeepAlive: boolean): SequenceVerdict {
    const expected = this.#expected;
    if (expected === undefined || number === expected) return { kind: 'next' };
    const missingCount = (number - expected) >>> 0;
    // Some servers give a keep-alive the number of the last message.
    if (missingCount >= HALF) return isKeepAlive ? { kind: 'known' } : { kind: 'restarted' };
    const missing: number[] = [];
    for (let next = expected; next !== number && missing.length < MOST_ASKED; next = followingNumber(next)) {
      missing.push(next);
    }
    return { kind: 'ahead', missing, missingCount: missing.length < MOST_ASKED ? missing.length : missingCount };
  }

  /** The message is taken, or given up: the next one is expected. */
  took(number: number, isKeepAlive: boolean): void {
    this.#expected = isKeepAlive ? number : followingNumber(number);
  }
}

import { createHash } from 'node:crypto';
import type { TrafficMessage } from './traffic.ts';

const MAX_KEPT = 20_000;

/** What a broker keeps comes again with each look at it; it is one message all the same. */
export class KeptMessages {
  readonly #seen = new Set<string>();

  /** True when this delivery repeats one of the same topic and bytes. */
  isRepeated({ topic, payload, brokerUrl = '' }: TrafficMessage): boolean {
    const key = createHash('sha1').update(`${brokerUrl}\n${topic}\n`).update(payload).digest('base64');
    if (this.#seen.has(key)) return true;
    if (this.#seen.size < MAX_KEPT) this.#seen.add(key);
    return false;
  }
}

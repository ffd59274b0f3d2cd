import { closeStatementFrame, toFrame } from './embedded-historian-protocol.ts';

const HEADER_BYTES = 5;

/**
 * Named prepared statements of one client. All clients share one backend and thus one space of names, so
 * each client's names are replaced by names that carry its number.
 *
 * Portals need no such care: they end with their transaction, and a transaction has the backend alone.
 * The unnamed statement is shared: a client must Parse it again after each Sync (every common driver does).
 */
export class ClientStatements {
  readonly #clientNumber: number;
  readonly #backendNames = new Map<string, string>();
  #namedCount = 0;

  constructor(clientNumber: number) {
    this.#clientNumber = clientNumber;
  }

  /** The frame with its statement name replaced: Parse, Bind, Describe and Close; others as they are. */
  rewrite(type: string, frame: Buffer): Buffer {
    switch (type) {
      case 'P':
        return this.#replaceAt(frame, type, HEADER_BYTES);
      case 'B':
        return this.#replaceAt(frame, type, frame.indexOf(0, HEADER_BYTES) + 1);
      case 'D':
      case 'C':
        return frame[HEADER_BYTES] === 'S'.charCodeAt(0) ? this.#replaceAt(frame, type, HEADER_BYTES + 1) : frame;
      default:
        return frame;
    }
  }

  /** Close frames for every name this client has used; the backend ignores names it does not know. */
  closeFrames(): Buffer[] {
    return [...this.#backendNames.values()].map(closeStatementFrame);
  }

  #replaceAt(frame: Buffer, type: string, nameAt: number): Buffer {
    const nameEnd = frame.indexOf(0, nameAt);
    // Without its end the name is the backend's to refuse: it answers with a protocol error.
    if (nameEnd <= nameAt) return frame;
    const name = frame.toString('utf8', nameAt, nameEnd);
    const backendName = this.#backendName(name);
    if (type === 'C') this.#backendNames.delete(name);
    return toFrame(type, frame.subarray(HEADER_BYTES, nameAt), backendName, frame.subarray(nameEnd + 1));
  }

  #backendName(name: string): string {
    const known = this.#backendNames.get(name);
    if (known !== undefined) return known;
    this.#namedCount += 1;
    const backendName = `client${this.#clientNumber}_statement${this.#namedCount}`;
    this.#backendNames.set(name, backendName);
    return backendName;
  }
}

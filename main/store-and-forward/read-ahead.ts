import type { BufferedChange, ForwardBuffer } from './forward-buffer.ts';
import type { SendRequest } from './forwarding-state.ts';

type Rows = readonly BufferedChange[];

/** What a send reads of the buffer. */
function toRange({ wanted, maxRows, historyOf }: SendRequest): Parameters<ForwardBuffer['read']>[0] {
  const afterRowId = (wanted[0]?.firstRowId ?? 1) - 1;
  const priority = historyOf === undefined ? {} : { priority: historyOf };
  return { afterRowId, upToRowId: wanted.at(-1)?.lastRowId ?? afterRowId, maxRows, ...priority };
}

/**
 * Reads the next part of a backlog while the present one is sent: the buffer's thread and ours then work at the
 * same time. What is read in vain is read again when its turn comes.
 */
export class ReadAhead {
  readonly #buffer: Pick<ForwardBuffer, 'read'>;
  #ahead: { readonly key: string; readonly rows: Promise<Rows> } | undefined;

  constructor(buffer: Pick<ForwardBuffer, 'read'>) {
    this.#buffer = buffer;
  }

  read(request: SendRequest): Promise<Rows> {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    return ahead?.key === toKey(request) ? ahead.rows : this.#buffer.read(toRange(request));
  }

  /** The request that will most likely come next; only of a backlog, because live rows may still be added to. */
  expect(request: SendRequest | undefined): void {
    if (request?.historyOf === undefined) return;
    const rows = this.#buffer.read(toRange(request));
    // A failure is told to who asks for the rows, and to nobody when nobody does.
    rows.catch(() => {});
    this.#ahead = { key: toKey(request), rows };
  }
}

const toKey = (request: SendRequest): string => JSON.stringify([request.epoch, toRange(request)]);

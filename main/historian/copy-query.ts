import type { Connection, PoolClient } from 'pg';

interface DataRow {
  readonly fields: readonly (string | null)[];
}

/**
 * Runs statements of which one is a COPY … FROM STDIN, as one simple query: the server makes them one transaction.
 * `frames` are what it reads (`toCopyFrames`). Resolves to the first field of the last row that was answered. Rejects
 * with the driver's error, nothing being stored then; the server's statement timeout and the driver's query timeout
 * hold as for every other statement.
 */
export function runCopy(client: PoolClient, sql: string, frames: readonly Buffer[]): Promise<string | null> {
  return new Promise((resolve, reject) => {
    client.query(new CopyQuery(sql, frames, (error, field) => (error ? reject(error) : resolve(field ?? null))));
  });
}

type Callback = (error: Error | null, field?: string | null) => void;

/** What the driver asks of a query of our own (pg 8, `client.query(submittable)`); it has COPY in no other way. */
class CopyQuery {
  readonly #sql: string;
  readonly #frames: readonly Buffer[];
  #field: string | null = null;
  #isOver = false;
  /** The driver wraps it to end its query timeout. */
  callback: Callback;

  constructor(sql: string, frames: readonly Buffer[], callback: Callback) {
    this.#sql = sql;
    this.#frames = frames;
    this.callback = callback;
  }

  submit(connection: Connection): void {
    connection.query(this.#sql);
  }

  handleCopyInResponse({ stream }: Connection): void {
    // Into the memory of the socket: what the caller has given is bounded, and held by the caller all the same.
    stream.cork();
    for (const frame of this.#frames) stream.write(frame);
    stream.uncork();
  }

  handleDataRow(message: DataRow): void {
    this.#field = message.fields[0] ?? null;
  }

  handleError(error: Error): void {
    this.#end(error);
  }

  handleReadyForQuery(): void {
    this.#end(null);
  }

  // Nothing in these that the caller needs.
  handleRowDescription(): void {}
  handleCommandComplete(): void {}
  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}

  #end(error: Error | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.callback(error, this.#field);
  }
}

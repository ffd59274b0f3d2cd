/** Compressed chunks take 100,000 tuples in one transaction; half of it leaves room for those they open besides. */
const MOST_ROWS = 50_000;
/** A statement of so few rows that runs into the timeout shows a server that does not work, not too much at once. */
const LEAST_ROWS = 100;

/**
 * How many rows go into one transaction. A batch that runs into the statement timeout would do so for ever: the next
 * try has half of them, and as many more again with each success.
 */
export class StatementSize {
  #rowLimit = MOST_ROWS;

  get rowLimit(): number {
    return this.#rowLimit;
  }

  timedOut(rowCount: number): void {
    this.#rowLimit = Math.max(LEAST_ROWS, Math.floor(Math.min(rowCount, this.#rowLimit) / 2));
  }

  succeeded(rowCount: number): void {
    if (rowCount >= this.#rowLimit) this.#rowLimit = Math.min(MOST_ROWS, this.#rowLimit * 2);
  }
}

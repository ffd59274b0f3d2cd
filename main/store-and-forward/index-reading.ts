import type { ChangeTable } from './change-table.ts';
import type { RowIndex } from './row-index.ts';

/**
 * Tells an index of which metrics the rows are that lay in the file at its opening. A full file of 11 million rows
 * takes seconds for it, and only a search wants to know: the opening does not wait.
 */
export class IndexReading {
  readonly #table: ChangeTable;
  readonly #index: RowIndex;
  readonly #upToRowId: number;
  #afterRowId = Number.MIN_SAFE_INTEGER;

  constructor(table: ChangeTable, index: RowIndex, lastRowId: number) {
    this.#table = table;
    this.#index = index;
    this.#upToRowId = index.rowCount === 0 ? this.#afterRowId : lastRowId;
  }

  /** Some thousand rows, in a few milliseconds; false when that were the last. */
  readSlice(): boolean {
    if (this.#afterRowId >= this.#upToRowId) return false;
    this.#afterRowId = this.#table.readMetricIds(this.#index, this.#afterRowId, this.#upToRowId) ?? this.#upToRowId;
    return this.#afterRowId < this.#upToRowId;
  }
}

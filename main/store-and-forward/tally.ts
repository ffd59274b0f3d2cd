import { EngineError } from '../platform/engine-error.ts';
import type { DurableCounts } from './durable-counts.ts';
import type { Sqlite } from './open-sqlite.ts';
import type { RowRanges } from './row-ranges.ts';

/** Counts over the whole life of the buffer. */
export interface Tally {
  /** The newest row id ever given. */
  readonly lastRowId: number;
  readonly storedCount: number;
  readonly droppedCount: number;
  readonly damagedCount: number;
}

/** What a transaction has changed, for the memory that follows the file. */
export interface Outcome<T> {
  readonly removed?: RowRanges;
  /** Metrics of the rows inserted, which have the ids after the last one of before. */
  readonly insertedMetricIds?: readonly number[];
  readonly tally: Tally;
  readonly counts?: Partial<DurableCounts>;
  readonly result: T;
}

/** Table `tally`, one row: written in the transaction that changes a count. */
export class TallyRow {
  readonly #read;
  readonly #write;

  constructor(db: Sqlite) {
    this.#read = db.prepare<[], Tally>(
      `SELECT last_row_id AS lastRowId, stored_count AS storedCount, dropped_count AS droppedCount,
         damaged_count AS damagedCount FROM tally`,
    );
    this.#write = db.prepare<[Tally]>(
      `UPDATE tally SET last_row_id = @lastRowId, stored_count = @storedCount, dropped_count = @droppedCount,
         damaged_count = @damagedCount`,
    );
  }

  read(): Tally {
    const tally = this.#read.get();
    if (tally === undefined) throw new EngineError('store-and-forward/file-damaged', 'the tally row is missing');
    return tally;
  }

  write(tally: Tally): void {
    this.#write.run(tally);
  }
}

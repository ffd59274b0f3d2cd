import type { LossEntry, PageQuery } from '../../shared/domain/listings.ts';
import type { MetricChange } from '../../shared/domain/metric.ts';
import { toColumns } from './change-row.ts';
import { ChangeTable, type FoundRows } from './change-table.ts';
import { FileSpace } from './file-space.ts';
import {
  type AppendResult,
  type BufferedChange,
  type BufferPage,
  LOSS_REASON,
  type ReadRange,
  type WhenFull,
} from './forward-buffer.ts';
import { LossLedger } from './loss-ledger.ts';
import { LossSummary } from './loss-summary.ts';
import { MetricDictionary } from './metric-dictionary.ts';
import { PAGE_BYTES, type Sqlite } from './open-sqlite.ts';
import {
  addRange,
  countRows,
  removeRange,
  removeRanges,
  rowIdAt,
  type RowRange,
  type RowRanges,
  toRanges,
} from './row-ranges.ts';
import { Settings } from './settings.ts';
import { type Tally, TallyRow } from './tally.ts';

/** Dropping a few rows at a time would look for space as often as there are rows. */
const MIN_DROP_ROWS = 200;

/**
 * One open file: each method is one transaction, run in the calling thread. Memory knows which rows are there
 * (`#present`) and is only changed after the commit, so a failed transaction leaves both as they were.
 */
export class SqliteBufferFile {
  readonly settings: Settings;
  readonly #db: Sqlite;
  readonly #whenFull: WhenFull;
  readonly #space: FileSpace;
  readonly #dictionary: MetricDictionary;
  readonly #table: ChangeTable;
  readonly #ledger: LossLedger;
  readonly #tallyRow: TallyRow;
  #tally: Tally;
  #present: RowRanges;

  constructor(db: Sqlite, limitBytes: number, whenFull: WhenFull) {
    this.#db = db;
    this.#whenFull = whenFull;
    this.settings = new Settings(db);
    this.#space = new FileSpace(db, limitBytes);
    this.#dictionary = new MetricDictionary(db);
    this.#table = new ChangeTable(db, this.#dictionary);
    this.#ledger = new LossLedger(db);
    this.#tallyRow = new TallyRow(db);
    this.#tally = this.#tallyRow.read();
    this.#present = this.#table.presentRanges();
  }

  get tally(): Tally {
    return this.#tally;
  }

  append(changes: readonly MetricChange[], nowMs: number): AppendResult {
    return this.#commit(() => {
      const lost = new LossSummary();
      let present = this.#present;
      let fitting = this.#space.newestThatFit(changes);
      if (fitting < changes.length) {
        if (this.#whenFull === 'drop-newest') fitting = 0;
        else {
          present = this.#dropOldest(changes, lost);
          fitting = this.#space.newestThatFit(changes);
        }
      }
      const refusedCount = changes.length - fitting;
      for (const change of changes.slice(0, refusedCount)) lost.addChange(change, LOSS_REASON[this.#whenFull]);
      const firstRowId = this.#tally.lastRowId + 1;
      const lastRowId = this.#insert(changes.slice(refusedCount), nowMs);
      this.#ledger.add(lost.entries());
      const { droppedCount } = lost;
      return {
        present: addRange(present, { firstRowId, lastRowId }),
        tally: {
          ...this.#tally,
          lastRowId,
          storedCount: this.#tally.storedCount + fitting,
          droppedCount: this.#tally.droppedCount + droppedCount,
        },
        result: { lastRowId, droppedCount },
      };
    });
  }

  read({ afterRowId, upToRowId, maxRows }: ReadRange, nowMs: number): readonly BufferedChange[] {
    const rows: BufferedChange[] = [];
    let after = afterRowId;
    while (rows.length < maxRows) {
      const wantedCount = maxRows - rows.length;
      const found = this.#table.read(after, upToRowId, wantedCount);
      this.#setAside(found, nowMs);
      for (const row of found.rows) rows.push(row);
      if (found.rows.length + found.damagedRowIds.length < wantedCount) break;
      after = found.lastRowId ?? upToRowId;
    }
    return rows;
  }

  confirm(ranges: readonly RowRange[]): void {
    this.#commit(() => {
      for (const range of ranges) this.#table.delete(range);
      return { present: removeRanges(this.#present, ranges), tally: this.#tally, result: undefined };
    });
  }

  page({ fromIndex, maxRows, search }: PageQuery, nowMs: number): BufferPage {
    if (search !== '') {
      const metricIds = this.#dictionary.search(search);
      const found = this.#table.readMatching(metricIds, fromIndex, maxRows);
      this.#setAside(found, nowMs);
      return { rowCount: this.#table.countMatching(metricIds), rows: found.rows };
    }
    const firstRowId = rowIdAt(this.#present, fromIndex);
    const rows =
      firstRowId === undefined
        ? []
        : this.read({ afterRowId: firstRowId - 1, upToRowId: this.#tally.lastRowId, maxRows }, nowMs);
    return { rowCount: countRows(this.#present), rows };
  }

  /** Enters losses that happened elsewhere; `damagedCount` and `lastRowId` when the file itself is their cause. */
  recordLosses(losses: readonly LossEntry[], change: Partial<Tally> = {}): void {
    this.#commit(() => {
      this.#ledger.add(losses);
      const droppedCount = losses.reduce((sum, loss) => sum + loss.droppedCount, this.#tally.droppedCount);
      return { present: this.#present, tally: { ...this.#tally, droppedCount, ...change }, result: undefined };
    });
  }

  losses(): readonly LossEntry[] {
    return this.#ledger.entries();
  }

  fill(): { rowCount: number; byteCount: number; firstRowId: number | null; oldestTimestampMs: number | null } {
    return {
      rowCount: countRows(this.#present),
      byteCount: this.#space.usedPages() * PAGE_BYTES,
      firstRowId: this.#present[0]?.firstRowId ?? null,
      oldestTimestampMs: this.#table.oldestTimestampMs(),
    };
  }

  /** The disk is full: carries the log into the file and lets the file grow no more, so that changes are dropped. */
  freezeSize(): void {
    this.#db.pragma('wal_checkpoint(TRUNCATE)');
    this.#space.freeze();
  }

  thawSize(): void {
    this.#space.thaw();
  }

  close(): void {
    this.#db.close();
  }

  #insert(changes: readonly MetricChange[], storedAtMs: number): number {
    let rowId = this.#tally.lastRowId;
    for (const change of changes) {
      const { metricId, crc } = this.#dictionary.register(change);
      this.#table.insert(toColumns(change, { rowId: ++rowId, metricId, metricCrc: crc, storedAtMs }));
    }
    return rowId;
  }

  /** Drops from the oldest until the changes fit or nothing is left. */
  #dropOldest(changes: readonly MetricChange[], lost: LossSummary): RowRanges {
    let present = this.#present;
    const step = Math.max(MIN_DROP_ROWS, changes.length);
    while (present[0] !== undefined && this.#space.newestThatFit(changes) < changes.length) {
      const lastRowId = rowIdAt(present, step - 1) ?? present.at(-1)?.lastRowId ?? 0;
      const range = { firstRowId: present[0].firstRowId, lastRowId };
      for (const loss of this.#table.summarize(range, LOSS_REASON['drop-oldest'])) lost.add(loss);
      this.#table.delete(range);
      present = removeRange(present, range);
    }
    return present;
  }

  #setAside({ damagedRowIds }: FoundRows, nowMs: number): void {
    if (damagedRowIds.length === 0) return;
    this.#commit(() => {
      this.#table.moveToDeadLetters(damagedRowIds, nowMs);
      const damagedCount = this.#tally.damagedCount + damagedRowIds.length;
      return {
        present: removeRanges(this.#present, toRanges(damagedRowIds)),
        tally: { ...this.#tally, damagedCount },
        result: undefined,
      };
    });
  }

  #commit<T>(work: () => { readonly present: RowRanges; readonly tally: Tally; readonly result: T }): T {
    const run = this.#db.transaction(() => {
      const outcome = work();
      if (outcome.tally !== this.#tally) this.#tallyRow.write(outcome.tally);
      return outcome;
    });
    try {
      const { present, tally, result } = run.immediate();
      this.#present = present;
      this.#tally = tally;
      return result;
    } catch (error) {
      this.#dictionary.reload();
      throw error;
    }
  }
}

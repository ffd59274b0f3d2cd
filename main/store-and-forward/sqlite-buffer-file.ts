import type { LossEntry } from '../../shared/domain/listings.ts';
import type { MetricChange } from '../../shared/domain/metric.ts';
import type { DeadLetter, PurgeFilter, RetryResult } from '../../shared/domain/purge.ts';
import { crashPoint } from '../platform/crash-point.ts';
import { toColumns } from './change-row.ts';
import { ChangeTable, type FoundRows } from './change-table.ts';
import { DAMAGED_REASON, DeadLetterTable } from './dead-letter-table.ts';
import { addCounts, type SendCounts } from './durable-counts.ts';
import { roomOf } from './file-room.ts';
import { FileSpace } from './file-space.ts';
import type { AppendResult, BufferedChange, BufferPage, ReadRange, RowQuery, WhenFull } from './forward-buffer.ts';
import type { PoisonedRow } from './forwarding-state.ts';
import { IndexReading } from './index-reading.ts';
import { LossLedger } from './loss-ledger.ts';
import { LossSummary } from './loss-summary.ts';
import { makeRoom } from './make-room.ts';
import { MetricDictionary } from './metric-dictionary.ts';
import { PAGE_BYTES, type Sqlite } from './open-sqlite.ts';
import { PURGED_REASON, type PurgeProgress, toPurge, toSelection } from './purge-selection.ts';
import type { RowIndex } from './row-index.ts';
import { RowPages } from './row-pages.ts';
import { type RowRange, toRanges } from './row-ranges.ts';
import { Settings } from './settings.ts';
import { type Outcome, type Tally, TallyRow } from './tally.ts';

/** Row ids looked at by one transaction of a purge: the log stays small, and appends get their turn in between. */
const PURGE_SLICE_ROWS = 20_000;

/**
 * One open file: each method is one transaction, run in the calling thread. Memory knows which rows are there
 * (`#index`) and is only changed after the commit, so a failed transaction leaves both as they were.
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
  readonly #index: RowIndex;
  /** To be read on for a query until nothing is left, before its `page`. */
  readonly pages: RowPages;
  /** What a search needs; to be carried on until it has nothing left. */
  readonly indexReading: IndexReading;
  readonly #deadLetters: DeadLetterTable;

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
    this.#index = this.#table.loadIndex();
    this.indexReading = new IndexReading(this.#table, this.#index, this.#tally.lastRowId);
    this.pages = new RowPages(db, this.#dictionary, this.#index);
    this.#deadLetters = new DeadLetterTable(db, this.#dictionary);
  }

  get rowCount(): number {
    return this.#index.rowCount;
  }

  get tally(): Tally {
    return this.#tally;
  }

  append(changes: readonly MetricChange[], nowMs: number, hasSession = true): AppendResult {
    const appended = this.#commit(() => {
      const lost = new LossSummary();
      const room = roomOf(this.#table, this.#space, this.#whenFull, lost);
      const kept = makeRoom(changes, this.#whenFull, room, lost);
      const insertedMetricIds = this.#insert(kept, nowMs);
      this.#ledger.add(lost.entries());
      const { droppedCount } = lost;
      const lastRowId = this.#tally.lastRowId + kept.length;
      crashPoint('before-commit');
      return {
        removed: room.removed,
        insertedMetricIds,
        tally: {
          ...this.#tally,
          lastRowId,
          storedCount: this.#tally.storedCount + kept.length,
          droppedCount: this.#tally.droppedCount + droppedCount,
        },
        counts: hasSession ? {} : { queuedCount: kept.length },
        result: { lastRowId, droppedCount },
      };
    });
    crashPoint('after-commit');
    return appended;
  }

  read({ afterRowId, upToRowId, maxRows, priority }: ReadRange, nowMs: number): readonly BufferedChange[] {
    const rows: BufferedChange[] = [];
    let after = afterRowId;
    while (rows.length < maxRows) {
      const wantedCount = maxRows - rows.length;
      const found = this.#table.read(after, upToRowId, wantedCount, priority);
      this.#setDamagedAside(found, nowMs);
      for (const row of found.rows) rows.push(row);
      if (found.rows.length + found.damagedRowIds.length < wantedCount) break;
      after = found.lastRowId ?? upToRowId;
    }
    return rows;
  }

  confirm(ranges: readonly RowRange[], sent?: SendCounts): void {
    this.#commit(() => {
      const confirmedCount = ranges.reduce((sum, range) => sum + this.#table.delete(range), 0);
      return { removed: ranges, tally: this.#tally, counts: { ...sent, confirmedCount }, result: undefined };
    });
  }

  setAside(rows: readonly PoisonedRow[], nowMs: number): void {
    this.#moveAside(rows, nowMs, false);
  }

  page(query: RowQuery, nowMs: number): BufferPage {
    const meant = this.pages.find(query);
    if (meant) {
      const found = this.#table.readIds(meant.rowIds);
      this.#setDamagedAside(found, nowMs);
      return { rowCount: meant.rowCount, rows: found.rows };
    }
    const firstRowId = this.#index.rowIdAt(query.fromIndex);
    const range = {
      afterRowId: (firstRowId ?? Infinity) - 1,
      upToRowId: this.#tally.lastRowId,
      maxRows: query.maxRows,
    };
    return { rowCount: this.#index.rowCount, rows: firstRowId === undefined ? [] : this.read(range, nowMs) };
  }

  /** What a purge would take now, by metric. Reads the whole table. */
  countPurge(filter: PurgeFilter): readonly LossEntry[] {
    const range = { firstRowId: 0, lastRowId: this.#tally.lastRowId };
    return this.#table.summarizeSelected(range, toSelection(this.#dictionary, filter), PURGED_REASON);
  }

  /** Rows accepted from now on are not part of it. */
  startPurge(filter: PurgeFilter): PurgeProgress {
    return toPurge(filter, this.#tally.lastRowId, this.#index.rowCount === 0);
  }

  /** Deletes the next slice of a purge and enters it into the ledger, in one transaction. */
  purgeSlice(progress: PurgeProgress): PurgeProgress {
    const { filter, upToRowId, purged } = progress;
    const firstRowId = this.#index.nextRowId(progress.afterRowId);
    if (firstRowId === undefined || firstRowId > upToRowId) return { ...progress, isDone: true };
    const range = { firstRowId, lastRowId: Math.min(upToRowId, firstRowId + PURGE_SLICE_ROWS - 1) };
    const losses = this.#commit(() => {
      const selection = toSelection(this.#dictionary, filter);
      const entries = this.#table.summarizeSelected(range, selection, PURGED_REASON);
      const removed = toRanges(this.#table.deleteSelected(range, selection));
      this.#ledger.add(entries);
      const droppedCount = entries.reduce((sum, loss) => sum + loss.droppedCount, this.#tally.droppedCount);
      const counts = { purgedCount: droppedCount - this.#tally.droppedCount };
      return { removed, tally: { ...this.#tally, droppedCount }, counts, result: entries };
    });
    for (const loss of losses) purged.add(loss);
    return { ...progress, afterRowId: range.lastRowId, isDone: range.lastRowId >= upToRowId };
  }

  deadLetters(): readonly DeadLetter[] {
    return this.#deadLetters.list();
  }

  /** Puts the readable dead letters back as the newest rows, the oldest first, as many as there is room for. */
  retryDeadLetters(nowMs: number): RetryResult {
    return this.#commit(() => {
      const { rows, rowCount } = this.#deadLetters.readable();
      // Counted from the newest, but what cannot stay for now is the newest: the order is kept.
      const retried = rows.slice(0, this.#space.newestThatFit(rows));
      for (const { rowId } of retried) this.#deadLetters.delete(rowId);
      const insertedMetricIds = this.#insert(retried, nowMs);
      const lastRowId = this.#tally.lastRowId + retried.length;
      const repairedCount = retried.filter((row) => row.reason === DAMAGED_REASON).length;
      const damagedCount = Math.max(0, this.#tally.damagedCount - repairedCount);
      return {
        insertedMetricIds,
        counts: { deadLetterCount: repairedCount - retried.length },
        tally: { ...this.#tally, lastRowId, damagedCount },
        result: { retriedCount: retried.length, keptCount: rowCount - retried.length, lastRowId },
      };
    });
  }

  /** Enters losses that happened elsewhere; `damagedCount` and `lastRowId` when the file itself is their cause. */
  recordLosses(losses: readonly LossEntry[], change: Partial<Tally> = {}): void {
    this.#commit(() => {
      this.#ledger.add(losses);
      const droppedCount = losses.reduce((sum, loss) => sum + loss.droppedCount, this.#tally.droppedCount);
      return { tally: { ...this.#tally, droppedCount, ...change }, result: undefined };
    });
  }

  losses(): readonly LossEntry[] {
    return this.#ledger.entries();
  }

  fill(): { rowCount: number; byteCount: number; firstRowId: number | null; oldestTimestampMs: number | null } {
    return {
      rowCount: this.rowCount,
      byteCount: this.#space.usedPages() * PAGE_BYTES,
      firstRowId: this.#index.rowIdAt(0) ?? null,
      oldestTimestampMs: this.#table.oldestTimestampMs(),
    };
  }

  /** All that is committed, as a new database at the path, where a file of no length lies. */
  copyInto(path: string): void {
    this.#db.prepare('VACUUM INTO ?').run(path);
  }

  /** Carries the log into the database; false when another program, which reads an older state, keeps it from that. */
  checkpoint(): boolean {
    const [outcome] = this.#db.pragma('wal_checkpoint(TRUNCATE)') as readonly { readonly busy: number }[];
    return outcome?.busy === 0;
  }

  /** The disk is full: carries the log into the file, which then grows by `spareBytes` at most; the rest is dropped. */
  freezeSize(spareBytes: number): void {
    this.checkpoint();
    this.#space.freeze(spareBytes);
  }

  thawSize(): void {
    this.#space.thaw();
  }

  close(): void {
    this.#db.close();
  }

  /** Returns the metric ids of the rows, in their order. */
  #insert(changes: readonly MetricChange[], storedAtMs: number): readonly number[] {
    let rowId = this.#tally.lastRowId;
    return changes.map((change) => {
      const { metricId, crc } = this.#dictionary.register(change);
      this.#table.insert(toColumns(change, { rowId: ++rowId, metricId, metricCrc: crc, storedAtMs }));
      return metricId;
    });
  }

  #setDamagedAside({ damagedRowIds }: FoundRows, nowMs: number): void {
    const rows = damagedRowIds.map((rowId) => ({ rowId, reason: DAMAGED_REASON }));
    if (rows.length > 0) this.#moveAside(rows, nowMs, true);
  }

  /** Dead letters that are forced out for these are dropped rows from then on. */
  #moveAside(rows: readonly PoisonedRow[], nowMs: number, isDamage: boolean): void {
    this.#commit(() => {
      const movedCount = this.#table.moveToDeadLetters(rows, nowMs);
      const forced = this.#deadLetters.trim();
      this.#ledger.add(forced.losses);
      const droppedCount = forced.losses.reduce((sum, loss) => sum + loss.droppedCount, this.#tally.droppedCount);
      const unsendableCount = droppedCount - this.#tally.droppedCount - forced.damagedCount;
      const damagedCount = this.#tally.damagedCount + (isDamage ? movedCount : 0) - forced.damagedCount;
      return {
        removed: rows.map(({ rowId }) => ({ firstRowId: rowId, lastRowId: rowId })),
        tally: { ...this.#tally, droppedCount, damagedCount: Math.max(0, damagedCount) },
        counts: { deadLetterCount: (isDamage ? 0 : movedCount) - unsendableCount },
        result: undefined,
      };
    });
  }

  #commit<T>(work: () => Outcome<T>): T {
    const run = this.#db.transaction(() => {
      const outcome = work();
      if (outcome.tally !== this.#tally) this.#tallyRow.write(outcome.tally);
      addCounts(this.settings, outcome.counts ?? {});
      return outcome;
    });
    try {
      const { removed = [], insertedMetricIds = [], tally, result } = run.immediate();
      for (const range of removed) this.#index.removeRange(range);
      let rowId = this.#tally.lastRowId;
      for (const metricId of insertedMetricIds) this.#index.add(++rowId, metricId);
      this.#tally = tally;
      return result;
    } catch (error) {
      this.#dictionary.reload();
      throw error;
    }
  }
}

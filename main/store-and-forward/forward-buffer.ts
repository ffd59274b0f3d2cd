/**
 * The promise of delivery:
 *
 * > A change that the buffer has accepted reaches the historian at least once, and appears there exactly once,
 * > through any crash, any outage of broker, host or database, and any order of these, for as long as the
 * > buffer's byte limit is not exceeded. When the limit is exceeded, what is dropped is counted and named: tag,
 * > first and last time, number. Nothing else is ever lost.
 *
 * "Accepted" means committed with a flush to disk (SQLite WAL, synchronous=FULL). The buffer holds changes, not
 * packets: `seq`, alias and the historical flag belong to the session in which a change is sent. A row stays
 * until it is confirmed; that it was sent is known in memory only, so after a crash it is simply sent again.
 */
import type { LossEntry, PageQuery } from '../../shared/domain/listings.ts';
import type { MetricChange, Priority } from '../../shared/domain/metric.ts';
import type { DeadLetter, PurgeFilter, RetryResult, RowFilter } from '../../shared/domain/purge.ts';
import type { DurableCounts, SendCounts } from './durable-counts.ts';
import type { PoisonedRow } from './forwarding-state.ts';
import type { RowRange, RowRanges } from './row-ranges.ts';

/** A change as the buffer holds it. Row ids ascend in the order of acceptance and are never given twice. */
export interface BufferedChange extends MetricChange {
  readonly rowId: number;
  /** Our clock, when the change was committed. */
  readonly storedAtMs: number;
}

export interface AppendResult {
  /** The newest row id ever given, 0 when there was none. */
  readonly lastRowId: number;
  /** Rows dropped by this append because the limit was reached: older rows, or the offered ones. */
  readonly droppedCount: number;
}

/** Rows with `afterRowId` < id <= `upToRowId`, at most `maxRows`; of one class only where `priority` is given. */
export interface ReadRange {
  readonly priority?: Priority;
  readonly afterRowId: number;
  readonly upToRowId: number;
  readonly maxRows: number;
}

/** Which rows a list shows; which of them are sent only the forwarder knows. */
export interface RowQuery extends PageQuery {
  readonly filter?: RowFilter;
  readonly sent?: { readonly rows: RowRanges; readonly isSent: boolean };
}

export interface BufferPage {
  /** Rows that match the search, on all pages. */
  readonly rowCount: number;
  /** Oldest first. */
  readonly rows: readonly BufferedChange[];
}

/** A file that could not be used was moved aside, whole; a new one was started. */
export interface QuarantineReport {
  readonly atMs: number;
  /** Folder that now holds the file. */
  readonly folder: string;
  readonly reason: string;
  /** Of all files in quarantine: nothing removes them by itself. */
  readonly byteCount: number;
}

/** The open file was deleted or replaced; all its rows were carried over into a new one at the right path. */
export interface RescueReport {
  /** Of the last time. */
  readonly atMs: number;
  readonly rescueCount: number;
  readonly missing: 'database' | 'log';
  readonly rowCount: number;
}

export interface ForwardBufferStats extends DurableCounts {
  readonly rowCount: number;
  /** Pages in use × page size. Deleting frees pages inside the file; the file itself does not shrink. */
  readonly byteCount: number;
  readonly limitBytes: number;
  readonly firstRowId: number | null;
  /** The newest row id ever given, 0 when there was none. */
  readonly lastRowId: number;
  /** Source time of the oldest row. */
  readonly oldestTimestampMs: number | null;
  /** Rows stored, dropped and found damaged since the buffer was made. */
  readonly storedCount: number;
  readonly droppedCount: number;
  readonly damagedCount: number;
  readonly quarantine: QuarantineReport | null;
  readonly rescue: RescueReport | null;
  /** Since when the disk itself is full; the file then does not grow, and changes are dropped as at its limit. */
  readonly diskFullSinceMs: number | null;
}

/** Which rows of the lowest class that is there go first. */
export type WhenFull = 'drop-oldest' | 'drop-newest';

/** Failures reject with an EngineError `store-and-forward/…`; what was not committed then is not accepted. */
export interface ForwardBuffer {
  /**
   * Resolves when all changes are committed with a flush to disk. One transaction, whole or not at all. Without a
   * session they count as queued.
   */
  append(changes: readonly MetricChange[], hasSession?: boolean): Promise<AppendResult>;
  /** Ascending. Fewer than `maxRows` means that the range holds no more; damaged rows are set aside and skipped. */
  read(range: ReadRange): Promise<readonly BufferedChange[]>;
  /** Deletes rows that have arrived, ids without a row are ignored; and adds what was sent since the last call. */
  confirm(ranges: readonly RowRange[], sent?: SendCounts): Promise<void>;
  /** Moves rows that cannot be sent to the dead letters, each with its reason; ids without a row are ignored. */
  setAside(rows: readonly PoisonedRow[]): Promise<void>;
  /** A page for people; `search` looks in device and metric names, whatever the case. */
  page(query: RowQuery): Promise<BufferPage>;
  /** Enters into the ledger what was lost before it reached the buffer. */
  recordLosses(losses: readonly LossEntry[]): Promise<void>;
  losses(): Promise<readonly LossEntry[]>;
  /** What a purge with this filter would take now, by metric. */
  countPurge(filter: PurgeFilter): Promise<readonly LossEntry[]>;
  /**
   * Deletes the rows that the filter names, unless they were accepted after the call, and enters each into the
   * ledger as `purged`. In slices, each whole or not at all; other calls are carried out in between. Returns
   * what was deleted, by metric.
   */
  purge(filter: PurgeFilter): Promise<readonly LossEntry[]>;
  /** Rows set aside, oldest first; the newest 10,000 are kept, and the ledger names those that went for them. */
  deadLetters(): Promise<readonly DeadLetter[]>;
  /** One row, whole; undefined where it has arrived or was never there. */
  row(rowId: number): Promise<BufferedChange | undefined>;
  /** Puts the dead letters that can be read back into the queue, as its newest rows. */
  retryDeadLetters(): Promise<RetryResult>;
  stats(): Promise<ForwardBufferStats>;
  readSetting(key: string): Promise<string | undefined>;
  /** Small durable facts (bdSeq, counters, heart-beat), committed with a flush before it resolves. */
  writeSetting(key: string, value: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Reasons in the loss ledger. The rows are counted exactly; of their values at most so many are lost: one may have
 * arrived and not be confirmed yet, or be read again from the history of its server.
 */
export const LOSS_REASON: Readonly<Record<WhenFull, string>> = {
  'drop-oldest': 'buffer-full-oldest-at-most',
  'drop-newest': 'buffer-full-newest-at-most',
};

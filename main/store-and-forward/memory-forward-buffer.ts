import type { LossEntry } from '../../shared/domain/listings.ts';
import type { MetricChange, Priority } from '../../shared/domain/metric.ts';
import type { DeadLetter, PurgeFilter, RetryResult } from '../../shared/domain/purge.ts';
import type { Clock } from '../platform/clock.ts';
import { EngineError } from '../platform/engine-error.ts';
import { estimateRowBytes } from './change-row.ts';
import { addCounts, type DurableCounts, readCounts, type SendCounts } from './durable-counts.ts';
import {
  type AppendResult,
  type BufferedChange,
  type BufferPage,
  type ForwardBuffer,
  type ForwardBufferStats,
  LOSS_REASON,
  type ReadRange,
  type RowQuery,
  type WhenFull,
} from './forward-buffer.ts';
import type { PoisonedRow } from './forwarding-state.ts';
import { LossSummary } from './loss-summary.ts';
import { makeRoom } from './make-room.ts';
import { nameOf } from './metric-dictionary.ts';
import { PURGED_REASON } from './purge-selection.ts';
import { hasRow, type RowRange } from './row-ranges.ts';

/** As in the file: one at a time would look through all rows for each. */
const DROP_ROWS = 100;

const classOf = (change: MetricChange): Priority => change.priority ?? 'normal';

/** The twin of the SQLite buffer for tests of its users. It keeps every promise but the one about crashes. */
export class MemoryForwardBuffer implements ForwardBuffer {
  readonly #clock: Clock;
  readonly #limitBytes: number;
  readonly #whenFull: WhenFull;
  readonly #rows = new Map<number, BufferedChange>();
  readonly #settings = new Map<string, string>();
  readonly #losses = new LossSummary();
  readonly #deadLetters: { readonly row: BufferedChange; readonly reason: string; readonly foundAtMs: number }[] = [];
  readonly #counts = { read: (name: string) => this.#settings.get(name) };
  #lastRowId = 0;
  #storedCount = 0;
  #byteCount = 0;
  #isClosed = false;

  constructor(clock: Clock, options: { readonly limitBytes?: number; readonly whenFull?: WhenFull } = {}) {
    this.#clock = clock;
    this.#limitBytes = options.limitBytes ?? 500_000_000;
    this.#whenFull = options.whenFull ?? 'drop-oldest';
  }

  append(changes: readonly MetricChange[], hasSession = true): Promise<AppendResult> {
    return this.#run(() => {
      const before = this.#losses.droppedCount;
      const room = {
        freeBytes: () => this.#limitBytes - this.#byteCount,
        dropStored: (priority: Priority, end: 'oldest' | 'newest') => this.#dropStored(priority, end),
      };
      const kept = makeRoom(changes, this.#whenFull, room, this.#losses);
      for (const change of kept) this.#store(change);
      this.#addCounts(hasSession ? {} : { queuedCount: kept.length });
      return { lastRowId: this.#lastRowId, droppedCount: this.#losses.droppedCount - before };
    });
  }

  read({ afterRowId, upToRowId, maxRows, priority }: ReadRange): Promise<readonly BufferedChange[]> {
    const isAsked = (row: BufferedChange): boolean =>
      row.rowId > afterRowId && row.rowId <= upToRowId && (priority === undefined || classOf(row) === priority);
    return this.#run(() => [...this.#rows.values()].filter(isAsked).slice(0, maxRows));
  }

  confirm(ranges: readonly RowRange[], sent?: SendCounts): Promise<void> {
    return this.#run(() => {
      const before = this.#rows.size;
      for (const { firstRowId, lastRowId } of ranges) {
        for (const rowId of this.#rows.keys()) if (rowId >= firstRowId && rowId <= lastRowId) this.#delete(rowId);
      }
      this.#addCounts({ ...sent, confirmedCount: before - this.#rows.size });
    });
  }

  setAside(rows: readonly PoisonedRow[]): Promise<void> {
    return this.#run(() => {
      for (const { rowId, reason } of rows) {
        const row = this.#rows.get(rowId);
        if (row === undefined) continue;
        this.#deadLetters.push({ row, reason, foundAtMs: this.#clock.nowMs() });
        this.#delete(rowId);
        this.#addCounts({ deadLetterCount: 1 });
      }
    });
  }

  row(rowId: number): Promise<BufferedChange | undefined> {
    return this.#run(() => this.#rows.get(rowId));
  }

  page({ fromIndex, maxRows, search, filter, sent }: RowQuery): Promise<BufferPage> {
    return this.#run(() => {
      const rows = this.#selected({ ...filter, ...(search === '' ? {} : { search }) }).filter(
        ({ rowId }) => sent === undefined || hasRow(sent.rows, rowId) === sent.isSent,
      );
      return { rowCount: rows.length, rows: rows.slice(fromIndex, fromIndex + maxRows) };
    });
  }

  recordLosses(losses: readonly LossEntry[]): Promise<void> {
    return this.#run(() => losses.forEach((loss) => this.#losses.add(loss)));
  }

  losses(): Promise<readonly LossEntry[]> {
    return this.#run(() => this.#losses.entries());
  }

  countPurge(filter: PurgeFilter): Promise<readonly LossEntry[]> {
    return this.#run(() => this.#summarize(this.#selected(filter)).entries());
  }

  purge(filter: PurgeFilter): Promise<readonly LossEntry[]> {
    return this.#run(() => {
      const rows = this.#selected(filter);
      const purged = this.#summarize(rows).entries();
      for (const loss of purged) this.#losses.add(loss);
      for (const { rowId } of rows) this.#delete(rowId);
      this.#addCounts({ purgedCount: rows.length });
      return purged;
    });
  }

  deadLetters(): Promise<readonly DeadLetter[]> {
    return this.#run(() =>
      this.#deadLetters.map(({ row: { rowId, deviceId, metricName, timestampMs }, reason, foundAtMs }) => ({
        ...{ rowId, deviceId, metricName, timestampMs, reason, foundAtMs },
        isReadable: true,
      })),
    );
  }

  retryDeadLetters(): Promise<RetryResult> {
    return this.#run(() => {
      const retried = this.#deadLetters.splice(0);
      for (const { row } of retried) this.#store(row);
      this.#storedCount -= retried.length;
      this.#addCounts({ deadLetterCount: -retried.length });
      return { retriedCount: retried.length, keptCount: 0, lastRowId: this.#lastRowId };
    });
  }

  stats(): Promise<ForwardBufferStats> {
    return this.#run(() => {
      const oldest = this.#rows.values().next().value;
      return {
        rowCount: this.#rows.size,
        byteCount: this.#byteCount,
        limitBytes: this.#limitBytes,
        firstRowId: oldest?.rowId ?? null,
        lastRowId: this.#lastRowId,
        oldestTimestampMs: oldest?.timestampMs ?? null,
        storedCount: this.#storedCount,
        droppedCount: this.#losses.droppedCount,
        damagedCount: 0,
        ...readCounts(this.#counts),
        quarantine: null,
        rescue: null,
        diskFullSinceMs: null,
      };
    });
  }

  readSetting(key: string): Promise<string | undefined> {
    return this.#run(() => this.#settings.get(key));
  }

  writeSetting(key: string, value: string): Promise<void> {
    return this.#run(() => void this.#settings.set(key, value));
  }

  close(): Promise<void> {
    this.#isClosed = true;
    return Promise.resolve();
  }

  #selected(filter: PurgeFilter): readonly BufferedChange[] {
    const { search = '', deviceId, metricName, beforeMs = Infinity, fromMs = -Infinity, priority } = filter;
    return [...this.#rows.values()].filter(
      (row) =>
        row.timestampMs < beforeMs &&
        row.timestampMs >= fromMs &&
        (priority === undefined || classOf(row) === priority) &&
        nameOf(row).toLowerCase().includes(search.toLowerCase()) &&
        (deviceId === undefined || row.deviceId === deviceId) &&
        (metricName === undefined || row.metricName === metricName),
    );
  }

  #summarize(rows: readonly BufferedChange[]): LossSummary {
    const summary = new LossSummary();
    for (const row of rows) summary.addChange(row, PURGED_REASON);
    return summary;
  }

  #addCounts(added: Partial<DurableCounts>): void {
    addCounts({ ...this.#counts, write: (name, value) => void this.#settings.set(name, value) }, added);
  }

  #store(change: MetricChange): void {
    const rowId = ++this.#lastRowId;
    this.#rows.set(rowId, { ...change, rowId, storedAtMs: this.#clock.nowMs() });
    this.#byteCount += estimateRowBytes(change.value);
    this.#storedCount++;
  }

  #dropStored(priority: Priority, end: 'oldest' | 'newest'): boolean {
    const ofClass = [...this.#rows.values()].filter((row) => classOf(row) === priority);
    const chosen = end === 'oldest' ? ofClass.slice(0, DROP_ROWS) : ofClass.slice(-DROP_ROWS);
    for (const row of chosen) {
      this.#losses.addChange(row, LOSS_REASON[this.#whenFull]);
      this.#delete(row.rowId);
    }
    return chosen.length > 0;
  }

  #delete(rowId: number): void {
    const row = this.#rows.get(rowId);
    if (row !== undefined) this.#byteCount -= estimateRowBytes(row.value);
    this.#rows.delete(rowId);
  }

  #run<T>(work: () => T): Promise<T> {
    return new Promise((resolve) => {
      if (this.#isClosed) throw new EngineError('store-and-forward/closed', 'the forward buffer is closed');
      resolve(work());
    });
  }
}

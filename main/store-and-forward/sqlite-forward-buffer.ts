import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { LossEntry, PageQuery } from '../../shared/domain/listings.ts';
import type { MetricChange } from '../../shared/domain/metric.ts';
import type { DeadLetter, PurgeFilter, RetryResult } from '../../shared/domain/purge.ts';
import { type Clock, delay } from '../platform/clock.ts';
import { describeError, EngineError, type EngineErrorCode } from '../platform/engine-error.ts';
import { Ballast } from './ballast.ts';
import { readCounts, type SendCounts } from './durable-counts.ts';
import { lockFolder } from './folder-lock.ts';
import {
  type AppendResult,
  type BufferedChange,
  type BufferPage,
  type ForwardBuffer,
  type ForwardBufferStats,
  type QuarantineReport,
  type ReadRange,
  type WhenFull,
} from './forward-buffer.ts';
import type { PoisonedRow } from './forwarding-state.ts';
import { HighWaterMark } from './high-water-mark.ts';
import { openSqlite } from './open-sqlite.ts';
import { isDamage, isStranded, moveToQuarantine } from './quarantine.ts';
import type { RowRange } from './row-ranges.ts';
import { salvage } from './salvage.ts';
import { SqliteBufferFile } from './sqlite-buffer-file.ts';
import type { Tally } from './tally.ts';

export interface SqliteForwardBufferOptions {
  /** Folder of the file, its lock and its quarantine; made when it does not exist. */
  readonly folder: string;
  readonly limitBytes: number;
  readonly whenFull: WhenFull;
  /** Path of the compiled addon, for a runtime that the packaged one does not serve. */
  readonly nativeBinding?: string;
}

/** The file of the forward buffer inside its folder. */
export const bufferFilePath = (folder: string): string => join(folder, 'forward-buffer.sqlite');

const FAILURE_CODES: readonly (readonly [RegExp, EngineErrorCode, string])[] = [
  [/^SQLITE_FULL/, 'store-and-forward/disk-full', 'make room on the disk'],
  [/^SQLITE_(BUSY|LOCKED)/, 'store-and-forward/file-busy', 'close the program that holds the file'],
  [/^SQLITE_(READONLY|PERM|CANTOPEN|AUTH)/, 'store-and-forward/no-permission', 'give this user write access'],
  [/^SQLITE_IOERR/, 'store-and-forward/disk-error', 'check the disk'],
];

/**
 * The forward buffer in a SQLite file, in the calling thread; `WorkerForwardBuffer` puts it into a thread of its
 * own. A file found damaged, at open or at any later moment, is moved to quarantine, and the same call is
 * carried out on a new file.
 */
export class SqliteForwardBuffer implements ForwardBuffer {
  readonly #options: SqliteForwardBufferOptions;
  readonly #clock: Clock;
  readonly #mark: HighWaterMark;
  readonly #ballast: Ballast;
  readonly #unlock: () => void;
  /** Undefined after a new file could not be started; the next call tries again. */
  #file: SqliteBufferFile | undefined;
  #quarantine: QuarantineReport | null = null;
  #diskFullSinceMs: number | null = null;
  #isClosed = false;

  /** @throws EngineError `store-and-forward/no-folder`, `…/folder-in-use`, `…/file-newer`, `…/not-durable`, `…/no-permission`. */
  constructor(options: SqliteForwardBufferOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
    makeFolder(options.folder);
    this.#unlock = lockFolder(options.folder, options.nativeBinding);
    this.#mark = new HighWaterMark(join(options.folder, 'forward-buffer.mark'));
    this.#ballast = new Ballast(join(options.folder, 'forward-buffer.ballast'), options.limitBytes);
    try {
      this.#file = this.#openFirst();
    } catch (error) {
      this.#unlock();
      throw translate(error, options.folder);
    }
  }

  append(changes: readonly MetricChange[], hasSession?: boolean): Promise<AppendResult> {
    return this.#run((file, nowMs) => {
      const result = file.append(changes, nowMs, hasSession);
      this.#mark.raise(result.lastRowId, nowMs);
      if (this.#ballast.restore(nowMs)) {
        file.thawSize();
        this.#diskFullSinceMs = null;
      }
      return result;
    });
  }

  read(range: ReadRange): Promise<readonly BufferedChange[]> {
    return this.#run((file, nowMs) => file.read(range, nowMs));
  }

  confirm(ranges: readonly RowRange[], sent?: SendCounts): Promise<void> {
    return this.#run((file) => file.confirm(ranges, sent));
  }

  setAside(rows: readonly PoisonedRow[]): Promise<void> {
    return this.#run((file, nowMs) => file.setAside(rows, nowMs));
  }

  page(query: PageQuery): Promise<BufferPage> {
    return this.#run((file, nowMs) => file.page(query, nowMs));
  }

  recordLosses(losses: readonly LossEntry[]): Promise<void> {
    return this.#run((file) => file.recordLosses(losses));
  }

  losses(): Promise<readonly LossEntry[]> {
    return this.#run((file) => file.losses());
  }

  countPurge(filter: PurgeFilter): Promise<readonly LossEntry[]> {
    return this.#run((file) => file.countPurge(filter));
  }

  async purge(filter: PurgeFilter): Promise<readonly LossEntry[]> {
    let progress = await this.#run((file) => file.startPurge(filter));
    while (!progress.isDone) {
      const before = progress;
      progress = await this.#run((file) => file.purgeSlice(before));
      // A message of the thread's port is only taken between two turns of the event loop.
      await delay(this.#clock, 0);
    }
    return progress.purged.entries();
  }

  deadLetters(): Promise<readonly DeadLetter[]> {
    return this.#run((file) => file.deadLetters());
  }

  retryDeadLetters(): Promise<RetryResult> {
    return this.#run((file, nowMs) => file.retryDeadLetters(nowMs));
  }

  stats(): Promise<ForwardBufferStats> {
    return this.#run((file) => {
      return {
        ...file.fill(),
        ...file.tally,
        ...readCounts(file.settings),
        limitBytes: this.#options.limitBytes,
        quarantine: this.#quarantine,
        diskFullSinceMs: this.#diskFullSinceMs,
      };
    });
  }

  readSetting(key: string): Promise<string | undefined> {
    return this.#run((file) => file.settings.read(key));
  }

  writeSetting(key: string, value: string): Promise<void> {
    return this.#run((file) => file.settings.write(key, value));
  }

  close(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    return this.#run((file, nowMs) => {
      this.#isClosed = true;
      try {
        this.#mark.raise(file.tally.lastRowId, nowMs, true);
        file.close();
      } finally {
        this.#unlock();
      }
    });
  }

  #openFirst(): SqliteBufferFile {
    const path = bufferFilePath(this.#options.folder);
    if (isStranded(path)) return this.#startAgain('its write-ahead log was there without the database');
    try {
      const file = this.#open();
      this.#countMissing(file);
      return file;
    } catch (error) {
      if (!isDamage(error)) throw error;
      return this.#startAgain(describeError(error));
    }
  }

  #open(): SqliteBufferFile {
    const { folder, limitBytes, whenFull, nativeBinding } = this.#options;
    const db = openSqlite(bufferFilePath(folder), limitBytes, nativeBinding);
    try {
      return new SqliteBufferFile(db, limitBytes, whenFull);
    } catch (error) {
      db.close();
      throw error;
    }
  }

  /** Rows that the mark has seen and the file has not: a torn log lost them. At most so many; some had arrived. */
  #countMissing(file: SqliteBufferFile): void {
    const mark = this.#mark.read();
    const { lastRowId, damagedCount } = file.tally;
    if (mark === undefined || mark.lastRowId <= lastRowId) return;
    const missingCount = mark.lastRowId - lastRowId;
    const loss = {
      deviceId: null,
      metricName: '(unknown)',
      reason: 'file-damaged',
      droppedCount: missingCount,
      firstTimestampMs: mark.atMs,
      lastTimestampMs: mark.atMs,
    };
    file.recordLosses([loss], { lastRowId: mark.lastRowId, damagedCount: damagedCount + missingCount });
  }

  /** Moves the file aside and starts a new one that goes on with the row ids, counts, losses and settings. */
  #startAgain(reason: string, known?: Tally): SqliteBufferFile {
    const { folder, nativeBinding } = this.#options;
    const path = bufferFilePath(folder);
    const saved = salvage(path, nativeBinding);
    this.#quarantine = moveToQuarantine(folder, path, reason, this.#clock.nowMs());
    const file = this.#open();
    for (const { key, value } of saved.settings) file.settings.write(key, value);
    const lastRowIds = [known?.lastRowId, saved.tally?.lastRowId, this.#mark.read()?.lastRowId];
    const lastRowId = Math.max(...lastRowIds.map((rowId) => rowId ?? 0));
    file.recordLosses(saved.losses, { ...known, ...saved.tally, lastRowId });
    return file;
  }

  /** Synchronous inside; a promise outside, as the port wants it. */
  #run<T>(work: (file: SqliteBufferFile, nowMs: number) => T): Promise<T> {
    return new Promise((resolve) => {
      if (this.#isClosed) throw new EngineError('store-and-forward/closed', 'the forward buffer is closed');
      try {
        this.#file ??= this.#openFirst();
        resolve(this.#carryOut(this.#file, work));
      } catch (error) {
        throw translate(error, this.#options.folder);
      }
    });
  }

  #carryOut<T>(file: SqliteBufferFile, work: (file: SqliteBufferFile, nowMs: number) => T): T {
    try {
      return work(file, this.#clock.nowMs());
    } catch (error) {
      if (isDiskFull(error) && this.#ballast.release()) {
        this.#diskFullSinceMs = this.#clock.nowMs();
        file.freezeSize();
        return work(file, this.#clock.nowMs());
      }
      if (!isDamage(error)) throw error;
      this.#file = undefined;
      file.close();
      this.#file = this.#startAgain(describeError(error), file.tally);
      return work(this.#file, this.#clock.nowMs());
    }
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new EngineError(
      'store-and-forward/no-folder',
      `the folder of the forward buffer, ${folder}, cannot be made: ${describeError(error)}; name another data folder or give this user write access`,
      { folder },
      { cause: error },
    );
  }
}

const isDiskFull = (error: unknown): boolean =>
  error instanceof Database.SqliteError && error.code.startsWith('SQLITE_FULL');

/** Failures of SQLite get a code of ours and the next step; anything else passes on. */
function translate(error: unknown, folder: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const known = FAILURE_CODES.find(([pattern]) => pattern.test(error.code));
  const code = known?.[1] ?? 'store-and-forward/file-failed';
  const nextStep = known?.[2] ?? 'see the log';
  return new EngineError(
    code,
    `the forward buffer in ${folder}: ${error.message} (${error.code}); ${nextStep}`,
    { folder, sqliteCode: error.code },
    { cause: error },
  );
}

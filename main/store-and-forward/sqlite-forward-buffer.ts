import { mkdirSync } from 'node:fs';
import type { LossEntry } from '../../shared/domain/listings.ts';
import type { MetricChange } from '../../shared/domain/metric.ts';
import type { DeadLetter, PurgeFilter, RetryResult } from '../../shared/domain/purge.ts';
import { type Clock, delay } from '../platform/clock.ts';
import { describeError, EngineError } from '../platform/engine-error.ts';
import { BufferFileKeeper, type KeptFileOptions } from './buffer-file-keeper.ts';
import { readCounts, type SendCounts } from './durable-counts.ts';
import { lockFolder } from './folder-lock.ts';
import type {
  AppendResult,
  BufferedChange,
  BufferPage,
  ForwardBuffer,
  ForwardBufferStats,
  ReadRange,
  RowQuery,
} from './forward-buffer.ts';
import type { PoisonedRow } from './forwarding-state.ts';
import type { RowRange } from './row-ranges.ts';
import type { SqliteBufferFile } from './sqlite-buffer-file.ts';
import { translate } from './sqlite-failures.ts';

/** The folder holds the file, its lock and its quarantine; it is made when it does not exist. */
export type SqliteForwardBufferOptions = KeptFileOptions;

/**
 * The forward buffer in a SQLite file, in the calling thread; `WorkerForwardBuffer` puts it into a thread of its
 * own. What happens to the file meanwhile is the keeper's concern.
 */
export class SqliteForwardBuffer implements ForwardBuffer {
  readonly #options: SqliteForwardBufferOptions;
  readonly #clock: Clock;
  readonly #keeper: BufferFileKeeper;
  readonly #unlock: () => void;
  #isClosed = false;

  /** @throws EngineError `store-and-forward/no-folder`, `…/folder-in-use`, `…/file-newer`, `…/not-durable`, `…/no-permission`. */
  constructor(options: SqliteForwardBufferOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
    makeFolder(options.folder);
    this.#unlock = takeFolder(options);
    try {
      this.#keeper = new BufferFileKeeper(options, clock);
    } catch (error) {
      this.#unlock();
      throw translate(error, options.folder);
    }
    // After the calls that wait already. What goes wrong here goes wrong for the next call too, which tells it.
    void delay(clock, 0)
      .then(() => this.#readIndex())
      .catch(() => {});
  }

  append(changes: readonly MetricChange[], hasSession?: boolean): Promise<AppendResult> {
    return this.#run((file, nowMs) => {
      const result = file.append(changes, nowMs, hasSession);
      this.#keeper.afterAppend(file, nowMs);
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

  row(rowId: number): Promise<BufferedChange | undefined> {
    const range = { afterRowId: rowId - 1, upToRowId: rowId, maxRows: 1 };
    return this.#run((file, nowMs) => file.read(range, nowMs)[0]);
  }

  async page(query: RowQuery): Promise<BufferPage> {
    if (query.search !== '' || query.filter !== undefined) await this.#readIndex();
    while (await this.#run((file) => file.pages.readSlice(query, file.tally.lastRowId))) await delay(this.#clock, 0);
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
        ...this.#keeper.alarms,
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
    return new Promise((resolve) => {
      if (!this.#isClosed) {
        this.#isClosed = true;
        try {
          this.#keeper.close();
        } finally {
          this.#unlock();
        }
      }
      resolve();
    });
  }

  /** Other calls get their turn in between: a full file takes seconds. Ends when the buffer is closed. */
  async #readIndex(): Promise<void> {
    while (!this.#isClosed && (await this.#run((file) => file.indexReading.readSlice()))) await delay(this.#clock, 0);
  }

  /** Synchronous inside; a promise outside, as the port wants it. */
  #run<T>(work: (file: SqliteBufferFile, nowMs: number) => T): Promise<T> {
    return new Promise((resolve) => {
      if (this.#isClosed) throw new EngineError('store-and-forward/closed', 'the forward buffer is closed');
      try {
        resolve(this.#keeper.run(work));
      } catch (error) {
        throw translate(error, this.#options.folder);
      }
    });
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

/** Locks the folder; a disk that refuses the lock is no other gateway. */
function takeFolder({ folder, nativeBinding }: SqliteForwardBufferOptions): () => void {
  try {
    return lockFolder(folder, nativeBinding);
  } catch (error) {
    throw translate(error, folder);
  }
}

import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { LossEntry } from '../../shared/domain/listings.ts';
import type { Clock } from '../platform/clock.ts';
import { describeError } from '../platform/engine-error.ts';
import { Ballast } from './ballast.ts';
import { type FileIdentity, findMissing, identify } from './file-identity.ts';
import type { QuarantineReport, RescueReport, WhenFull } from './forward-buffer.ts';
import { HighWaterMark } from './high-water-mark.ts';
import { openSqlite } from './open-sqlite.ts';
import { isDamage, isStranded, moveToQuarantine } from './quarantine.ts';
import { copyAside, finishRescue } from './rescue.ts';
import { salvage } from './salvage.ts';
import { SqliteBufferFile } from './sqlite-buffer-file.ts';
import { isDiskFull, isHandleInDoubt } from './sqlite-failures.ts';
import type { Tally } from './tally.ts';

export interface KeptFileOptions {
  readonly folder: string;
  readonly limitBytes: number;
  readonly whenFull: WhenFull;
  /** Path of the compiled addon, for a runtime that the packaged one does not serve. */
  readonly nativeBinding?: string;
}

/** The file of the forward buffer inside its folder. */
export const bufferFilePath = (folder: string): string => join(folder, 'forward-buffer.sqlite');

/** How often the files on the disk are compared with the open ones. */
const LOOK_EVERY_MS = 5_000;
/** A large file takes a second to open; a broken disk is asked no more often. */
const RETRY_EVERY_MS = 2_000;
const REFRESH_EVERY_MS = 10_000;

type Work<T> = (file: SqliteBufferFile, nowMs: number) => T;

/**
 * Keeps one buffer file open and right, whatever happens to it: a damaged one is moved to quarantine and a new one
 * goes on with the same row ids; a deleted or replaced one is carried over; a full disk gets the ballast back;
 * after a failure of the disk the file is opened anew. The call that met the trouble is carried out on what is
 * open then.
 */
export class BufferFileKeeper {
  readonly #options: KeptFileOptions;
  readonly #clock: Clock;
  readonly #path: string;
  readonly #mark: HighWaterMark;
  readonly #ballast: Ballast;
  /** Undefined while the file could not be opened; the next call tries again. */
  #file: SqliteBufferFile | undefined;
  #identity: FileIdentity | undefined;
  #lookedAtMs: number;
  /** Why the file is not to be used before it is opened or carried over, and when that was tried last. */
  #trouble: { readonly error: unknown; readonly atMs: number } | undefined;
  #refreshedAtMs = -Infinity;
  #quarantine: QuarantineReport | null = null;
  #rescue: RescueReport | null = null;
  #diskFullSinceMs: number | null = null;

  /** Opens the file. The folder is there and locked. */
  constructor(options: KeptFileOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
    this.#path = bufferFilePath(options.folder);
    this.#lookedAtMs = clock.monotonicMs();
    this.#mark = new HighWaterMark(join(options.folder, 'forward-buffer.mark'));
    this.#ballast = new Ballast(join(options.folder, 'forward-buffer.ballast'), options.limitBytes);
    this.#file = this.#openFirst();
  }

  get alarms() {
    return { quarantine: this.#quarantine, rescue: this.#rescue, diskFullSinceMs: this.#diskFullSinceMs };
  }

  /** Carries out the work on the open file, which it opens or repairs where it has to. */
  run<T>(work: Work<T>): T {
    const file = this.#usableFile();
    try {
      return work(file, this.#clock.nowMs());
    } catch (error) {
      if (isDiskFull(error) && this.#releaseBallast(file)) return work(file, this.#clock.nowMs());
      if (isHandleInDoubt(error) && this.#refresh(file)) return work(this.#usableFile(), this.#clock.nowMs());
      if (!isDamage(error)) throw error;
      this.#file = undefined;
      file.close();
      this.#file = this.#startAgain(describeError(error), { tally: file.tally, rowCount: file.rowCount });
      return work(this.#file, this.#clock.nowMs());
    }
  }

  /** What an append brings with it: the mark, and the ballast as soon as there is room for it again. */
  afterAppend(file: SqliteBufferFile, nowMs: number): void {
    this.#mark.raise(() => witness(file), nowMs);
    if (!this.#ballast.restore(nowMs)) return;
    file.thawSize();
    this.#diskFullSinceMs = null;
  }

  /** Closes what is open; a file that could not be opened again has nothing to close. */
  close(): void {
    const file = this.#file;
    if (file === undefined) return;
    this.#mark.raise(() => witness(file), this.#clock.nowMs(), true);
    try {
      // What was taken away since the last look would end with this handle.
      this.#look(file, this.#clock.monotonicMs());
    } finally {
      this.#file?.close();
      this.#file = undefined;
    }
  }

  #usableFile(): SqliteBufferFile {
    const nowMs = this.#clock.monotonicMs();
    if (this.#trouble !== undefined && nowMs - this.#trouble.atMs < RETRY_EVERY_MS) throw this.#trouble.error;
    try {
      this.#file ??= this.#openFirst();
      if (this.#trouble !== undefined || nowMs - this.#lookedAtMs >= LOOK_EVERY_MS) this.#look(this.#file, nowMs);
      this.#trouble = undefined;
      return this.#file;
    } catch (error) {
      this.#trouble = { error, atMs: nowMs };
      throw error;
    }
  }

  /** Sees whether the open files are still those at the path, and carries the rows over when they are not. */
  #look(file: SqliteBufferFile, nowMs: number): void {
    const opened = this.#identity;
    const present = identify(this.#path);
    const missing = opened && findMissing(opened, present);
    if (missing !== undefined) {
      // A lost log goes into the database, or all into a copy; until that is done nothing is closed.
      if (missing === 'database' || !file.checkpoint()) copyAside(file, this.#path);
      const { rowCount } = file.fill();
      this.#file = undefined;
      file.close();
      // What is still ours is carried over; what is not, `finishRescue` moves to quarantine.
      if (present.log === opened?.log) rmSync(`${this.#path}-wal`, { force: true });
      if (present.memory === opened?.memory) rmSync(`${this.#path}-shm`, { force: true });
      const atMs = this.#clock.nowMs();
      this.#file = this.#openFirst();
      this.#rescue = { atMs, rescueCount: (this.#rescue?.rescueCount ?? 0) + 1, missing, rowCount };
    }
    this.#lookedAtMs = nowMs;
  }

  /**
   * The disk has failed under the handle. A disk that is back may need a fresh one; as long as there is none, the
   * old one stays, because it may still be good for reading.
   */
  #refresh(file: SqliteBufferFile): boolean {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#refreshedAtMs < REFRESH_EVERY_MS || !existsSync(this.#path)) return false;
    this.#refreshedAtMs = nowMs;
    try {
      this.#file = this.#open();
    } catch {
      // The failure that led here is the one to tell.
      return false;
    }
    file.close();
    return true;
  }

  #openFirst(): SqliteBufferFile {
    const { folder } = this.#options;
    this.#quarantine = finishRescue(folder, this.#path, this.#clock.nowMs()) ?? this.#quarantine;
    if (isStranded(this.#path)) return this.#startAgain('its write-ahead log was there without the database');
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
    const { limitBytes, whenFull, nativeBinding } = this.#options;
    const open = (): SqliteBufferFile => {
      const db = openSqlite(this.#path, limitBytes, nativeBinding);
      try {
        return new SqliteBufferFile(db, limitBytes, whenFull);
      } catch (error) {
        db.close();
        throw error;
      }
    };
    let file: SqliteBufferFile;
    try {
      file = open();
    } catch (error) {
      const givenBackBytes = isDiskFull(error) ? this.#ballast.release() : 0;
      if (givenBackBytes === 0) throw error;
      file = open();
      this.#freeze(file, givenBackBytes);
    }
    this.#identity = identify(this.#path);
    return file;
  }

  #releaseBallast(file: SqliteBufferFile): boolean {
    const givenBackBytes = this.#ballast.release();
    if (givenBackBytes === 0) return false;
    this.#freeze(file, givenBackBytes);
    return true;
  }

  /** A quarter of the ballast is for rows; the other three quarters are for the log. */
  #freeze(file: SqliteBufferFile, givenBackBytes: number): void {
    this.#diskFullSinceMs = this.#clock.nowMs();
    file.freezeSize(givenBackBytes / 4);
  }

  /** Rows that the mark has seen and the file has not: a torn log lost them. At most so many; some had arrived. */
  #countMissing(file: SqliteBufferFile): void {
    const mark = this.#mark.read();
    if (mark === undefined || mark.lastRowId <= file.tally.lastRowId) return;
    const missingCount = Math.min(mark.lastRowId - file.tally.lastRowId, mark.rowCount ?? Infinity);
    const loss = unknownLoss('file-damaged-at-most', missingCount, mark.atMs);
    file.recordLosses([loss], { lastRowId: mark.lastRowId });
    // Those that the torn log left stay: they are older, and history is then read from further back.
    for (const { key, value } of mark.settings ?? []) {
      if (file.settings.read(key) === undefined) file.settings.write(key, value);
    }
  }

  /**
   * Moves the file aside and starts a new one that goes on with the row ids, counts, losses and settings. The rows
   * that waited in it are entered as lost, as far as they can be counted: at most so many, some had arrived.
   */
  #startAgain(reason: string, known?: { readonly tally: Tally; readonly rowCount: number }): SqliteBufferFile {
    const { folder, nativeBinding } = this.#options;
    const saved = salvage(this.#path, nativeBinding);
    const nowMs = this.#clock.nowMs();
    this.#quarantine = moveToQuarantine(folder, this.#path, reason, nowMs);
    const file = this.#open();
    const mark = this.#mark.read();
    // Seconds old, but with them the history of the servers is read from before the damage.
    const settings = saved.settings.length > 0 ? saved.settings : (mark?.settings ?? []);
    for (const { key, value } of settings) file.settings.write(key, value);
    const lastRowId = Math.max(known?.tally.lastRowId ?? 0, saved.tally?.lastRowId ?? 0, mark?.lastRowId ?? 0);
    const lostCount = known?.rowCount ?? saved.rowCount ?? mark?.rowCount ?? 0;
    file.recordLosses(saved.losses, { ...known?.tally, ...saved.tally, lastRowId });
    if (lostCount > 0) file.recordLosses([unknownLoss('file-quarantined-at-most', lostCount, nowMs)]);
    return file;
  }
}

/** What the mark beside the file says of it. */
const witness = (file: SqliteBufferFile) => ({
  lastRowId: file.tally.lastRowId,
  rowCount: file.rowCount,
  settings: file.settings.all(),
});

/** Rows of which only the number is known. */
const unknownLoss = (reason: string, droppedCount: number, atMs: number): LossEntry => ({
  deviceId: null,
  metricName: '(unknown)',
  reason,
  droppedCount,
  firstTimestampMs: atMs,
  lastTimestampMs: atMs,
});

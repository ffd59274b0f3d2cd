import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { LossEntry } from '../../shared/domain/listings.ts';
import type { DeadLetter } from '../../shared/domain/purge.ts';
import { EngineError } from '../platform/engine-error.ts';
import { bufferFilePath } from './buffer-file-keeper.ts';
import { ChangeTable } from './change-table.ts';
import { DeadLetterTable } from './dead-letter-table.ts';
import { type DurableCounts, readCounts } from './durable-counts.ts';
import type { BufferedChange } from './forward-buffer.ts';
import { APPLICATION_ID, SCHEMA_VERSION } from './forward-buffer-schema.ts';
import { LossLedger } from './loss-ledger.ts';
import { MetricDictionary, nameOf } from './metric-dictionary.ts';
import type { Sqlite } from './open-sqlite.ts';
import { Settings } from './settings.ts';
import { type Tally, TallyRow } from './tally.ts';

const PAGE_ROWS = 5_000;
const BUSY_TIMEOUT_MS = 5_000;

export interface BufferFacts extends Tally, Omit<DurableCounts, 'queuedCount' | 'replayedCount'> {
  readonly rowCount: number;
  readonly oldestTimestampMs: number | null;
  /** Rows stored while there was no session, and rows sent as historical, since the file was made. */
  readonly messagesQueued: number;
  readonly messagesReplayed: number;
}

/**
 * Reads a forward buffer without changing it, whether its gateway runs or not: SQLite's log lets readers see the
 * last committed state beside the writer. Damaged rows are passed over; the gateway itself sets them aside.
 */
export class BufferReader {
  readonly #db: Sqlite;
  readonly #dictionary: MetricDictionary;
  readonly #table: ChangeTable;

  /** @throws EngineError `store-and-forward/no-buffer` when the folder holds none, `…/file-older`, `…/file-newer`. */
  constructor(folder: string, nativeBinding?: string) {
    const path = bufferFilePath(folder);
    if (!existsSync(path)) {
      throw new EngineError('store-and-forward/no-buffer', `${folder} holds no buffer; name the gateway's data folder`);
    }
    this.#db = new Database(path, {
      readonly: true,
      timeout: BUSY_TIMEOUT_MS,
      ...(nativeBinding === undefined ? {} : { nativeBinding }),
    });
    try {
      checkReadable(this.#db, path);
    } catch (error) {
      this.#db.close();
      throw error;
    }
    this.#dictionary = new MetricDictionary(this.#db);
    this.#table = new ChangeTable(this.#db, this.#dictionary);
  }

  facts(): BufferFacts {
    const { queuedCount, replayedCount, ...counts } = readCounts(new Settings(this.#db));
    return {
      ...new TallyRow(this.#db).read(),
      rowCount: this.#table.countRows(),
      oldestTimestampMs: this.#table.oldestTimestampMs(),
      ...counts,
      messagesQueued: queuedCount,
      messagesReplayed: replayedCount,
    };
  }

  losses(): readonly LossEntry[] {
    return new LossLedger(this.#db).entries();
  }

  deadLetters(): readonly DeadLetter[] {
    return new DeadLetterTable(this.#db, this.#dictionary).list();
  }

  /** Oldest first, in bounded memory; `search` looks in device and metric names, whatever the case. */
  *rows(search: string): Generator<BufferedChange> {
    const wanted = search.toLowerCase();
    const lastRowId = new TallyRow(this.#db).read().lastRowId;
    let afterRowId = 0;
    for (;;) {
      const found = this.#table.read(afterRowId, lastRowId, PAGE_ROWS);
      for (const row of found.rows) {
        if (nameOf(row).toLowerCase().includes(wanted)) yield row;
      }
      if (found.lastRowId === undefined) return;
      afterRowId = found.lastRowId;
    }
  }

  close(): void {
    this.#db.close();
  }
}

function checkReadable(db: Sqlite, path: string): void {
  if (db.pragma('application_id', { simple: true }) !== APPLICATION_ID) {
    throw new EngineError('store-and-forward/no-buffer', `${path} is not a forward buffer of Lineside`);
  }
  const version = Number(db.pragma('user_version', { simple: true }));
  if (version === SCHEMA_VERSION) return;
  const text = `${path} has version ${version}, this one knows ${SCHEMA_VERSION}`;
  throw version < SCHEMA_VERSION
    ? new EngineError('store-and-forward/file-older', `${text}: start its gateway once, which brings it up`)
    : new EngineError('store-and-forward/file-newer', `${text}: use the newer version's own command`);
}

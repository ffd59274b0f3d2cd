/**
 * Opens the file so that "committed" means "on the disk". better-sqlite3 13 is built with
 * DEFAULT_WAL_SYNCHRONOUS=1: `synchronous` still reads FULL after `journal_mode=WAL`, and is NORMAL from the
 * first write on and on every later open. So FULL is set on every open, and read back after a write.
 */
import { closeSync, existsSync, openSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { crashPoint } from '../platform/crash-point.ts';
import { EngineError } from '../platform/engine-error.ts';
import { assertMayCreate } from '../platform/table-home.ts';
import { APPLICATION_ID, MIGRATIONS, SCHEMA, SCHEMA_VERSION } from './forward-buffer-schema.ts';

export type Sqlite = Database.Database;

const BUSY_TIMEOUT_MS = 5_000;
const JOURNAL_LIMIT_BYTES = 64 * 1024 * 1024;
const SYNCHRONOUS_FULL = 2;

export const PAGE_BYTES = 4_096;

/**
 * What the file may grow beyond its limit for the ledger, settings and dead letters (8 MB): a ledger that thousands
 * of tags enter at once takes more than their dropped rows have left, and an append without it fails for ever. The
 * next append drops what is above the limit.
 */
const ACCOUNT_PAGES = 2_048;

/**
 * @throws EngineError `store-and-forward/file-damaged` (or an SqliteError that says so), `…/file-newer`,
 * `…/not-durable`.
 */
export function openSqlite(path: string, limitBytes: number, nativeBinding?: string): Sqlite {
  // SQLite gives the log and the shared memory the mode of the database; a worker cannot set the umask.
  // Never opened when it is there: closing it would take the locks of a handle that this process has on it.
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
  const isNew = statSync(path).size === 0;
  const db = new Database(path, {
    timeout: BUSY_TIMEOUT_MS,
    ...(nativeBinding === undefined ? {} : { nativeBinding }),
  });
  try {
    if (!isNew) checkIdentity(db, path);
    const journalMode = db.pragma('journal_mode = WAL', { simple: true });
    db.pragma('synchronous = FULL');
    db.pragma(`journal_size_limit = ${JOURNAL_LIMIT_BYTES}`);
    const version = Number(db.pragma('user_version', { simple: true }));
    if (version === 0) makeSchema(db);
    else {
      checkWhole(db, path);
      migrate(db, version);
    }
    checkDurability(db, path, journalMode);
    // Last: what is done above must succeed in a full file too, also in one that was made under a higher limit.
    db.pragma(`max_page_count = ${Math.floor(limitBytes / PAGE_BYTES) + ACCOUNT_PAGES}`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function checkIdentity(db: Sqlite, path: string): void {
  const applicationId = db.pragma('application_id', { simple: true });
  const version = Number(db.pragma('user_version', { simple: true }));
  // A crash while the schema was made leaves a file with neither.
  const isEmpty = applicationId === 0 && version === 0 && countTables(db) === 0;
  if (!isEmpty && applicationId !== APPLICATION_ID) throw damaged(path, 'it is not a forward buffer');
  if (version > SCHEMA_VERSION) {
    throw new EngineError(
      'store-and-forward/file-newer',
      `${path} was written by a newer version (${version}, this one knows ${SCHEMA_VERSION}): start that version again`,
      { path, version },
    );
  }
}

/** Whole or not at all: a crash in between leaves an empty file, which the next start takes for a new one. */
function makeSchema(db: Sqlite): void {
  assertMayCreate(SCHEMA, 'buffer');
  db.transaction(() => {
    db.exec(SCHEMA);
    crashPoint('mid-migration');
  })();
}

/** All steps in one transaction, the version with them: a crash leaves the old file or the new one. */
function migrate(db: Sqlite, fromVersion: number): void {
  const steps = MIGRATIONS.slice(fromVersion - 1);
  if (steps.length === 0) return;
  const run = db.transaction(() => {
    steps.forEach((step) => {
      assertMayCreate(step, 'buffer');
      db.exec(step);
    });
    crashPoint('mid-migration');
  });
  run.immediate();
}

function countTables(db: Sqlite): unknown {
  return db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get();
}

function checkWhole(db: Sqlite, path: string): void {
  const finding = db.pragma('quick_check(1)', { simple: true });
  if (finding !== 'ok') throw damaged(path, String(finding));
}

function damaged(path: string, finding: string): EngineError {
  return new EngineError('store-and-forward/file-damaged', `${path} cannot be used: ${finding}`, { path, finding });
}

function checkDurability(db: Sqlite, path: string, journalMode: unknown): void {
  db.exec("INSERT OR REPLACE INTO setting VALUES ('openedWith', sqlite_version())");
  const synchronous = db.pragma('synchronous', { simple: true });
  if (journalMode === 'wal' && synchronous === SYNCHRONOUS_FULL) return;
  throw new EngineError(
    'store-and-forward/not-durable',
    `${path} would not survive a power cut (journal_mode ${String(journalMode)}, synchronous ${String(synchronous)}): use a local disk`,
    { path, journalMode, synchronous },
  );
}

/**
 * Opens the file so that "committed" means "on the disk", and brings it to this program's version. A few writes a
 * week and some kilobytes: it is used in the calling thread.
 */
import { closeSync, existsSync, openSync } from 'node:fs';
import Database from 'better-sqlite3';
import { crashPoint } from '../platform/crash-point.ts';
import { EngineError, type EngineErrorCode } from '../platform/engine-error.ts';
import { assertHome, assertMayCreate } from '../platform/table-home.ts';
import { APPLICATION_ID, MIGRATIONS } from './configuration-schema.ts';

export type Sqlite = Database.Database;

/** A command may change a reason while the gateway records a site. */
const BUSY_TIMEOUT_MS = 5_000;
const SYNCHRONOUS_FULL = 2;

/**
 * @param fill run once in a file that is new, in the transaction that makes its tables.
 * @throws EngineError `config/store-newer`, `config/store-damaged`, `config/store-failed`,
 *   `config/store-not-durable`, `config/wrong-home`.
 */
export function openConfigurationFile(file: string, fill: (db: Sqlite) => void, nativeBinding?: string): Sqlite {
  return translating(file, () => {
    // SQLite gives the log and the shared memory the mode of the database.
    if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
    const db = new Database(file, {
      timeout: BUSY_TIMEOUT_MS,
      ...(nativeBinding === undefined ? {} : { nativeBinding }),
    });
    try {
      prepare(db, file, fill);
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

function prepare(db: Sqlite, file: string, fill: (db: Sqlite) => void): void {
  checkIdentity(db, file);
  const journalMode = db.pragma('journal_mode = WAL', { simple: true });
  // Not the default of this build once a file is in WAL mode: set on every open, and read back below.
  db.pragma('synchronous = FULL');
  db.pragma('foreign_keys = ON');
  // Immediate: of two programs that open a new file at once one waits, and then finds it made.
  db.transaction(() => migrate(db, fill)).immediate();
  checkDurability(db, file, journalMode);
  // A file that somebody has put tables of another store into is not ours to go on with.
  for (const table of listTables(db)) assertHome(table, 'configuration');
}

function checkIdentity(db: Sqlite, file: string): void {
  const version = readVersion(db);
  const applicationId = db.pragma('application_id', { simple: true });
  // A crash before the first commit leaves a file with neither.
  const isEmpty = applicationId === 0 && version === 0 && listTables(db).length === 0;
  if (!isEmpty && applicationId !== APPLICATION_ID) {
    throw new EngineError('config/store-damaged', `${file} is not a configuration of Lineside: put it elsewhere`, {
      file,
    });
  }
  if (version > MIGRATIONS.length) {
    throw new EngineError(
      'config/store-newer',
      `${file} was written by a newer version (${version}, this one knows ${MIGRATIONS.length}): start that version again`,
      { file, version },
    );
  }
  const finding = isEmpty ? 'ok' : db.pragma('quick_check(1)', { simple: true });
  if (finding === 'ok') return;
  throw new EngineError('config/store-damaged', `${file} is damaged (${String(finding)}): put a backup in its place`, {
    file,
  });
}

function checkDurability(db: Sqlite, file: string, journalMode: unknown): void {
  const synchronous = db.pragma('synchronous', { simple: true });
  if (journalMode === 'wal' && synchronous === SYNCHRONOUS_FULL) return;
  throw new EngineError(
    'config/store-not-durable',
    `${file} would not survive a power cut (journal_mode ${String(journalMode)}, synchronous ${String(synchronous)}): use a local disk`,
    { file, journalMode, synchronous },
  );
}

function migrate(db: Sqlite, fill: (db: Sqlite) => void): void {
  const from = readVersion(db);
  for (const step of MIGRATIONS.slice(from)) {
    assertMayCreate(step, 'configuration');
    db.exec(step);
  }
  if (from === MIGRATIONS.length) return;
  if (from === 0) fill(db);
  db.pragma(`application_id = ${APPLICATION_ID}`);
  db.pragma(`user_version = ${MIGRATIONS.length}`);
  crashPoint('mid-migration');
}

const readVersion = (db: Sqlite): number => Number(db.pragma('user_version', { simple: true }));

const listTables = (db: Sqlite): readonly string[] =>
  db
    .prepare<[], string>(
      "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    )
    .pluck()
    .all();

const FAILURES: readonly (readonly [RegExp, EngineErrorCode, string])[] = [
  [/^SQLITE_(NOTADB|CORRUPT)/, 'config/store-damaged', 'put a backup in its place'],
  [/^SQLITE_FULL/, 'config/store-failed', 'make room on the disk'],
  [/^SQLITE_(BUSY|LOCKED)/, 'config/store-failed', 'close the program that holds it'],
  [/^SQLITE_(READONLY|PERM|CANTOPEN|AUTH)/, 'config/store-failed', 'give this user write access'],
];

/** Runs what uses the file; failures of SQLite get a code of ours and the next step, anything else passes on. */
export function translating<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof Database.SqliteError)) throw cause;
    const known = FAILURES.find(([pattern]) => pattern.test(cause.code));
    const [, code, nextStep] = known ?? [undefined, 'config/store-failed' as const, 'check the disk'];
    const text = `the configuration in ${file}: ${cause.message} (${cause.code}); ${nextStep}`;
    throw new EngineError(code, text, { file, sqliteCode: cause.code }, { cause });
  }
}

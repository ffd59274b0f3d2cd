import Database from 'better-sqlite3';
import { EngineError, type EngineErrorCode } from '../platform/engine-error.ts';

const FAILURE_CODES: readonly (readonly [RegExp, EngineErrorCode, string])[] = [
  [/^SQLITE_FULL/, 'store-and-forward/disk-full', 'make room on the disk'],
  [/^SQLITE_(BUSY|LOCKED)/, 'store-and-forward/file-busy', 'close the program that holds the file'],
  [/^SQLITE_(READONLY|PERM|CANTOPEN|AUTH)/, 'store-and-forward/no-permission', 'give this user write access'],
  [/^SQLITE_IOERR/, 'store-and-forward/disk-error', 'check the disk'],
];

export const isDiskFull = (error: unknown): boolean =>
  error instanceof Database.SqliteError && error.code.startsWith('SQLITE_FULL');

/** The handle may be of no use any more, even when the disk is back: a file opened anew is. */
export const isHandleInDoubt = (error: unknown): boolean =>
  error instanceof Database.SqliteError && /^SQLITE_(READONLY|PERM|CANTOPEN|IOERR)/.test(error.code);

/** Failures of SQLite get a code of ours and the next step; anything else passes on. */
export function translate(error: unknown, folder: string): unknown {
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

/**
 * A file that cannot be used is moved aside whole (database, write-ahead log and shared memory belong together)
 * and never deleted: somebody may want to recover it. Collection goes on in a new file.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import Database from 'better-sqlite3';
import { crashPoint } from '../platform/crash-point.ts';
import { isEngineError } from '../platform/engine-error.ts';
import type { QuarantineReport } from './forward-buffer.ts';

const SUFFIXES = ['', '-wal', '-shm'] as const;

/** Moves the three files to `<folder>/quarantine/<time>/`. */
export function moveToQuarantine(folder: string, path: string, reason: string, atMs: number): QuarantineReport {
  const name = new Date(atMs).toISOString().replaceAll(':', '-');
  let target = join(folder, 'quarantine', name);
  for (let attempt = 2; existsSync(target); attempt++) target = join(folder, 'quarantine', `${name}-${attempt}`);
  mkdirSync(target, { recursive: true, mode: 0o700 });
  for (const suffix of SUFFIXES) {
    if (existsSync(path + suffix)) renameSync(path + suffix, join(target, basename(path) + suffix));
    crashPoint('mid-quarantine');
  }
  return { atMs, folder: target, reason, byteCount: countBytes(join(folder, 'quarantine')) };
}

function countBytes(folder: string): number {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

/** True for errors that say that the file itself is wrong, so that trying again cannot help. */
export function isDamage(error: unknown): boolean {
  if (isEngineError(error, 'store-and-forward/file-damaged')) return true;
  return error instanceof Database.SqliteError && /^SQLITE_(CORRUPT|NOTADB)/.test(error.code);
}

/** A write-ahead log whose database is gone: SQLite would delete it when it makes a new one. */
export const isStranded = (path: string): boolean =>
  !existsSync(path) && (existsSync(`${path}-wal`) || existsSync(`${path}-shm`));

/**
 * A database that was deleted or replaced while it is open can still be read through the open handle, until the
 * process ends: what was accepted is then carried over into a new file at the right path. Changes written after
 * that moment would be lost with the process, so the buffer takes none before it is done.
 */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { QuarantineReport } from './forward-buffer.ts';
import { moveToQuarantine } from './quarantine.ts';

const REASON = 'it lay in the place of the running buffer file, which was carried over into a new one';

const SUFFIXES = ['', '-wal', '-shm'] as const;
const rescuedPath = (path: string): string => `${path}.rescued`;

/** Leaves a whole copy beside `path`, flushed to disk; fails without having moved or closed anything. */
export function copyAside(file: { copyInto(path: string): void }, path: string): void {
  const unfinished = `${path}.rescuing`;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  rmSync(unfinished, { force: true });
  closeSync(openSync(unfinished, 'wx', 0o600));
  file.copyInto(unfinished);
  flush(unfinished);
  renameSync(unfinished, rescuedPath(path));
  flush(dirname(path));
}

/**
 * Puts a finished copy in its place, also one that a crash has left. What lies there (another file, or the log of
 * the lost one, which must not be taken for that of the copy) goes to quarantine; null when there is nothing.
 */
export function finishRescue(folder: string, path: string, nowMs: number): QuarantineReport | null {
  if (!existsSync(rescuedPath(path))) return null;
  const hasStrangers = SUFFIXES.some((suffix) => existsSync(path + suffix));
  const report = hasStrangers ? moveToQuarantine(folder, path, REASON, nowMs) : null;
  renameSync(rescuedPath(path), path);
  flush(folder);
  return report;
}

function flush(path: string): void {
  // A folder cannot be opened for this on Windows, where a rename is durable by itself.
  if (process.platform === 'win32') return;
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

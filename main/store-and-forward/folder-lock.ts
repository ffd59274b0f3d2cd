/**
 * One gateway per folder. The lock is SQLite's own exclusive lock on an empty file, so the operating system
 * takes it back when its owner dies in whatever way: there is no stale lock and no pid that another process has
 * inherited. The pid in the file beside it is only for the sentence that names the owner.
 */
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { EngineError } from '../platform/engine-error.ts';

/**
 * Takes the lock; the returned function gives it back.
 *
 * @throws EngineError `store-and-forward/folder-in-use` naming the pid of the gateway that holds it.
 */
export function lockFolder(folder: string, nativeBinding?: string): () => void {
  const pidPath = join(folder, 'forward-buffer.pid');
  const lockPath = join(folder, 'forward-buffer.lock');
  // Never opened when it is there: closing a second handle would take the lock from a holder in this process.
  if (!existsSync(lockPath)) closeSync(openSync(lockPath, 'a', 0o600));
  const lock = new Database(lockPath, {
    timeout: 0,
    ...(nativeBinding === undefined ? {} : { nativeBinding }),
  });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    lock.close();
    // A disk that refuses the lock is no gateway that holds it.
    if (!(cause instanceof Database.SqliteError && cause.code.startsWith('SQLITE_BUSY'))) throw cause;
    const pid = readPid(pidPath);
    throw new EngineError(
      'store-and-forward/folder-in-use',
      `the folder ${folder} is in use by the gateway with pid ${pid}: stop that one, or give this one its own folder`,
      { folder, pid },
      { cause },
    );
  }
  writeFileSync(pidPath, String(process.pid), { mode: 0o600 });
  return () => {
    rmSync(pidPath, { force: true });
    lock.close();
  };
}

function readPid(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The owner is between taking the lock and writing its pid.
    return 'unknown';
  }
}

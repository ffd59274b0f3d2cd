import { statSync } from 'node:fs';

const SUFFIXES = ['', '-wal', '-shm'] as const;

/** Device and inode of the files that a database is open on; null where there is none. */
export interface FileIdentity {
  readonly database: string | null;
  readonly log: string | null;
  readonly memory: string | null;
}

/** Which files lie at the path now. @throws what the disk says when it cannot say. */
export function identify(path: string): FileIdentity {
  const [database = null, log = null, memory = null] = SUFFIXES.map((suffix) => {
    const found = statSync(path + suffix, { bigint: true, throwIfNoEntry: false });
    return found === undefined ? null : `${found.dev}:${found.ino}`;
  });
  return { database, log, memory };
}

/** What somebody has taken away from under the open database, undefined when nothing. */
export function findMissing(opened: FileIdentity, present: FileIdentity): 'database' | 'log' | undefined {
  if (present.database !== opened.database) return 'database';
  if (present.log !== opened.log || present.memory !== opened.memory) return 'log';
  return undefined;
}

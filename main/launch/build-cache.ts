import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** Where runtimes and compiled bindings live: outside the checkout, shared by all checkouts of this user. */
export function cacheRoot(environment: NodeJS.ProcessEnv = process.env): string {
  const base = environment['XDG_CACHE_HOME'];
  return join(base !== undefined && base !== '' ? base : join(homedir(), '.cache'), 'lineside');
}

/** Twelve hex digits that change whenever any part of a recipe changes. */
export function recipeHash(...parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:${part}`);
  return hash.digest('hex').slice(0, 12);
}

/** Followed by the process id of the builder and something unique. */
const UNFINISHED = '.unfinished-';

const running = new Map<string, Promise<string>>();

/**
 * Returns the folder `<cache>/<key>`, made by `build` the first time.
 *
 * The folder is built under another name and renamed when complete, so it is either whole or absent, whatever is
 * killed meanwhile. Two processes at once both build; the first rename wins and the other copy is thrown away.
 */
export function cachedFolder(key: string, build: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(cacheRoot(), key);
  if (existsSync(folder)) return Promise.resolve(folder);
  const alreadyRunning = running.get(folder);
  if (alreadyRunning !== undefined) return alreadyRunning;
  const building = buildAndRename(folder, build).finally(() => running.delete(folder));
  running.set(folder, building);
  return building;
}

async function buildAndRename(folder: string, build: (folder: string) => Promise<void>): Promise<string> {
  // Same file system as the result: a rename across file systems is a copy, and a copy can be half done.
  const unfinished = `${folder}${UNFINISHED}${process.pid}-${randomUUID()}`;
  await mkdir(unfinished, { recursive: true });
  await removeAbandoned(folder);
  try {
    await build(unfinished);
    await rename(unfinished, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return folder;
}

/** A builder that was killed leaves half a gigabyte behind; the next one for the same folder takes it away. */
async function removeAbandoned(folder: string): Promise<void> {
  const prefix = `${basename(folder)}${UNFINISHED}`;
  for (const name of await readdir(dirname(folder))) {
    const pid = name.startsWith(prefix) ? Number.parseInt(name.slice(prefix.length), 10) : process.pid;
    if (!isAlive(pid)) await rm(join(dirname(folder), name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // A process of somebody else answers EPERM; only ESRCH says that there is none.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

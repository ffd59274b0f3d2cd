/**
 * Files of keys and certificates. Each is replaced as a whole and flushed, so that a power cut leaves the old text or
 * the new one. Keys may be read by their owner only: by mode bits, on Windows by an access list (mode bits mean nothing
 * there).
 */
import { randomBytes } from 'node:crypto';
import { access, link, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describeError, EngineError } from '../platform/engine-error.ts';
import { restrictToOwner } from './windows-rights.ts';

const PRIVATE_MODE = 0o600;
const PUBLIC_MODE = 0o644;

export async function makePrivateFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await restrictToOwner(folder, true);
  } catch (cause) {
    throw notWritten(folder, cause);
  }
}

/** @throws EngineError `certificates/not-written`; then the old text is there. */
export const writePrivate = (file: string, text: string): Promise<void> => replace(file, text, PRIVATE_MODE);

/** For certificates, requests and revocation lists, which are no secrets. */
export const writePublic = (file: string, text: string): Promise<void> => replace(file, text, PUBLIC_MODE);

/** @throws EngineError `certificates/exists`: nothing that is there is ever written over by a new key. */
export async function refuseToOverwrite(file: string): Promise<void> {
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  if (!isThere) return;
  const text = `${file} is there already and is not written over; name another folder or name, or move it away`;
  throw new EngineError('certificates/exists', text, { file });
}

/** Keeps what is there as `FILE.previous`; the file itself stays until it is replaced. */
export async function keepPrevious(file: string): Promise<boolean> {
  try {
    await rm(`${file}.previous`, { force: true });
    // A second name of the same file: its rights and its text are kept, and there is no moment without it.
    await link(file, `${file}.previous`);
    return true;
  } catch (cause) {
    if ((cause as { code?: unknown }).code === 'ENOENT') return false;
    throw notWritten(`${file}.previous`, cause);
  }
}

/**
 * Takes away `.previous` of these files once what replaced them has worked: an old key is a key. `used` are the texts with
 * which a connection came about; where the file holds another one by now, that one has yet to prove itself.
 */
export async function dropPrevious(
  used: readonly { readonly file: string; readonly text: string }[],
): Promise<boolean> {
  const present = await Promise.all(used.map(({ file }) => readFile(file, 'utf8').catch(() => undefined)));
  if (used.some(({ text }, index) => text !== present[index])) return false;
  await Promise.all(used.map(({ file }) => rm(`${file}.previous`, { force: true })));
  return true;
}

/** @throws EngineError `certificates/file-missing` */
export async function readNamed(file: string, what: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const text = `the ${what} ${file} cannot be read (${describeError(cause)}); correct the path or put it there`;
    throw new EngineError('certificates/file-missing', text, { file }, { cause });
  }
}

async function replace(file: string, text: string, mode: number): Promise<void> {
  const fresh = `${file}.${randomBytes(4).toString('hex')}.new`;
  try {
    await writeFile(fresh, '', { mode, flag: 'wx' });
    // Before there is anything to read in it.
    if (mode === PRIVATE_MODE) await restrictToOwner(fresh);
    await writeFile(fresh, text, { flag: 'r+', flush: true });
    await rename(fresh, file);
  } catch (cause) {
    await rm(fresh, { force: true }).catch(() => {});
    throw notWritten(file, cause);
  }
  await flushFolder(dirname(file));
}

/** Not possible on Windows, where a rename is durable by itself. */
async function flushFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function notWritten(file: string, cause: unknown): EngineError {
  const text = `${file} cannot be written (${describeError(cause)}); check who may write there and the room on the disk`;
  return new EngineError('certificates/not-written', text, { file }, { cause });
}

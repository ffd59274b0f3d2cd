/**
 * Where the control socket of a gateway lies. A Unix socket's path holds 107 bytes, on some systems 103; a longer
 * one would be cut short in silence. So a gateway in a deep folder puts its socket into the folder for temporary
 * files, and a file in its data folder says where, readable by its user only.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';

const MAX_SOCKET_PATH_BYTES = 100;

const Address = z.object({ path: z.string().min(1) });

const addressFile = (dataFolder: string): string => join(dataFolder, 'control', 'address.json');

const isInTemporaryFolder = (path: string): boolean => dirname(dirname(path)) === resolve(tmpdir());

/** Picks the path of the socket for this run and removes what a killed one has left. Only for the folder's owner. */
export async function makeAddress(dataFolder: string): Promise<string> {
  const folder = join(resolve(dataFolder), 'control');
  await forgetAddress(dataFolder);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = await pickPath(folder);
  const file = addressFile(dataFolder);
  await writeFile(`${file}.new`, JSON.stringify({ path }), { mode: 0o600 });
  await rename(`${file}.new`, file);
  return path;
}

async function pickPath(folder: string): Promise<string> {
  if (process.platform === 'win32') return `\\\\.\\pipe\\lineside-${randomBytes(16).toString('hex')}`;
  const near = join(folder, 'gateway.sock');
  // Also one of which a lost or torn address file did not tell: nothing could listen in its place.
  await rm(near, { force: true });
  if (Buffer.byteLength(near) <= MAX_SOCKET_PATH_BYTES) return near;
  // A folder of its own, which mkdtemp gives to this user alone.
  return join(await mkdtemp(join(resolve(tmpdir()), 'lineside-')), 'gateway.sock');
}

/** The path that the folder's last gateway has written, undefined when there is none. */
export async function readAddress(dataFolder: string): Promise<string | undefined> {
  try {
    return Address.parse(JSON.parse(await readFile(addressFile(dataFolder), 'utf8'))).path;
  } catch {
    // No gateway has run here, or its last words are cut short: then none can be reached.
    return undefined;
  }
}

export async function forgetAddress(dataFolder: string): Promise<void> {
  const path = await readAddress(dataFolder);
  await rm(addressFile(dataFolder), { force: true });
  if (path === undefined || process.platform === 'win32') return;
  // Nothing else is removed: the file names a socket of ours, or it is not ours.
  if (path === join(resolve(dataFolder), 'control', 'gateway.sock')) await rm(path, { force: true });
  else if (isInTemporaryFolder(path) && /[/\\]lineside-[^/\\]+[/\\]gateway\.sock$/.test(path)) {
    await rm(dirname(path), { recursive: true, force: true });
  }
}

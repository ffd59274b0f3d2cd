import { type KeyObject, X509Certificate } from 'node:crypto';
import { EngineError } from '../platform/engine-error.ts';
import { parseCertificate, toFacts } from './certificate-facts.ts';
import { keepPrevious, readNamed, writePrivate, writePublic } from './owned-files.ts';
import { parseKeyPem, toKeyPem } from './private-key.ts';

/** Where a link of the site looks for its files; absolute paths. */
export interface InstallTarget {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

export interface Installation {
  readonly certificatePem: string;
  /** Undefined where the key that is in place stays. */
  readonly key?: KeyObject | undefined;
  /** PEM of the authority of the other side, where it changes too. */
  readonly authorityPem?: string | undefined;
}

/**
 * Puts certificate and key where the site file says; what was there is kept beside as `.previous`. Every file is replaced
 * as a whole. The gateway reads them at each connection: one that falls between the two files fails, and the next
 * one, a second later, does not; values are kept meanwhile. The files written.
 *
 * @throws EngineError `certificates/key-mismatch` when certificate and key do not belong together, `certificates/expired`
 * when it is over already; then nothing was changed.
 */
export async function installCertificate(
  target: InstallTarget,
  installation: Installation,
  nowMs: number,
): Promise<readonly string[]> {
  const certificate = parseCertificate(installation.certificatePem, 'the certificate to install');
  const key = installation.key ?? parseKeyPem(await readNamed(target.key, 'private key'), target.key);
  if (!certificate.checkPrivateKey(key)) {
    const text =
      `the certificate of ${toFacts(certificate).subject} was not made for the key ` +
      `${installation.key === undefined ? target.key : 'given'}; name its key with --key, or issue it from a request of this key`;
    throw new EngineError('certificates/key-mismatch', text, { cert: target.cert, key: target.key });
  }
  if (Date.parse(certificate.validTo) < nowMs) {
    const text = `the certificate ended on ${toIso(certificate.validTo)}; have a new one issued`;
    throw new EngineError('certificates/expired', text);
  }
  const written: string[] = [];
  const put = async (file: string, write: (file: string, text: string) => Promise<void>, text: string) => {
    await keepPrevious(file);
    await write(file, text);
    written.push(file);
  };
  if (installation.authorityPem !== undefined) {
    new X509Certificate(installation.authorityPem);
    await put(target.ca, writePublic, installation.authorityPem);
  }
  if (installation.key !== undefined) await put(target.key, writePrivate, toKeyPem(installation.key));
  await put(target.cert, writePublic, installation.certificatePem);
  return written;
}

const toIso = (date: string): string => new Date(date).toISOString().slice(0, 10);

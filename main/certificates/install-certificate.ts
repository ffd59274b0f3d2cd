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
  /** The key in place is opened with it, and a new one kept under it; undefined where it is kept as it is. */
  readonly passphrase?: string | undefined;
  /** Application URI that an OPC UA certificate must carry: the sessions of the gateway name it. */
  readonly applicationUri?: string | undefined;
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
 * when it is over already, `certificates/wrong-uri`; then nothing was changed.
 */
export async function installCertificate(
  target: InstallTarget,
  installation: Installation,
  nowMs: number,
): Promise<readonly string[]> {
  const certificate = parseCertificate(installation.certificatePem, 'the certificate to install');
  const key = installation.key ?? (await readOwnKey(target));
  if (!certificate.checkPrivateKey(key)) {
    const text =
      `the certificate of ${toFacts(certificate).subject} was not made for the key ` +
      `${installation.key === undefined ? target.key : 'given'}; name its key with --key, or issue it from a request of this key`;
    throw new EngineError('certificates/key-mismatch', text, { cert: target.cert, key: target.key });
  }
  const { applicationUri } = target;
  if (applicationUri !== undefined && !toFacts(certificate).altNames.includes(`URI:${applicationUri}`)) {
    const text =
      `the certificate is not made out to ${applicationUri}, under which this gateway comes to its servers: they would refuse ` +
      `it; issue it with --for opcua --uri ${applicationUri}`;
    throw new EngineError('certificates/wrong-uri', text, { cert: target.cert });
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
  if (installation.key !== undefined)
    await put(target.key, writePrivate, toKeyPem(installation.key, target.passphrase));
  await put(target.cert, writePublic, installation.certificatePem);
  return written;
}

/** The key that is in place. @throws EngineError `certificates/file-missing`, `certificates/passphrase` */
export const readOwnKey = async ({ key, passphrase }: InstallTarget): Promise<KeyObject> =>
  parseKeyPem(await readNamed(key, 'private key'), key, passphrase);

const toIso = (date: string): string => new Date(date).toISOString().slice(0, 10);

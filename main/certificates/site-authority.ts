/** The certificate authority of a site: a folder with its key (0600), its certificate and a list of all it has issued. */
import { type KeyObject, randomBytes, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { describeError, EngineError } from '../platform/engine-error.ts';
import { type AuthorityIndex, readIndex, withAuthorityLock, writeIndex } from './authority-index.ts';
import { type CertificateFacts, parseCertificate, toFacts } from './certificate-facts.ts';
import { makePrivateFolder, readNamed, refuseToOverwrite, writePrivate, writePublic } from './owned-files.ts';
import { generateKey, type KeyKind, parseKeyPem, type Signer, toKeyPem, toSigner } from './private-key.ts';
import { checkCommonName } from './purposes.ts';
import { createRevocationList } from './revocation-list.ts';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  LibraryCertificate,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from './x509-library.ts';

const DAY_MS = 86_400_000;
/** The clocks of controllers and panels are rarely better: a certificate counts a little before it was made. */
export const CLOCK_MARGIN_MS = 5 * 60_000;

export const authorityFiles = (folder: string) => ({
  certificate: join(folder, 'ca.pem'),
  key: join(folder, 'ca.key'),
  crl: join(folder, 'crl.pem'),
  issued: (serial: string) => join(folder, 'issued', `${serial}.pem`),
});

/** An authority whose key has been opened. */
export interface OpenedAuthority {
  readonly folder: string;
  readonly certificate: X509Certificate;
  readonly library: LibraryCertificate;
  readonly signer: Signer;
}

/** 128 random bits, positive (the first bit is 0, and never all of the first byte). */
export function createSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}

export interface AuthorityRequest {
  readonly folder: string;
  readonly name: string;
  readonly keyKind: KeyKind;
  readonly years: number;
  readonly passphrase?: string | undefined;
}

/**
 * Makes the authority: key, self-signed certificate, an empty list of issued and one of revoked certificates.
 * @throws EngineError `certificates/exists` when the folder has one, `certificates/name`, `certificates/not-written`.
 */
export async function initAuthority(request: AuthorityRequest, nowMs: number): Promise<CertificateFacts> {
  checkCommonName(request.name);
  const files = authorityFiles(request.folder);
  await makePrivateFolder(join(request.folder, 'issued'));
  for (const file of [files.key, files.certificate]) await refuseToOverwrite(file);
  const key = await generateKey(request.keyKind);
  const pem = await signAuthority(key, request, nowMs);
  const index: AuthorityIndex = { format: 1, crlNumber: 0, issued: [] };
  await writePrivate(files.key, toKeyPem(key, request.passphrase));
  await writeIndex(request.folder, index);
  await writePublic(files.certificate, pem);
  await publishRevocations(await openAuthority(request.folder, request.passphrase), index, nowMs);
  return toFacts(new X509Certificate(pem));
}

async function signAuthority(key: KeyObject, { name, years }: AuthorityRequest, nowMs: number): Promise<string> {
  const { keys, signingAlgorithm } = await toSigner(key);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: createSerial(),
    name: [{ CN: [name] }],
    notBefore: new Date(nowMs - CLOCK_MARGIN_MS),
    notAfter: new Date(nowMs + years * 365.25 * DAY_MS),
    keys,
    signingAlgorithm,
    extensions: [
      // It signs leaves only: no second authority can come of it.
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return `${certificate.toString('pem')}\n`;
}

/** @throws EngineError `certificates/no-authority`, `certificates/passphrase`, `certificates/key-mismatch` */
export async function openAuthority(folder: string, passphrase: string | undefined): Promise<OpenedAuthority> {
  const files = authorityFiles(folder);
  const certificate = await readAuthority(folder);
  const key = parseKeyPem(await readNamed(files.key, 'key of the authority'), files.key, passphrase);
  if (!certificate.checkPrivateKey(key)) {
    const text = `${files.key} is not the key of ${files.certificate}; put back the copy that belongs to it`;
    throw new EngineError('certificates/key-mismatch', text, { folder });
  }
  return { folder, certificate, library: new LibraryCertificate(certificate.raw), signer: await toSigner(key) };
}

/** The certificate of the authority, for which no passphrase is needed. */
async function readAuthority(folder: string): Promise<X509Certificate> {
  const file = authorityFiles(folder).certificate;
  try {
    return parseCertificate(await readNamed(file, 'certificate of the authority'), file);
  } catch (cause) {
    const text = `there is no authority in ${folder} (${describeError(cause)}); make one with \`lineside certs init\``;
    throw new EngineError('certificates/no-authority', text, { folder }, { cause });
  }
}

/** Reads, changes and writes the index, then the list of revoked certificates when `change` says so. */
export function changeIndex<T>(folder: string, change: (index: AuthorityIndex) => Promise<T>): Promise<T> {
  return withAuthorityLock(folder, async () => change(await readIndex(folder)));
}

/** Writes the next list of revoked certificates. The index goes first: what it says is never behind the list. */
export async function publishRevocations(authority: OpenedAuthority, index: AuthorityIndex, nowMs: number) {
  const next: AuthorityIndex = { ...index, crlNumber: index.crlNumber + 1 };
  await writeIndex(authority.folder, next);
  const pem = await createRevocationList(next, authority.library, authority.signer, nowMs);
  await writePublic(authorityFiles(authority.folder).crl, pem);
}

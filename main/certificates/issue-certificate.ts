import { type KeyObject, X509Certificate } from 'node:crypto';
import { EngineError } from '../platform/engine-error.ts';
import { type IssuedEntry, type REVOKE_REASONS, writeIndex } from './authority-index.ts';
import { type CertificateFacts, toFacts } from './certificate-facts.ts';
import { toAltNameExtension } from './certificate-request.ts';
import { writePublic } from './owned-files.ts';
import { judgeKey } from './private-key.ts';
import { type AltNames, checkAsked, type Purpose, toUsages } from './purposes.ts';
import {
  authorityFiles,
  changeIndex,
  CLOCK_MARGIN_MS,
  createSerial,
  type OpenedAuthority,
  publishRevocations,
} from './site-authority.ts';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from './x509-library.ts';

const DAY_MS = 86_400_000;

export interface IssueRequest {
  readonly commonName: string;
  readonly names: AltNames;
  readonly publicKey: KeyObject;
  readonly purpose: Purpose;
  readonly days: number;
}

/**
 * Signs a certificate and enters it in the list of the authority, before anybody gets it.
 * @throws EngineError `certificates/name`, `certificates/alt-name`, `certificates/weak-key`,
 * `certificates/outlives-authority`, `certificates/authority-busy`
 */
export async function issueCertificate(
  authority: OpenedAuthority,
  request: IssueRequest,
  nowMs: number,
): Promise<CertificateFacts> {
  const isRsa = request.publicKey.asymmetricKeyType === 'rsa';
  const { text, fault } = judgeKey(request.publicKey);
  if (fault !== undefined) {
    throw new EngineError('certificates/weak-key', `the key (${text}) is not signed: ${fault}; make a new request`);
  }
  checkAsked(request.purpose, request.commonName, request.names, isRsa);
  // A certificate has whole seconds: without rounding up, 365 days would at once be 364.
  const validToMs = Math.ceil(nowMs / 1_000) * 1_000 + request.days * DAY_MS;
  const authorityEndMs = Date.parse(authority.certificate.validTo);
  if (validToMs > authorityEndMs) {
    const left = Math.floor((authorityEndMs - nowMs) / DAY_MS);
    const advice = left > 0 ? `ask for --days ${left} or less` : 'make a new authority';
    const why = `the certificate would outlive its authority, which ends in ${left} days; ${advice}`;
    throw new EngineError('certificates/outlives-authority', why, { daysLeft: left });
  }
  const facts = await sign(authority, request, nowMs, validToMs);
  await changeIndex(authority.folder, async (index) => {
    const entry: IssuedEntry = {
      serial: facts.serial,
      commonName: request.commonName,
      altNames: [...facts.altNames],
      purpose: request.purpose,
      sha256: facts.sha256,
      validFromMs: facts.validFromMs,
      validToMs: facts.validToMs,
      revoked: null,
    };
    await writeIndex(authority.folder, { ...index, issued: [...index.issued, entry] });
    await writePublic(authorityFiles(authority.folder).issued(facts.serial), facts.pem);
  });
  return facts;
}

async function sign(authority: OpenedAuthority, request: IssueRequest, nowMs: number, validToMs: number) {
  const altNames = toAltNameExtension(request.names);
  const spki = request.publicKey.export({ type: 'spki', format: 'der' });
  const certificate = await X509CertificateGenerator.create({
    serialNumber: createSerial(),
    subject: [{ CN: [request.commonName] }],
    issuer: authority.library.subjectName.toJSON(),
    notBefore: new Date(nowMs - CLOCK_MARGIN_MS),
    notAfter: new Date(validToMs),
    publicKey: spki,
    signingKey: authority.signer.keys.privateKey,
    signingAlgorithm: authority.signer.signingAlgorithm,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      ...toUsages(request.purpose, request.publicKey.asymmetricKeyType === 'rsa'),
      ...(altNames === undefined ? [] : [altNames]),
      await SubjectKeyIdentifierExtension.create(spki),
      await AuthorityKeyIdentifierExtension.create(authority.library.publicKey),
    ],
  });
  return toFacts(new X509Certificate(Buffer.from(certificate.rawData)));
}

/**
 * Calls certificates revoked and writes the next list. All of that name which still count, or the one of that serial.
 * @throws EngineError `certificates/unknown-certificate`, `certificates/authority-busy`
 */
export function revokeCertificates(
  authority: OpenedAuthority,
  which: { readonly serial: string } | { readonly commonName: string },
  reason: (typeof REVOKE_REASONS)[number],
  nowMs: number,
): Promise<readonly IssuedEntry[]> {
  const isMeant = (entry: IssuedEntry): boolean =>
    'serial' in which
      ? entry.serial === which.serial.toLowerCase().replaceAll(':', '')
      : entry.commonName === which.commonName && entry.validToMs > nowMs;
  return changeIndex(authority.folder, async (index) => {
    const meant = index.issued.filter((entry) => isMeant(entry) && entry.revoked === null);
    if (meant.length === 0) {
      const name = 'serial' in which ? `serial ${which.serial}` : `name "${which.commonName}"`;
      const why = `no certificate of this authority with the ${name} counts; \`lineside certs show --dir\` lists them`;
      throw new EngineError('certificates/unknown-certificate', why);
    }
    const revoked = { atMs: nowMs, reason };
    const issued = index.issued.map((entry) => (meant.includes(entry) ? { ...entry, revoked } : entry));
    await publishRevocations(authority, { ...index, issued }, nowMs);
    return meant.map((entry) => ({ ...entry, revoked }));
  });
}

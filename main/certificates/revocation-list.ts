import type { AuthorityIndex, IssuedEntry } from './authority-index.ts';
import type { Signer } from './private-key.ts';
import { AuthorityKeyIdentifierExtension, Extension, type LibraryCertificate } from './x509-library.ts';
import { X509CrlGenerator, X509CrlReason } from './x509-library.ts';

/**
 * How long a list counts. A broker refuses every client once its list is over, so it is long, and written anew with
 * each revocation.
 */
const CRL_LASTS_DAYS = 365;
const DAY_MS = 86_400_000;

const toEntry = ({ serial, revoked }: IssuedEntry) =>
  revoked === null
    ? []
    : [{ serialNumber: serial, revocationDate: new Date(revoked.atMs), reason: X509CrlReason[revoked.reason] }];

/** CRL number (RFC 5280, 5.2.3), a DER INTEGER; the shortest form is demanded. */
function toCrlNumber(number: number): Extension {
  const hex = number.toString(16);
  const digits = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  // A first bit of 1 would make it negative.
  const bytes = (digits[0] ?? 0) > 0x7f ? Buffer.concat([Buffer.of(0), digits]) : digits;
  return new Extension('2.5.29.20', false, Buffer.concat([Buffer.of(0x02, bytes.length), bytes]));
}

/** PEM of the list (RFC 5280, version 2) of everything that the index calls revoked. */
export async function createRevocationList(
  index: AuthorityIndex,
  authority: LibraryCertificate,
  signer: Signer,
  nowMs: number,
): Promise<string> {
  const list = await X509CrlGenerator.create({
    issuer: authority.subjectName.toJSON(),
    thisUpdate: new Date(nowMs),
    nextUpdate: new Date(nowMs + CRL_LASTS_DAYS * DAY_MS),
    entries: index.issued.flatMap(toEntry),
    extensions: [await AuthorityKeyIdentifierExtension.create(authority.publicKey), toCrlNumber(index.crlNumber)],
    signingKey: signer.keys.privateKey,
    signingAlgorithm: signer.signingAlgorithm,
  });
  // The library would write BEGIN CRL, which openssl (and so a broker) does not know.
  const lines =
    Buffer.from(list.rawData)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN X509 CRL-----\n${lines.join('\n')}\n-----END X509 CRL-----\n`;
}

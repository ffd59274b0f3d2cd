import { X509Certificate } from 'node:crypto';
import { EngineError } from '../platform/engine-error.ts';
import { judgeKey } from './private-key.ts';
import { KeyUsageFlags, KeyUsagesExtension, LibraryCertificate } from './x509-library.ts';

/** What a person and a check want to know of a certificate; never a key. */
export interface CertificateFacts {
  /** `CN=line, O=Plant`, in the order of the certificate. */
  readonly subject: string;
  readonly issuer: string;
  readonly commonName: string | null;
  /** Lower-case hex. */
  readonly serial: string;
  readonly isAuthority: boolean;
  /** `DNS:broker.plant`, `IP Address:10.0.0.5`, `URI:urn:…`. */
  readonly altNames: readonly string[];
  /** Names of the key usage bits; empty when the certificate does not restrict them. */
  readonly keyUsages: readonly string[];
  /** `clientAuth`, `serverAuth` or an OID; empty when the certificate does not restrict them. */
  readonly extendedUsages: readonly string[];
  readonly key: string;
  readonly validFromMs: number;
  readonly validToMs: number;
  readonly sha1: string;
  readonly sha256: string;
  readonly pem: string;
}

const EXTENDED_NAMES: Readonly<Record<string, string>> = {
  '1.3.6.1.5.5.7.3.1': 'serverAuth',
  '1.3.6.1.5.5.7.3.2': 'clientAuth',
};
const USAGES = Object.entries(KeyUsageFlags).filter((entry): entry is [string, KeyUsageFlags] => {
  return typeof entry[1] === 'number';
});

const toHex = (fingerprint: string): string => fingerprint.replaceAll(':', '').toLowerCase();

export function toFacts(certificate: X509Certificate): CertificateFacts {
  const usages = new LibraryCertificate(certificate.raw).getExtension(KeyUsagesExtension)?.usages ?? 0;
  const name = (text: string): string => text.split('\n').join(', ');
  return {
    subject: name(certificate.subject),
    issuer: name(certificate.issuer),
    commonName: /^CN=(.*)$/m.exec(certificate.subject)?.[1] ?? null,
    serial: certificate.serialNumber.toLowerCase(),
    isAuthority: certificate.ca,
    altNames: splitAltNames(certificate.subjectAltName),
    keyUsages: USAGES.filter(([, bit]) => (usages & bit) !== 0).map(([usage]) => usage),
    extendedUsages: (certificate.keyUsage ?? []).map((oid) => EXTENDED_NAMES[oid] ?? oid),
    key: judgeKey(certificate.publicKey).text,
    validFromMs: Date.parse(certificate.validFrom),
    validToMs: Date.parse(certificate.validTo),
    sha1: toHex(certificate.fingerprint),
    sha256: toHex(certificate.fingerprint256),
    pem: certificate.toString(),
  };
}

/** Node writes them with commas between, and quotes a name that holds one (CVE-2021-44532). */
function splitAltNames(text: string | undefined): string[] {
  return [...(text ?? '').matchAll(/(?:[^,"]|"(?:[^"\\]|\\.)*")+/g)].map(([name]) => name.trim());
}

/** Every certificate of a PEM text (a file may hold a chain) or of one in DER. */
export function parseCertificates(content: Uint8Array, name: string): X509Certificate[] {
  const text = new TextDecoder('latin1').decode(content);
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g);
  try {
    return blocks === null ? [new X509Certificate(content)] : blocks.map((block) => new X509Certificate(block));
  } catch (cause) {
    const why = `${name} holds no certificate; name a PEM file that begins with BEGIN CERTIFICATE, or one in DER`;
    throw new EngineError('certificates/no-certificate', why, { file: name }, { cause });
  }
}

/** The first certificate of a PEM text. @throws EngineError `certificates/no-certificate` */
export function parseCertificate(pem: string, name: string): X509Certificate {
  const [first] = parseCertificates(Buffer.from(pem), name);
  if (first !== undefined) return first;
  throw new EngineError('certificates/no-certificate', `${name} holds no certificate`, { file: name });
}

import { createPublicKey, type KeyObject } from 'node:crypto';
import { describeError, EngineError } from '../platform/engine-error.ts';
import { toSigner } from './private-key.ts';
import { type AltNames, checkCommonName } from './purposes.ts';
import {
  Pkcs10CertificateRequest,
  Pkcs10CertificateRequestGenerator,
  SubjectAlternativeNameExtension,
} from './x509-library.ts';

/** What somebody asks to be signed, its signature checked: whoever made it has the key. */
export interface ReadRequest {
  readonly commonName: string;
  readonly names: AltNames;
  readonly publicKey: KeyObject;
}

const toJson = ({ dns, ip, uri }: AltNames) => [
  ...dns.map((value) => ({ type: 'dns' as const, value })),
  ...ip.map((value) => ({ type: 'ip' as const, value })),
  ...uri.map((value) => ({ type: 'url' as const, value })),
];

/** Undefined without names: the extension must not be empty. */
export function toAltNameExtension(names: AltNames): SubjectAlternativeNameExtension | undefined {
  const list = toJson(names);
  return list.length === 0 ? undefined : new SubjectAlternativeNameExtension(list);
}

/** PEM of a request (PKCS 10) for this key. The key stays where it is. */
export async function createRequest(commonName: string, names: AltNames, key: KeyObject): Promise<string> {
  checkCommonName(commonName);
  const { keys, signingAlgorithm } = await toSigner(key);
  const altNames = toAltNameExtension(names);
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: [{ CN: [commonName] }],
    keys,
    signingAlgorithm,
    extensions: altNames === undefined ? [] : [altNames],
  });
  return `${request.toString('pem')}\n`;
}

/**
 * @param name the file, for the message.
 * @throws EngineError `certificates/bad-request` when it is none, its signature is wrong or it names nobody.
 */
export async function readRequest(pem: string, name: string): Promise<ReadRequest> {
  const refuse = (why: string, cause?: unknown): EngineError =>
    new EngineError('certificates/bad-request', `${name} ${why}`, { file: name }, { cause });
  let request: Pkcs10CertificateRequest;
  let isSigned: boolean;
  try {
    request = new Pkcs10CertificateRequest(pem);
    isSigned = await request.verify();
  } catch (cause) {
    const why = `is no certificate request (${describeError(cause)}); make one with \`lineside certs request\``;
    throw refuse(why, cause);
  }
  if (!isSigned) throw refuse('was changed after it was signed, or signed with another key; make it anew on the node');
  const [commonName] = request.subjectName.getField('CN');
  if (commonName === undefined) throw refuse('names nobody: it has no common name (CN); make it anew with --client-id');
  const found = request.extensions.find((extension) => extension instanceof SubjectAlternativeNameExtension);
  const items = found?.names.items ?? [];
  const ofType = (type: string): string[] => items.filter((item) => item.type === type).map((item) => item.value);
  const spki = Buffer.from(request.publicKey.rawData);
  return {
    commonName,
    names: { dns: ofType('dns'), ip: ofType('ip'), uri: ofType('url') },
    publicKey: createPublicKey({ key: spki, format: 'der', type: 'spki' }),
  };
}

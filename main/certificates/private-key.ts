import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, webcrypto } from 'node:crypto';
import { promisify } from 'node:util';
import { EngineError } from '../platform/engine-error.ts';

/** RSA is for OPC UA, whose policies know nothing else, and for brokers that are older than elliptic curves. */
export const KEY_KINDS = ['ec-p256', 'rsa-2048', 'rsa-3072'] as const;
export type KeyKind = (typeof KEY_KINDS)[number];

/** Signs with SHA-256, whatever the key. */
export interface Signer {
  readonly keys: webcrypto.CryptoKeyPair;
  readonly signingAlgorithm: { readonly name: string; readonly hash: 'SHA-256'; readonly namedCurve?: string };
}

const LEAST_RSA_BITS = 2_048;
const generate = promisify(generateKeyPair);

export async function generateKey(kind: KeyKind): Promise<KeyObject> {
  switch (kind) {
    case 'ec-p256':
      return (await generate('ec', { namedCurve: 'prime256v1' })).privateKey;
    case 'rsa-2048':
      return (await generate('rsa', { modulusLength: 2_048 })).privateKey;
    case 'rsa-3072':
      return (await generate('rsa', { modulusLength: 3_072 })).privateKey;
  }
}

/** PKCS 8; with a passphrase it is encrypted (AES-256). */
export function toKeyPem(key: KeyObject, passphrase?: string): string {
  const cipher = passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase };
  return key.export({ type: 'pkcs8', format: 'pem', ...cipher }).toString();
}

/**
 * @param name the file, for the message; the key itself is never part of one.
 * @throws EngineError `certificates/passphrase` when it is missing or wrong, `certificates/no-key` when the text is
 * no private key.
 */
export function parseKeyPem(pem: string, name: string, passphrase?: string): KeyObject {
  try {
    return createPrivateKey({ key: pem, format: 'pem', ...(passphrase === undefined ? {} : { passphrase }) });
  } catch (cause) {
    if (/BEGIN ENCRYPTED PRIVATE KEY|Proc-Type: 4,ENCRYPTED/.test(pem)) {
      const what = passphrase === undefined ? 'is encrypted' : 'does not open with this passphrase';
      throw new EngineError(
        'certificates/passphrase',
        `the private key ${name} ${what}; give the passphrase with --passphrase-file FILE or --passphrase-stdin`,
        { file: name },
        { cause },
      );
    }
    const text = `${name} holds no private key; name a PEM file that begins with BEGIN PRIVATE KEY`;
    throw new EngineError('certificates/no-key', text, { file: name }, { cause });
  }
}

/** How strong a public key is, for people; the fault when it is too weak for anything we sign. */
export function judgeKey(key: KeyObject): { readonly text: string; readonly fault?: string } {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'ec') {
    const text = `EC ${namedCurve === 'prime256v1' ? 'P-256' : (namedCurve ?? 'unknown curve')}`;
    return ['prime256v1', 'secp384r1', 'secp521r1'].includes(namedCurve ?? '')
      ? { text }
      : { text, fault: 'its curve is not P-256, P-384 or P-521' };
  }
  if (key.asymmetricKeyType === 'rsa') {
    const bits = modulusLength ?? 0;
    return bits >= LEAST_RSA_BITS
      ? { text: `RSA ${bits}` }
      : { text: `RSA ${bits}`, fault: `an RSA key needs at least ${LEAST_RSA_BITS} bits` };
  }
  return { text: key.asymmetricKeyType ?? 'unknown', fault: 'only RSA and EC keys are signed' };
}

/** The key in the form in which the library signs. */
export async function toSigner(key: KeyObject): Promise<Signer> {
  const isEc = key.asymmetricKeyType === 'ec';
  const algorithm = isEc ? { name: 'ECDSA', namedCurve: 'P-256' } : { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  const pkcs8 = key.export({ type: 'pkcs8', format: 'der' });
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const { subtle } = webcrypto;
  const privateKey = await subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']);
  const publicKey = await subtle.importKey('spki', spki, algorithm, true, ['verify']);
  return {
    keys: { privateKey, publicKey },
    signingAlgorithm: isEc
      ? { name: 'ECDSA', hash: 'SHA-256', namedCurve: 'P-256' }
      : { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  };
}

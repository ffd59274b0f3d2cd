import { isIP } from 'node:net';
import { EngineError } from '../platform/engine-error.ts';
import type { KeyKind } from './private-key.ts';
import { ExtendedKeyUsageExtension, type Extension, KeyUsageFlags, KeyUsagesExtension } from './x509-library.ts';

export const PURPOSES = ['edge-node', 'host', 'broker', 'historian', 'opcua'] as const;
/** What a certificate is for; it says how it may be used and what must be in it. */
export type Purpose = (typeof PURPOSES)[number];

/** Names beside the common name. */
export interface AltNames {
  readonly dns: readonly string[];
  readonly ip: readonly string[];
  readonly uri: readonly string[];
}

interface PurposeRule {
  readonly extended: readonly ('1.3.6.1.5.5.7.3.1' | '1.3.6.1.5.5.7.3.2')[];
  readonly keyKind: KeyKind;
  /** Without one of these kinds of names nobody could check the certificate. */
  readonly needs: 'address' | 'application-uri' | 'nothing';
}

const SERVER = '1.3.6.1.5.5.7.3.1';
const CLIENT = '1.3.6.1.5.5.7.3.2';

const RULES: Readonly<Record<Purpose, PurposeRule>> = {
  'edge-node': { extended: [CLIENT], keyKind: 'ec-p256', needs: 'nothing' },
  host: { extended: [CLIENT], keyKind: 'ec-p256', needs: 'nothing' },
  broker: { extended: [SERVER], keyKind: 'ec-p256', needs: 'address' },
  historian: { extended: [SERVER], keyKind: 'ec-p256', needs: 'address' },
  // An application is both: servers call back, and a gateway may be discovered (OPC 10000-6, 6.2.2).
  opcua: { extended: [SERVER, CLIENT], keyKind: 'rsa-2048', needs: 'application-uri' },
};

export const keyKindOf = (purpose: Purpose): KeyKind => RULES[purpose].keyKind;

/** Key usage and extended key usage of a certificate for `purpose` with such a key. */
export function toUsages(purpose: Purpose, isRsa: boolean): Extension[] {
  const { digitalSignature, keyEncipherment, dataEncipherment, nonRepudiation } = KeyUsageFlags;
  const signs = digitalSignature;
  // The key exchange of TLS 1.2 with RSA encrypts under the key; elliptic keys only sign.
  const tls = isRsa ? signs | keyEncipherment : signs;
  // All four are demanded of an application (OPC 10000-6, table 43).
  const usages = purpose === 'opcua' ? signs | nonRepudiation | keyEncipherment | dataEncipherment : tls;
  return [new KeyUsagesExtension(usages, true), new ExtendedKeyUsageExtension([...RULES[purpose].extended])];
}

/**
 * Refuses what a broker or server could not use, or could be misled by.
 * @throws EngineError `certificates/name`, `certificates/alt-name`, `certificates/weak-key`
 */
export function checkAsked(purpose: Purpose, commonName: string, names: AltNames, isRsa: boolean): void {
  checkCommonName(commonName);
  const { needs } = RULES[purpose];
  if (needs === 'address' && names.dns.length + names.ip.length === 0) {
    throw altNameFault(
      `a certificate for a ${purpose} needs the names it is reached by; add --dns NAME or --ip ADDRESS`,
    );
  }
  if (needs === 'application-uri' && names.uri.length !== 1) {
    throw altNameFault('a certificate for OPC UA needs exactly one application URI; add --uri urn:COMPUTER:lineside');
  }
  for (const name of names.dns) {
    if (!/^(\*\.)?[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$/.test(name)) {
      throw altNameFault(`--dns "${name}" is no host name`);
    }
  }
  for (const address of names.ip) if (isIP(address) === 0) throw altNameFault(`--ip "${address}" is no IP address`);
  for (const uri of names.uri) {
    if (!/^[a-z][a-z0-9+.-]*:[!-~]+$/i.test(uri)) throw altNameFault(`--uri "${uri}" is no URI`);
  }
  if (purpose === 'opcua' && !isRsa) {
    const text = 'OPC UA needs an RSA key (its security policies know no other); make the request with --key rsa-2048';
    throw new EngineError('certificates/weak-key', text);
  }
}

/**
 * Brokers put the common name into the topics of their access rules: `+` or `#` would widen the rule of whoever has it.
 * One `/` is taken, because the client id of an edge node is `group/node`.
 */
export function checkCommonName(commonName: string): void {
  const slashCount = commonName.split('/').length - 1;
  const isGood = /^[\p{L}\p{N} ._@:/-]{1,64}$/u.test(commonName) && commonName.trim() === commonName && slashCount <= 1;
  if (isGood) return;
  const text =
    `the common name ${JSON.stringify(commonName)} is not signed: take 1 to 64 letters, digits and . _ - @ : or space, ` +
    'at most one /, and no + or # (a broker would read them as wildcards)';
  throw new EngineError('certificates/name', text, { commonName });
}

function altNameFault(text: string): EngineError {
  return new EngineError('certificates/alt-name', text);
}

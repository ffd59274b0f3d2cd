import { X509Certificate } from 'node:crypto';
import { dirname, join } from 'node:path';
import { OPCUACertificateManager } from 'node-opcua';
import { EngineError } from '../platform/engine-error.ts';
import type { OpcuaEndpointOptions } from './opcua-source-options.ts';

/** What a person compares before trusting a certificate. */
export interface CertificateFacts {
  readonly subject: string;
  readonly sha1: string;
  readonly sha256: string;
  readonly validFrom: string;
  readonly validTo: string;
  readonly applicationUri: string | undefined;
}

/** Reads the first certificate of a DER chain. */
export function readCertificateFacts(der: Uint8Array): CertificateFacts {
  const certificate = new X509Certificate(der);
  const uri = /URI:([^,]+)/.exec(certificate.subjectAltName ?? '')?.[1];
  return {
    subject: certificate.subject.replaceAll('\n', ', '),
    sha1: certificate.fingerprint.replaceAll(':', '').toLowerCase(),
    sha256: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    validFrom: new Date(certificate.validFrom).toISOString(),
    validTo: new Date(certificate.validTo).toISOString(),
    applicationUri: uri?.trim(),
  };
}

/**
 * The certificate store of this computer: nothing is ever trusted by itself. Opened anew for each attempt, so
 * that a file moved to `trusted/certs` counts from the next attempt on. `keyPassphrase` only where our key is encrypted.
 */
export async function openTrust(trustFolder: string, keyPassphrase?: string): Promise<OPCUACertificateManager> {
  const trust = new OPCUACertificateManager({
    rootFolder: trustFolder,
    ...(keyPassphrase === undefined ? {} : { privateKeyPassphrase: keyPassphrase }),
    automaticallyAcceptUnknownCertificate: false,
    disableFileWatchers: true,
  });
  await trust.initialize();
  return trust;
}

/**
 * Closes the store, after the clients that use it. node-opcua counts its users, but forgets to give one back
 * when a connect fails: the store would stay in memory for ever. Never rejects: it has nothing to lose.
 */
export function closeTrust(trust: OPCUACertificateManager): Promise<void> {
  trust.referenceCounter = 0;
  return trust.dispose().catch(() => {});
}

/**
 * Judges the certificate of a server before anything is sent to it.
 *
 * @throws EngineError `opcua/cert-untrusted` (a copy then lies in `rejected/`), `opcua/cert-invalid` (expired,
 * revoked, broken) or `opcua/cert-wrong-uri` (it belongs to another application).
 */
export async function checkServerCertificate(
  trust: OPCUACertificateManager,
  der: Buffer,
  applicationUri: string | null,
  options: OpcuaEndpointOptions,
): Promise<CertificateFacts> {
  const facts = readCertificateFacts(der);
  const status = await trust.checkCertificate(der);
  const described =
    `"${facts.subject}", SHA-1 ${facts.sha1}, SHA-256 ${facts.sha256}, ` +
    `valid ${facts.validFrom} to ${facts.validTo}`;
  const context = { ...facts, serverId: options.serverId };
  if (status.name === 'BadCertificateUntrusted') {
    throw new EngineError(
      'opcua/cert-untrusted',
      `The certificate of the OPC UA server ${options.serverId} is not trusted: ${described}. ` +
        `Next: compare the SHA-1 with the one the server shows; if it is the same, run \`lineside opcua trust --data ` +
        `${dirname(options.trustFolder)} --thumbprint ${facts.sha1}\`, or move the file whose name ` +
        `holds it from ${join(options.trustFolder, 'rejected')} to ${join(options.trustFolder, 'trusted', 'certs')}.`,
      context,
    );
  }
  if (!status.isGood()) {
    throw new EngineError(
      'opcua/cert-invalid',
      `The certificate of the OPC UA server ${options.serverId} is refused (${status.name}): ${described}. ` +
        'Next: give the server a valid certificate, or check the clock of this computer.',
      context,
    );
  }
  if (facts.applicationUri !== undefined && applicationUri !== null && facts.applicationUri !== applicationUri) {
    throw new EngineError(
      'opcua/cert-wrong-uri',
      `The OPC UA server ${options.serverId} calls itself ${applicationUri}, but its certificate is made out ` +
        `for ${facts.applicationUri}. Next: make a new certificate at the server.`,
      context,
    );
  }
  return facts;
}

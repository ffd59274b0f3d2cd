import { createPrivateKey, type X509Certificate } from 'node:crypto';
import { describeExpiry, toExpiry } from '../../shared/domain/certificate-expiry.ts';
import type { ProbeStep } from '../../shared/domain/probe.ts';
import { describeError, isEngineError } from '../platform/engine-error.ts';
import { parseCertificates, toFacts } from './certificate-facts.ts';

/** PEM texts as the site file names them. */
export interface OwnFiles {
  readonly ca: string;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

export interface OwnJudgement {
  readonly steps: readonly ProbeStep[];
  readonly authorities: readonly X509Certificate[];
}

/** Looks at our own files before anything is sent. `clientId`: under which the gateway logs in to a broker. */
export function judgeOwnFiles(files: OwnFiles, clientId: string | undefined, nowMs: number): OwnJudgement {
  const authorities = parse(() => parseCertificates(Buffer.from(files.ca), 'tls.ca'));
  if (!Array.isArray(authorities)) return { steps: [authorities], authorities: [] };
  const { cert } = files;
  const own = cert === undefined ? undefined : parse(() => parseCertificates(Buffer.from(cert), 'tls.cert'));
  // What is wrong with ours says nothing about the certificate of the other side.
  if (own !== undefined && !Array.isArray(own)) return { steps: [own], authorities };
  const certificate = own?.[0];
  const trusted = authorities.map((authority) => `we trust: ${toFacts(authority).subject}`);
  if (certificate === undefined) {
    const text = 'We trust the authorities in tls.ca and show no certificate of our own.';
    return { steps: [{ step: 'our-files', ok: true, text, facts: trusted }], authorities };
  }
  return { steps: judgeCertificate(certificate, files.key ?? '', clientId, nowMs, trusted), authorities };
}

function parse(read: () => X509Certificate[]): X509Certificate[] | ProbeStep {
  try {
    return read();
  } catch (error) {
    const code = isEngineError(error) ? error.code : 'certificates/no-certificate';
    return { step: 'our-files', ok: false, code, text: `${describeError(error)}.`, nextStep: 'Correct the file.' };
  }
}

function judgeCertificate(
  certificate: X509Certificate,
  keyPem: string,
  clientId: string | undefined,
  nowMs: number,
  trusted: readonly string[],
): ProbeStep[] {
  const { subject, issuer, commonName, validFromMs, validToMs, extendedUsages, sha256 } = toFacts(certificate);
  const expiry = toExpiry(validFromMs, validToMs, nowMs);
  const end = describeExpiry(expiry, validFromMs, validToMs);
  const facts = [`we show: ${subject}, issued by ${issuer}, ${end}`, `SHA-256 ${sha256}`, ...trusted];
  const fail = (code: string, text: string, nextStep: string): ProbeStep[] => [
    { step: 'our-files', ok: false, code: `certificates/${code}`, text, nextStep, facts },
  ];
  if (!isKeyOf(certificate, keyPem)) {
    const nextStep = 'Put the key from which this certificate was requested into tls.key; .previous may be it.';
    return fail('key-mismatch', 'tls.key is not the key of tls.cert, or is no key that can be read.', nextStep);
  }
  const renew = 'Renew it: `lineside certs renew`, or ask the site’s authority.';
  if (expiry.level === 'expired') return fail('expired', `Our own certificate ${end}.`, renew);
  if (expiry.level === 'not-yet-valid') {
    return fail('not-yet-valid', `Our own certificate ${end}.`, 'Set the clock of this computer right.');
  }
  if (extendedUsages.length > 0 && !extendedUsages.includes('clientAuth')) {
    const text = `Our certificate may not be used by a client: it is for ${extendedUsages.join(', ')} only.`;
    return fail('wrong-usage', text, 'Issue one with `lineside certs issue --for edge-node`.');
  }
  const isOdd = expiry.level === 'good' ? {} : { isOdd: true };
  const good: ProbeStep = {
    step: 'our-files',
    ok: true,
    ...isOdd,
    text: `Our certificate ${end}; its key fits.`,
    facts,
  };
  if (clientId === undefined || commonName === clientId) return [good];
  const text = `The certificate is for "${commonName ?? ''}", the gateway logs in as "${clientId}": a broker that compares them refuses it.`;
  const nextStep = `If it is refused below, issue one with --client-id "${clientId}".`;
  return [good, { step: 'client-id', ok: true, isOdd: true, code: 'certificates/cn-not-client-id', text, nextStep }];
}

function isKeyOf(certificate: X509Certificate, keyPem: string): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(keyPem));
  } catch {
    // Damaged or encrypted: no connection could use it either.
    return false;
  }
}

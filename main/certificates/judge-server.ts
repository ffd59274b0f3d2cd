import type { X509Certificate } from 'node:crypto';
import { checkServerIdentity } from 'node:tls';
import { describeExpiry, toExpiry } from '../../shared/domain/certificate-expiry.ts';
import type { ProbeStep } from '../../shared/domain/probe.ts';
import { type CertificateFacts, toFacts } from './certificate-facts.ts';
import { findIssuers } from './find-certificates.ts';

export interface ShownChain {
  /** As the server sent it, its own certificate first. */
  readonly chain: readonly X509Certificate[];
  /** What we trust. */
  readonly authorities: readonly X509Certificate[];
  /** Name or address under which it was reached. */
  readonly host: string;
  readonly nowMs: number;
}

const describeOne = ({ subject, sha256 }: CertificateFacts): string => `${subject} (SHA-256 ${sha256})`;
const isSame = (one: X509Certificate, other: X509Certificate): boolean => one.fingerprint256 === other.fingerprint256;

/** Every check of a server's certificate by itself, also after one has failed: two faults at once are named at once. */
export function judgeServer(shown: ShownChain): ProbeStep[] {
  const [leaf] = shown.chain;
  if (leaf === undefined) {
    const nextStep = 'Give the server a certificate and key.';
    return [{ step: 'ca', ok: false, code: 'certificates/none-shown', text: 'It shows no certificate.', nextStep }];
  }
  return [judgeAuthority(leaf, shown), judgeHost(leaf, shown.host), judgeValidity(shown), judgeUsage(leaf)];
}

function judgeAuthority(leaf: X509Certificate, { chain, authorities }: ShownChain): ProbeStep {
  const issuers = findIssuers(leaf, [...chain.slice(1), ...authorities]);
  const path = [leaf, ...issuers];
  const facts = path
    .map((one, index) => `${'   '.repeat(path.length - 1 - index)}${describeOne(toFacts(one))}`)
    .reverse();
  const last = path.at(-1) ?? leaf;
  if (authorities.some((authority) => isSame(authority, last)) && last.subject === last.issuer) {
    return {
      step: 'ca',
      ok: true,
      text: `Its certificate was issued by ${toFacts(last).subject}, which we trust.`,
      facts,
    };
  }
  const missing = toFacts(last);
  const held = authorities.map((authority) => toFacts(authority).subject).join('; ') || 'nothing';
  const namesake = authorities.some((authority) => authority.subject === last.issuer);
  const text = namesake
    ? `An authority named ${missing.issuer} signed it, but with another key than the one of that name in tls.ca.`
    : last.subject === last.issuer
      ? `The chain ends at ${missing.subject}, which tls.ca does not hold (it holds ${held}).`
      : `It was issued by ${missing.issuer}, which tls.ca does not hold (it holds ${held}) and the server did not send.`;
  const nextStep = namesake
    ? 'Was the authority made anew? Take its present ca.pem, compare the SHA-256, and put it into tls.ca.'
    : `Put the certificate of ${missing.issuer} into tls.ca, after comparing its SHA-256 with whoever runs it.`;
  return { step: 'ca', ok: false, code: 'certificates/unknown-ca', text, nextStep, facts };
}

function judgeHost(leaf: X509Certificate, host: string): ProbeStep {
  const names = toFacts(leaf).altNames;
  const facts = [`asked for: ${host}`, `it lists:  ${names.join(', ') || 'no names'}`];
  // The very check that a connection makes.
  const fault = checkServerIdentity(host, leaf.toLegacyObject());
  if (fault === undefined) return { step: 'host-name', ok: true, text: `It is made out to ${host}.`, facts };
  const text = `It is not made out to ${host}, but to ${names.join(', ') || 'no name at all'}.`;
  const nextStep = `Reach it by a name that it lists, or have a certificate issued that lists ${host}.`;
  return { step: 'host-name', ok: false, code: 'certificates/host-name', text, nextStep, facts };
}

function judgeValidity({ chain, nowMs }: ShownChain): ProbeStep {
  const clock = `our clock: ${new Date(nowMs).toISOString()}`;
  const judged = chain.map((one) => {
    const { subject, validFromMs, validToMs } = toFacts(one);
    const expiry = toExpiry(validFromMs, validToMs, nowMs);
    return { text: `${subject} ${describeExpiry(expiry, validFromMs, validToMs)}`, level: expiry.level };
  });
  const facts = [...judged.map(({ text }) => text), clock];
  const late = judged.find(({ level }) => level === 'expired');
  const early = judged.find(({ level }) => level === 'not-yet-valid');
  const nextStep = 'Renew it there; if it should be valid, compare the clocks of both computers.';
  if (late)
    return { step: 'validity', ok: false, code: 'certificates/expired', text: `${late.text}.`, nextStep, facts };
  if (early) {
    const next = 'Compare the clocks: ours is behind, or the certificate was made on a computer that is ahead.';
    return {
      step: 'validity',
      ok: false,
      code: 'certificates/not-yet-valid',
      text: `${early.text}.`,
      nextStep: next,
      facts,
    };
  }
  const soon = judged.find(({ level }) => level !== 'good');
  const text = `${(soon ?? judged[0])?.text ?? ''}.`;
  return { step: 'validity', ok: true, ...(soon ? { isOdd: true } : {}), text, facts };
}

function judgeUsage(leaf: X509Certificate): ProbeStep {
  const { extendedUsages } = toFacts(leaf);
  const list = extendedUsages.join(', ') || 'everything';
  if (extendedUsages.length === 0 || extendedUsages.includes('serverAuth')) {
    return { step: 'usage', ok: true, text: `It may be used by a server (it is for ${list}).` };
  }
  const text = `It may not be used by a server: it is for ${list} only.`;
  const nextStep = 'Give the server a certificate with serverAuth, e.g. `lineside certs issue --for broker`.';
  return { step: 'usage', ok: false, code: 'certificates/wrong-usage', text, nextStep };
}

import { describeExpiry, toExpiry } from '../../shared/domain/certificate-expiry.ts';
import type { CertificateFacts } from '../certificates/certificate-facts.ts';
import { printable } from './printable.ts';

const grouped = (hex: string): string => hex.toUpperCase().match(/../g)?.join(':') ?? hex;

/** `ok  `, `LOOK` or `FAIL`, as in the other commands. */
export function toExpiryWord(facts: CertificateFacts, nowMs: number): string {
  const { level } = toExpiry(facts.validFromMs, facts.validToMs, nowMs);
  if (level === 'good') return 'ok  ';
  return level === 'ends-30' ? 'LOOK' : 'FAIL';
}

export const describeEnd = (facts: CertificateFacts, nowMs: number): string =>
  describeExpiry(toExpiry(facts.validFromMs, facts.validToMs, nowMs), facts.validFromMs, facts.validToMs);

/** A chain as a chain: the root first, each step indented below its issuer. */
export function drawChain(rootFirst: readonly string[]): string[] {
  return rootFirst.map(
    (subject, depth) => `${depth === 0 ? '' : `${'   '.repeat(depth - 1)}└─ `}${printable(subject)}`,
  );
}

/** The lines under a certificate's name; none of them holds a key. */
export function describeFacts(facts: CertificateFacts, nowMs: number): string[] {
  const usage = [...facts.extendedUsages, ...facts.keyUsages].join(', ') || 'not restricted';
  return [
    `valid    ${new Date(facts.validFromMs).toISOString().slice(0, 16)}Z to ${new Date(facts.validToMs).toISOString().slice(0, 16)}Z, ${describeEnd(facts, nowMs)}`,
    ...(facts.altNames.length === 0 ? [] : [`names    ${facts.altNames.join(', ')}`]),
    `usage    ${facts.isAuthority ? 'authority; ' : ''}${usage}; key ${facts.key}`,
    `serial   ${facts.serial}`,
    `SHA-1    ${grouped(facts.sha1)}`,
    `SHA-256  ${grouped(facts.sha256)}`,
  ].map(printable);
}

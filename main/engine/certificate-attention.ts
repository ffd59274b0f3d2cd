import { describeExpiry, type ExpiryLevel, toExpiry } from '../../shared/domain/certificate-expiry.ts';
import type { Attention, CertificateSnapshot } from '../../shared/domain/engine-snapshot.ts';

const isBroken = (level: ExpiryLevel): boolean => ['ends-1', 'expired', 'not-yet-valid'].includes(level);

function toNextStep(level: ExpiryLevel, { kind, role, stage, file }: CertificateSnapshot): string {
  if (kind === 'revocations') {
    return 'Write it anew with `lineside certs crl` and give it to the broker: it refuses every client once its list is over.';
  }
  if (level === 'not-yet-valid') return 'Compare the clock of this computer with the one that made the certificate.';
  if (!role.startsWith('our ')) return 'Have its owner renew it, and put the new one in its place.';
  if (stage === 'servers') {
    return `Renew it with \`lineside certs renew --opcua\`, without an interruption. Without an authority: move ${file} away and start the gateway anew, then let each server trust the new one.`;
  }
  return 'Renew it with `lineside certs renew`; it is used from the next connection on, without a restart.';
}

/** Certificates that end within 30, 7 or 1 days or do not count, the most urgent first. */
export function toCertificateAttention(certificates: readonly CertificateSnapshot[], nowMs: number): Attention[] {
  return [...certificates]
    .sort((one, other) => one.validToMs - other.validToMs)
    .flatMap((certificate): Attention[] => {
      const { kind, role, subject, file, stage, validFromMs, validToMs } = certificate;
      const expiry = toExpiry(validFromMs, validToMs, nowMs);
      if (expiry.level === 'good') return [];
      const end = describeExpiry(expiry, validFromMs, validToMs);
      return [
        {
          code: `certificates/${expiry.level}`,
          severity: isBroken(expiry.level) ? 'broken' : 'look',
          stage,
          text: `The ${kind === 'revocations' ? 'revocation list' : 'certificate'} of ${subject} ${end}: ${role}, ${file}.`,
          nextStep: toNextStep(expiry.level, certificate),
          sinceMs: 0,
        },
      ];
    });
}

import { describe, expect, it } from 'vitest';
import type { CertificateSnapshot } from '../../shared/domain/engine-snapshot.ts';
import { toCertificateAttention } from './certificate-attention.ts';

const DAY_MS = 86_400_000;
const nowMs = Date.UTC(2026, 0, 5);
const ending = (days: number, role = 'our certificate for mqtts://b'): CertificateSnapshot => ({
  stage: 'broker',
  role,
  subject: 'CN=line',
  file: '/etc/line.pem',
  validFromMs: nowMs - DAY_MS,
  validToMs: nowMs + days * DAY_MS,
});
const codes = (...certificates: CertificateSnapshot[]): string[] =>
  toCertificateAttention(certificates, nowMs).map(({ code, severity }) => `${severity} ${code}`);

describe('the attention for certificates', () => {
  it('says nothing with more than 30 days left, and grows at 30, 7 and 1 and at the end', () => {
    expect(codes(ending(30.1))).toEqual([]);
    expect(codes(ending(30))).toEqual(['look certificates/ends-30']);
    expect(codes(ending(7))).toEqual(['look certificates/ends-7']);
    expect(codes(ending(1))).toEqual(['broken certificates/ends-1']);
    expect(codes(ending(-0.1))).toEqual(['broken certificates/expired']);
  });

  it('names file and next step, ours to renew and others to be asked for, the most urgent first', () => {
    const found = toCertificateAttention([ending(20, 'trusted for mqtts://b'), ending(3)], nowMs);
    expect(found.map(({ code }) => code)).toEqual(['certificates/ends-7', 'certificates/ends-30']);
    expect(found[0]?.text).toBe(
      'The certificate of CN=line ends in 3 days (2026-01-08): our certificate for mqtts://b, /etc/line.pem.',
    );
    expect(found[0]?.nextStep).toContain('lineside certs renew');
    expect(found[1]?.nextStep).toContain('its owner');
  });

  it('names for OPC UA the way with an authority and the one without', () => {
    const [found] = toCertificateAttention(
      [{ ...ending(3, 'our certificate for OPC UA servers'), stage: 'servers' }],
      nowMs,
    );
    expect(found?.nextStep).toMatch(/^Renew it with `lineside certs renew --opcua`/);
    expect(found?.nextStep).toContain('move /etc/line.pem away and start the gateway anew');
  });

  it('says of a revocation list what its end means: nobody is admitted any more', () => {
    const [found] = toCertificateAttention([{ ...ending(5), kind: 'revocations' }], nowMs);
    expect(found?.text).toMatch(/^The revocation list of CN=line ends in 5 days/);
    expect(found?.nextStep).toContain('refuses every client');
  });
});

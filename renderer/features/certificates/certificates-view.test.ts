import { describe, expect, it } from 'vitest';
import type { CertificateLine } from '../../../shared/domain/certificate-desk.ts';
import { snapshotOf } from '../../../shared/testing/snapshot-fixture.ts';
import { toBrokerSettings } from './broker-settings.ts';
import {
  shortPrint,
  toCertificateBadge,
  toLeftText,
  toLifeLeftRatio,
  toStepSign,
  toTone,
  toVerdict,
} from './certificates-view.ts';

const DAY_MS = 86_400_000;
const nowMs = Date.UTC(2026, 10, 24);
const lasting = (daysBefore: number, daysLeft: number): CertificateLine => ({
  subject: 'CN=line',
  issuer: 'CN=Site CA',
  commonName: 'line',
  serial: '40',
  key: 'EC P-256',
  altNames: [],
  validFromMs: nowMs - daysBefore * DAY_MS,
  validToMs: nowMs + daysLeft * DAY_MS,
  sha1: 'ab',
  sha256: '3f9a00c1',
  file: '/etc/line.pem',
});

describe('the screen of certificates', () => {
  it('draws the life that is left, and never more or less than all of it', () => {
    expect(toLifeLeftRatio(lasting(75, 25), nowMs)).toBe(0.25);
    expect(toLifeLeftRatio(lasting(100, -1), nowMs)).toBe(0);
    expect(toLifeLeftRatio(lasting(-1, 100), nowMs)).toBe(1);
  });

  it('says in years what lasts, in days what ends, and since when it is over', () => {
    expect(toLeftText(lasting(100, 3_350), nowMs)).toBe('9 y 2 m left');
    expect(toLeftText(lasting(100, 27.5), nowMs)).toBe('27 days left');
    expect(toLeftText(lasting(100, 0.5), nowMs)).toBe('less than a day left');
    expect(toLeftText(lasting(100, -3), nowMs)).toMatch(/^expired 2 days ago/);
    expect([30.5, 20, 0.5, -1].map((days) => toTone(lasting(100, days), nowMs))).toEqual([
      'calm',
      'look',
      'broken',
      'broken',
    ]);
  });

  it('warns in the navigation of what ends within 30 days, the first of all', () => {
    const certificate = (days: number) => ({
      stage: 'broker' as const,
      role: 'ours',
      subject: 'CN=line',
      file: 'x',
      validFromMs: 0,
      validToMs: nowMs + days * DAY_MS,
    });
    const badge = (...days: number[]) => toCertificateBadge(snapshotOf({ certificates: days.map(certificate) }), nowMs);
    expect(badge()).toBeNull();
    expect(badge(31.5)).toBeNull();
    expect(badge(300, 27.5)).toBe('27 d');
    expect(badge(300, -2)).toBe('over');
  });

  it('tells a failed check from one to look at and one not reached, and counts them', () => {
    const good = { step: 'dns', ok: true, text: 'x' };
    const failed = { step: 'host-name', ok: false, text: 'x', code: 'certificates/host-name' };
    const odd = { ...good, isOdd: true };
    expect([good, failed, odd, { ...good, isSkipped: true }].map(toStepSign)).toEqual([
      'good',
      'failed',
      'odd',
      'skipped',
    ]);
    expect(toVerdict([good, failed])).toBe('1 of 2 checks failed: Host name.');
    expect(toVerdict([good, odd])).toBe('Nothing failed; 1 of 2 need a look.');
    expect(toVerdict([])).toBeNull();
  });

  it('names settings of the broker only where the fault is the broker’s', () => {
    expect(toBrokerSettings('client-certificate', 'mqtt/client-cert-refused').map(({ broker }) => broker)).toEqual([
      'mosquitto',
      'EMQX',
      'HiveMQ',
    ]);
    expect(toBrokerSettings('our-files', 'certificates/expired')).toEqual([]);
    expect(toBrokerSettings('dns', 'certificates/dns')).toEqual([]);
  });

  it('shortens a fingerprint to its ends', () => {
    expect(shortPrint('3f9a00c1')).toBe('3F:9A:…:C1');
  });
});

import type { CertificateLine, CertificateLink, CertificateOverview } from '../../../shared/domain/certificate-desk.ts';
import { describeExpiry, toExpiry } from '../../../shared/domain/certificate-expiry.ts';
import type { EngineSnapshot } from '../../../shared/domain/engine-snapshot.ts';
import type { ProbeStep } from '../../../shared/domain/probe.ts';

const DAY_MS = 86_400_000;
const DAYS_PER_YEAR = 365.25;

/** Share of its life that a certificate has left, 0 … 1. */
export function toLifeLeftRatio({ validFromMs, validToMs }: CertificateLine, nowMs: number): number {
  const ratio = (validToMs - nowMs) / Math.max(1, validToMs - validFromMs);
  return Math.min(1, Math.max(0, ratio));
}

/** `9 y 2 m left`, `27 days left`, `expired 3 days ago`. */
export function toLeftText({ validFromMs, validToMs }: CertificateLine, nowMs: number): string {
  const expiry = toExpiry(validFromMs, validToMs, nowMs);
  if (expiry.level === 'expired' || expiry.level === 'not-yet-valid') {
    return describeExpiry(expiry, validFromMs, validToMs);
  }
  const days = expiry.daysLeft;
  if (days < 1) return 'less than a day left';
  if (days < 2 * DAYS_PER_YEAR) return `${days} ${days === 1 ? 'day' : 'days'} left`;
  const months = Math.floor((days / DAYS_PER_YEAR) * 12);
  return `${Math.floor(months / 12)} y ${months % 12} m left`;
}

export const toTone = ({ validFromMs, validToMs }: CertificateLine, nowMs: number): 'calm' | 'look' | 'broken' => {
  const { level } = toExpiry(validFromMs, validToMs, nowMs);
  if (level === 'good') return 'calm';
  return level === 'ends-30' || level === 'ends-7' ? 'look' : 'broken';
};

/** `27 d` where something that the gateway stands on ends within 30 days, `over` where it has; else null. */
export function toCertificateBadge({ certificates }: EngineSnapshot, nowMs: number): string | null {
  const ends = certificates.map(({ validToMs }) => Math.floor((validToMs - nowMs) / DAY_MS));
  const first = Math.min(...ends);
  if (first > 30 || ends.length === 0) return null;
  return first < 0 ? 'over' : `${first} d`;
}

/** `3F:9A:…:C1`, as people compare it first. */
export function shortPrint(sha256: string): string {
  const pairs = sha256.toUpperCase().match(/../g) ?? [];
  return pairs.length < 4 ? sha256 : `${pairs[0]}:${pairs[1]}:…:${pairs.at(-1)}`;
}
export const wholePrint = (hex: string): string => hex.toUpperCase().match(/../g)?.join(':') ?? hex;

const STEP_NAMES: Readonly<Record<string, string>> = {
  'our-files': 'Our certificate',
  'client-id': 'CN and client id',
  dns: 'Name',
  tcp: 'Port',
  tls: 'TLS version',
  ca: 'Its certificate',
  'host-name': 'Host name',
  validity: 'Validity',
  usage: 'Usage',
  connack: 'Login',
  'client-certificate': 'Our certificate',
  subscribe: 'Right to subscribe',
  'round-trip': 'Right to publish',
  address: 'Address',
  login: 'Login',
};
export const toStepName = (step: string): string => STEP_NAMES[step] ?? step;

export type StepSign = 'good' | 'odd' | 'failed' | 'skipped';
export function toStepSign({ ok, isOdd, isSkipped }: ProbeStep): StepSign {
  if (isSkipped === true) return 'skipped';
  if (!ok) return 'failed';
  return isOdd === true ? 'odd' : 'good';
}

/** One sentence over the whole run; null while there is nothing to say. */
export function toVerdict(steps: readonly ProbeStep[]): string | null {
  const failed = steps.filter(({ ok }) => !ok);
  if (failed.length > 0)
    return `${failed.length} of ${steps.length} checks failed: ${failed.map(({ step }) => toStepName(step)).join(', ')}.`;
  const odd = steps.filter(({ isOdd }) => isOdd === true).length;
  if (steps.length === 0) return null;
  return odd === 0 ? `All ${steps.length} checks are good.` : `Nothing failed; ${odd} of ${steps.length} need a look.`;
}

/** Targets of the doctor, in the order of the site. */
export function toTargets(
  overview: CertificateOverview,
  serverIds: readonly string[],
): { value: string; label: string }[] {
  const links = overview.links.filter(({ use }) => use !== 'opcua');
  return [
    ...links.map(({ linkId, name }) => ({ value: linkId, label: name })),
    ...serverIds.map((id) => ({ value: `server-${id}`, label: `OPC UA server ${id}` })),
  ];
}

/** Under the name of a link: what it is for, and whether the name in it is the right one. */
export function toUseText({ use, state }: CertificateLink): string {
  const name = { mqtt: 'MQTT client', opcua: 'OPC UA application', historian: 'historian client' }[use];
  if (state.phase !== 'there' || state.fit === null) return name;
  return `${name} · ${state.fit.text}${state.fit.isGood ? ' ✓' : ''}`;
}

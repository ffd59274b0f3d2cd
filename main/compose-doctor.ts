import { randomBytes } from 'node:crypto';
import type { ProbeStep } from '../shared/domain/probe.ts';
import { parseCertificate, toFacts } from './certificates/certificate-facts.ts';
import { diagnoseTls } from './certificates/diagnose-tls.ts';
import { judgeOwnFiles } from './certificates/judge-own-files.ts';
import { type BrokerAddress, parseBrokerAddress } from './mqtt/broker-address.ts';
import { probeAccess } from './mqtt/probe-access.ts';
import type { Clock } from './platform/clock.ts';
import { isEngineError } from './platform/engine-error.ts';
import { silentLog } from './platform/log.ts';

export interface BrokerPatient {
  readonly address: BrokerAddress;
  /** Under which the gateway logs in; undefined where it is not known. */
  readonly gatewayClientId: string | undefined;
  /** Under which the doctor logs in; by default one that throws nobody out. */
  readonly clientId: string | undefined;
  readonly topicFilters: readonly string[];
  readonly topicPrefix: string | undefined;
}

export interface DoctorParts {
  readonly clock: Clock;
  /** How long each step may take; 10 s by default. */
  readonly limitMs?: number;
  /** Told each step as it is done. */
  readonly onStep?: ((step: ProbeStep) => void) | undefined;
}

const isFatal = (steps: readonly ProbeStep[]): boolean => steps.some(({ ok }) => !ok);

export const toSkipped = (names: readonly string[], text: string): ProbeStep[] =>
  names.map((step) => ({ step, ok: true, isSkipped: true, text }));

/** The way to a broker, step by step: our files, its name, its chain, then login and access as the gateway does it. */
export async function examineBroker(patient: BrokerPatient, parts: DoctorParts): Promise<readonly ProbeStep[]> {
  const { address, gatewayClientId } = patient;
  const { clock, limitMs, onStep } = parts;
  let endpoint;
  try {
    endpoint = parseBrokerAddress(address);
  } catch (error) {
    if (!isEngineError(error)) throw error;
    return [{ step: 'address', ok: false, code: error.code, text: error.message }];
  }
  const tls = endpoint.isTls ? address.tls : undefined;
  const own = tls && judgeOwnFiles(tls, gatewayClientId ?? patient.clientId, clock.nowMs());
  const limit = limitMs === undefined ? {} : { limitMs };
  const target = { host: endpoint.host, port: endpoint.port, startsWith: 'tls', clock, ...limit } as const;
  own?.steps.forEach((step) => onStep?.(step));
  const seen = await diagnoseTls({ ...target, authorities: own?.authorities, onStep });
  const steps = [...(own?.steps ?? []), ...seen];
  if (isFatal(steps)) {
    const why = 'Not tried: nothing of ours is sent before the checks above are good.';
    const skipped = toSkipped(['connack', 'subscribe', 'round-trip'], why);
    skipped.forEach((step) => onStep?.(step));
    return [...steps, ...skipped];
  }
  const question = {
    clientId: patient.clientId ?? `lineside-doctor-${randomBytes(4).toString('hex')}`,
    topicFilters: patient.topicFilters,
    roundTripPrefix: patient.topicPrefix ?? 'lineside/doctor',
    isPrefixChosen: patient.topicPrefix !== undefined,
  };
  const access = await probeAccess(address, question, { clock, log: silentLog });
  const explained = access.map((step) => explainLogin(step, question.clientId, address));
  explained.forEach((step) => onStep?.(step));
  if (!endpoint.isTls && isFatal(access)) {
    const hidden = await diagnoseTls({ ...target, authorities: [] });
    if (hidden.some(({ step, ok }) => step === 'tls' && ok)) {
      const nextStep = 'Write mqtts:// in the site file and name its authority in tls.ca.';
      const text = 'This port speaks TLS, and it was spoken to without.';
      const expected: ProbeStep = { step: 'tls', ok: false, code: 'certificates/tls-expected', text, nextStep };
      onStep?.(expected);
      return [...steps, ...explained, expected];
    }
  }
  return [...steps, ...explained];
}

/** Adds to a refusal what our certificate has to do with it. */
function explainLogin(step: ProbeStep, clientId: string, { tls, url }: BrokerAddress): ProbeStep {
  const cause = step.code ?? '';
  if (tls?.cert === undefined) {
    if (cause !== 'mqtt/client-cert-refused') return step;
    const nextStep = 'Have a client certificate issued and name it in tls.cert and tls.key.';
    return {
      ...step,
      step: 'client-certificate',
      text: `${url} demands a client certificate: we have none to show.`,
      nextStep,
    };
  }
  if (cause === 'mqtt/client-cert-refused') {
    const isRevoked = step.text.includes('revoked');
    const nextStep = 'It stands on the list of revoked certificates of the broker: issue and install a new one.';
    return { ...step, step: 'client-certificate', ...(isRevoked ? { nextStep } : {}) };
  }
  const { commonName } = toFacts(parseCertificate(tls.cert, 'tls.cert'));
  const isIdentity = cause === 'mqtt/refused-client-id' || cause === 'mqtt/refused-not-authorized';
  if (!isIdentity || commonName === clientId) return step;
  return {
    ...step,
    text: `${step.text}: we came as "${clientId}" with a certificate for "${commonName ?? ''}"`,
    nextStep:
      `If the broker binds the client id to the certificate, try --client-id "${commonName ?? ''}" while the gateway is ` +
      `stopped (two with one id throw each other out); else: ${step.nextStep ?? ''}`,
  };
}

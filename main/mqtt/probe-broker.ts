import { randomUUID } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import type { ProbeStep } from '../../shared/domain/probe.ts';
import { type Clock, within } from '../platform/clock.ts';
import { describeError, EngineError, isEngineError } from '../platform/engine-error.ts';
import { type BrokerAddress, nameEndpoint, parseBrokerAddress } from './broker-address.ts';
import { type BrokerLink, type LinkParts, startSession } from './broker-link.ts';
import { connectTcp, startTls } from './broker-socket.ts';
import { connectFailure } from './connect-failure.ts';

const STEP_LIMIT_MS = 10_000;
const RETURN_LIMIT_MS = 5_000;
const PROBE_KEEP_ALIVE_S = 30;
const PROBE_PUBLISH = { qos: 1, retain: false } as const;

/**
 * Walks the way to a broker step by step and stops at the first that fails: dns, tcp, tls, connack, and a
 * message that comes back on `lineside/check/<random>` (a refusal by ACL cannot be seen otherwise at QoS 0).
 * Never rejects. Give a client id of its own: a broker ends an older session with the same one.
 */
export async function probeBroker(
  address: BrokerAddress,
  clientId: string,
  parts: LinkParts,
): Promise<readonly ProbeStep[]> {
  const steps: ProbeStep[] = [];
  const attempt = new AbortController();
  let link: BrokerLink | undefined;
  let step = 'address';
  const take = async <T>(name: string, work: () => Promise<T>, tell: (result: T) => string): Promise<T> => {
    step = name;
    const tooSlow = (): Error =>
      new EngineError('mqtt/timeout', `no answer within ${STEP_LIMIT_MS / 1000} s; check the firewall between`);
    const result = await within(parts.clock, STEP_LIMIT_MS, work(), tooSlow);
    steps.push({ step: name, ok: true, text: tell(result) });
    return result;
  };
  try {
    const endpoint = parseBrokerAddress(address);
    const place = nameEndpoint(endpoint);
    const { tls } = address;
    await take(
      'dns',
      () => resolveHost(endpoint),
      (ip) => `${endpoint.host} is ${ip}`,
    );
    const tcp = await take(
      'tcp',
      () => connectTcp(endpoint, attempt.signal),
      () => `${place} accepts connections`,
    );
    const socket =
      endpoint.isTls && tls
        ? await take(
            'tls',
            () => startTls(tcp, endpoint, tls),
            () => 'certificate and host name of the broker are good',
          )
        : tcp;
    const request = { clientId, keepAliveS: PROBE_KEEP_ALIVE_S };
    const session = (): Promise<BrokerLink> => startSession(socket, address, endpoint, request, parts, attempt.signal);
    const opened = await take('connack', session, () => `the broker admits ${clientId}`);
    link = opened;
    await take(
      'round-trip',
      () => roundTrip(opened, parts.clock, 'lineside/check'),
      () => 'a message came back through the broker',
    );
  } catch (error) {
    steps.push(toFailedStep(step, error));
  }
  await link?.close();
  attempt.abort();
  return steps;
}

async function resolveHost(endpoint: { host: string; port: number; isTls: boolean }): Promise<string> {
  try {
    return (await lookup(endpoint.host)).address;
  } catch (error) {
    const text = 'has a host name that cannot be resolved';
    throw connectFailure('mqtt/dns', endpoint, text, 'check the spelling and the name server of this machine', error);
  }
}

/**
 * Sends a message to itself on a topic that nobody else knows, below `prefix`.
 * @throws EngineError `mqtt/refused-topic` when it does not come back.
 */
export async function roundTrip(link: BrokerLink, clock: Clock, prefix: string): Promise<void> {
  const topic = `${prefix}/${randomUUID()}`;
  const refused = (): EngineError =>
    new EngineError('mqtt/refused-topic', `the broker refuses ${topic}; allow this client ${prefix}/+ in its ACL`);
  const returned = new Promise<void>((resolve, reject) => {
    link.onMessage((message) => {
      if (message.topic === topic) resolve();
    });
    // Some brokers answer a forbidden topic by closing the connection.
    link.onClosed(() => reject(refused()));
  });
  const [granted] = await link.subscribe([topic]);
  if (granted === undefined || granted > 1) throw refused();
  await within(clock, RETURN_LIMIT_MS, Promise.all([returned, link.publish(topic, 'check', PROBE_PUBLISH)]), refused);
}

/** A failure as the last step of a walk: what was seen and what to do, apart. */
export function toFailedStep(step: string, error: unknown): ProbeStep {
  const message = describeError(error);
  if (!isEngineError(error)) return { step, ok: false, code: 'mqtt/failed', text: message };
  const { text, nextStep } = error.context;
  if (typeof text === 'string' && typeof nextStep === 'string') {
    return { step, ok: false, code: error.code, text, nextStep };
  }
  const [finding = message, ...advice] = message.split('; ');
  return { step, ok: false, code: error.code, text: finding, nextStep: advice.join('; ') };
}

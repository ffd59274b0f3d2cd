import type { ProbeStep } from '../../shared/domain/probe.ts';
import type { BrokerAddress } from './broker-address.ts';
import { type BrokerLink, type LinkParts, openBrokerLink } from './broker-link.ts';
import { roundTrip, toFailedStep } from './probe-broker.ts';

export interface AccessQuestion {
  readonly clientId: string;
  /** What this client must be able to subscribe to; hearing it disturbs nobody. */
  readonly topicFilters: readonly string[];
  /** A message of our own goes to `<prefix>/<random>` and must come back; no host listens there. */
  readonly roundTripPrefix: string;
  /** The prefix was named by a person: then it is a fault when the broker refuses it. */
  readonly isPrefixChosen: boolean;
}

const KEEP_ALIVE_S = 30;
const REFUSED_QOS = 128;

/**
 * connack, subscribe and round-trip over the connection that a gateway would use, verified as always. Nothing is ever
 * published on a Sparkplug topic: a host would take it for the word of the node. Never rejects.
 */
export async function probeAccess(
  address: BrokerAddress,
  question: AccessQuestion,
  parts: LinkParts,
): Promise<ProbeStep[]> {
  const steps: ProbeStep[] = [];
  let link: BrokerLink | undefined;
  let step = 'connack';
  try {
    link = await openBrokerLink(address, { clientId: question.clientId, keepAliveS: KEEP_ALIVE_S }, parts);
    await link.barrier();
    steps.push({ step, ok: true, text: `The broker admits the client id "${question.clientId}".` });
    step = 'subscribe';
    steps.push(await subscribe(link, question.topicFilters));
    step = 'round-trip';
    steps.push(await exchange(link, question, parts));
  } catch (error) {
    steps.push(toFailedStep(step, error));
  }
  await link?.close();
  return steps;
}

async function subscribe(link: BrokerLink, filters: readonly string[]): Promise<ProbeStep> {
  const granted = await link.subscribe(filters);
  const facts = filters.map((filter, index) => {
    const qos = granted[index] ?? REFUSED_QOS;
    return `${qos >= REFUSED_QOS ? 'refused' : `granted, QoS ${qos}`}  ${filter}`;
  });
  const refused = filters.filter((_filter, index) => (granted[index] ?? REFUSED_QOS) >= REFUSED_QOS);
  if (refused.length === 0) {
    // mosquitto with an acl_file grants every subscription and holds back the messages.
    const text = 'It grants the subscriptions of the node (some brokers grant all, and hold back what is forbidden).';
    return { step: 'subscribe', ok: true, text, facts };
  }
  const text = `Its access rules refuse ${refused.join(' and ')}.`;
  const nextStep = 'Allow this client to subscribe to its own commands and to the state of its host.';
  return { step: 'subscribe', ok: false, code: 'mqtt/refused-topic', text, nextStep, facts };
}

async function exchange(link: BrokerLink, question: AccessQuestion, parts: LinkParts): Promise<ProbeStep> {
  const { roundTripPrefix, isPrefixChosen } = question;
  const place = `${roundTripPrefix}/<random>`;
  try {
    await roundTrip(link, parts.clock, roundTripPrefix);
    return { step: 'round-trip', ok: true, text: `A message on ${place} went to the broker and came back.` };
  } catch {
    const text = `A message on ${place} does not come back: the access rules refuse it, which MQTT 3.1.1 does not tell.`;
    const nextStep = isPrefixChosen
      ? `Allow this client to publish and subscribe below ${roundTripPrefix}.`
      : 'A broker that allows Sparkplug topics only does this. Whether DATA may be published is then seen only by the ' +
        `running gateway (\`lineside sparkplug watch\`); to prove it here allow ${roundTripPrefix}/# or name a --topic-prefix.`;
    const verdict = isPrefixChosen ? { ok: false } : { ok: true, isOdd: true };
    return { step: 'round-trip', ...verdict, code: 'mqtt/refused-topic', text, nextStep };
  }
}

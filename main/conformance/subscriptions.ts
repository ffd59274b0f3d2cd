import { isSent } from './mutant.ts';
import type { EdgeConnection } from './select.ts';

/** MQTT 3.1.1, section 4.7. */
function covers(filter: string, topic: string): boolean {
  const levels = topic.split('/');
  const wanted = filter.split('/');
  for (const [index, level] of wanted.entries()) {
    if (level === '#') return true;
    if (level !== '+' && level !== levels[index]) return false;
  }
  return wanted.length === levels.length;
}

/** What is wrong where the topic is not subscribed with QoS 1, and granted, before the first message with this verb. */
export function findMissingGrant({ connection }: EdgeConnection, topic: string, verb: string): string | undefined {
  const first = connection.packets.findIndex(isSent(verb));
  const before = first < 0 ? connection.packets : connection.packets.slice(0, first);
  for (const packet of before) {
    if (packet.kind !== 'subscribe') continue;
    const at = packet.filters.findIndex(({ filter }) => covers(filter, topic));
    if (at < 0) continue;
    if (packet.filters[at]?.qos !== 1) return `${topic} is subscribed with QoS ${packet.filters[at]?.qos}`;
    const answer = before.find((one) => one.kind === 'suback' && one.packetId === packet.packetId);
    const granted = answer?.kind === 'suback' ? answer.granted[at] : undefined;
    return granted === 1 ? undefined : `${topic} was not granted before the ${verb}`;
  }
  return `${topic} is not subscribed before the ${verb}`;
}

import { EngineError } from '../platform/engine-error.ts';

const MAX_TOPIC_BYTES = 65_535;

/**
 * Refuses a topic that a broker answers by closing the connection (MQTT 3.1.1, sections 1.5.3 and 3.3.2.1).
 * mqtt.js sends such a packet all the same, and everything behind it would be stuck.
 * @throws EngineError `mqtt/illegal-topic`
 */
export function checkPublishTopic(topic: string): void {
  const fault = findTopicFault(topic);
  if (fault === undefined) return;
  throw new EngineError(
    'mqtt/illegal-topic',
    `topic ${JSON.stringify(topic.slice(0, 200))} ${fault}; rename what it was made from`,
    { topic },
  );
}

function findTopicFault(topic: string): string | undefined {
  if (topic === '') return 'is empty';
  if (/[+#]/.test(topic)) return 'holds + or #, which are wildcards';
  if (topic.includes('\0')) return 'holds the character NUL';
  if (/\p{Surrogate}/u.test(topic)) return 'holds half of a surrogate pair, which has no UTF-8 form';
  return Buffer.byteLength(topic) > MAX_TOPIC_BYTES ? `is longer than ${MAX_TOPIC_BYTES} bytes` : undefined;
}

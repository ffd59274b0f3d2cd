import type { AssertionId } from '../../sparkplug/assertions.ts';
import { inMessage, unreadable } from '../mutant.ts';
import { everyMessage, type Rule, unless } from '../rule.ts';
import { published } from '../select.ts';

/** Guide 1.3 to 1.5 and 1.13: QoS, retain flag and form of what an edge node publishes. */

const qosRule = (verb: string, ...ids: readonly AssertionId[]): Rule => ({
  ids,
  says: `${verb} is published with QoS 0`,
  check: everyMessage(published(verb), ({ packet }) => unless(packet.qos === 0, `has QoS ${packet.qos}`)),
  mutants: [inMessage(verb, 'has QoS 1', () => ({ qos: 1 }))],
});

const retainRule = (verb: string, ...ids: readonly AssertionId[]): Rule => ({
  ids,
  says: `${verb} is not retained`,
  check: everyMessage(published(verb), ({ packet }) => unless(!packet.isRetained, 'is retained')),
  mutants: [inMessage(verb, 'is retained', () => ({ isRetained: true }))],
});

const flagRule = (verb: string, ...ids: readonly AssertionId[]): Rule => ({
  ids,
  says: `${verb} is published with QoS 0 and not retained`,
  check: everyMessage(published(verb), ({ packet: { qos, isRetained } }) =>
    unless(qos === 0 && !isRetained, `has QoS ${qos}, retain ${isRetained}`),
  ),
  mutants: [
    inMessage(verb, 'has QoS 2', () => ({ qos: 2 })),
    inMessage(verb, 'is retained', () => ({ isRetained: true })),
  ],
});

const payloadRule = (verb: string, ...ids: readonly AssertionId[]): Rule => ({
  ids,
  says: `the payload of ${verb} is protobuf`,
  check: everyMessage(published(verb), ({ payload }) => unless(payload !== undefined, 'is no payload')),
  mutants: [unreadable(verb)],
});

export const flagRules: readonly Rule[] = [
  flagRule('NBIRTH', 'tck-id-topics-nbirth-mqtt'),
  qosRule('NBIRTH', 'tck-id-payloads-nbirth-qos', 'tck-id-message-flow-edge-node-birth-publish-nbirth-qos'),
  retainRule('NBIRTH', 'tck-id-payloads-nbirth-retain', 'tck-id-message-flow-edge-node-birth-publish-nbirth-retained'),
  payloadRule('NBIRTH', 'tck-id-message-flow-edge-node-birth-publish-nbirth-payload'),
  flagRule('DBIRTH', 'tck-id-topics-dbirth-mqtt'),
  qosRule('DBIRTH', 'tck-id-payloads-dbirth-qos', 'tck-id-message-flow-device-birth-publish-dbirth-qos'),
  retainRule('DBIRTH', 'tck-id-payloads-dbirth-retain', 'tck-id-message-flow-device-birth-publish-dbirth-retained'),
  payloadRule('DBIRTH', 'tck-id-message-flow-device-birth-publish-dbirth-payload'),
  flagRule('DDEATH', 'tck-id-topics-ddeath-mqtt'),
  flagRule('NDATA', 'tck-id-topics-ndata-mqtt'),
  qosRule('NDATA', 'tck-id-payloads-ndata-qos'),
  retainRule('NDATA', 'tck-id-payloads-ndata-retain'),
  flagRule('DDATA', 'tck-id-topics-ddata-mqtt'),
  qosRule('DDATA', 'tck-id-payloads-ddata-qos'),
  retainRule('DDATA', 'tck-id-payloads-ddata-retain'),
];

import { inConnect, inFilter, inMessage, inPayload, inWill, isSent, movedBefore } from '../mutant.ts';
import type { WitnessPayload } from '../payload-witness.ts';
import type { Recording } from '../recording.ts';
import { all, type Check, everyConnection, everyMessage, type Rule, unless } from '../rule.ts';
import { type EdgeConnection, published, toPayload } from '../select.ts';
import { findMissingGrant } from '../subscriptions.ts';

/** Guide 1.2: CONNECT, Will and bdSeq. */

const willPayload = ({ connect }: EdgeConnection): WitnessPayload | undefined => toPayload(connect.willContent);
const deathTopic = ({ groupId, edgeNodeId }: Recording): string => `spBv1.0/${groupId}/NDEATH/${edgeNodeId}`;

const hasWill = everyConnection(({ connect }) => unless(connect.will !== undefined, 'has no Will'));
const willTopic = everyConnection(({ connect, recording }) =>
  unless(connect.will?.topic === deathTopic(recording), `its Will goes to ${connect.will?.topic}`),
);
const willQos = everyConnection(({ connect }) =>
  unless(connect.will?.qos === 1, `its Will has QoS ${connect.will?.qos}`),
);
const willNotRetained = all(
  everyConnection(({ connect }) => unless(connect.will?.isRetained === false, 'its Will is retained')),
  everyMessage(published('NDEATH'), ({ packet }) => unless(!packet.isRetained, 'is retained')),
);
const willReadable = everyConnection((one) => unless(willPayload(one) !== undefined, 'its Will is no payload'));

const noWill = inConnect('has no Will', () => ({ will: undefined, willContent: undefined }));
const changedWill = (fault: string, change: { qos?: number; isRetained?: boolean; topic?: string }) =>
  inConnect(`Will: ${fault}`, ({ will }) => will && { will: { ...will, ...change } });

/** Of the Will and of every NDEATH that the edge node publishes itself. */
const everyDeath = (judge: (payload: WitnessPayload | undefined) => string | undefined): Check =>
  all(
    everyConnection((one) => judge(willPayload(one))),
    everyMessage(published('NDEATH'), ({ payload }) => judge(payload)),
  );

const withoutSeq = everyDeath((payload) => unless(payload !== undefined && payload.seq === undefined, 'holds a seq'));
const seqInWill = inWill('holds a seq', () => ({ seq: 0 }));
const seqInDeath = inPayload('NDEATH', 'holds a seq', () => ({ seq: 3 }));

export const connectRules: readonly Rule[] = [
  {
    ids: ['tck-id-principles-persistence-clean-session-311'],
    says: 'each CONNECT of MQTT 3.1.1 asks for a clean session',
    check: everyConnection(({ connect }) => unless(connect.isCleanSession, 'asks for a session that is kept')),
    mutants: [inConnect('asks for a session that is kept', () => ({ isCleanSession: false }))],
  },
  {
    ids: ['tck-id-principles-persistence-clean-session-50'],
    says: 'no CONNECT speaks MQTT 5.0, so none can ask for a session that expires later',
    check: everyConnection(({ connect }) => unless(connect.protocolLevel === 4, 'speaks another version than 3.1.1')),
    mutants: [inConnect('speaks MQTT 5.0', () => ({ protocolLevel: 5 }))],
  },
  {
    ids: ['tck-id-message-flow-edge-node-birth-publish-connect'],
    says: 'CONNECT is the first packet and the broker has admitted it before anything is published',
    check: everyConnection(({ connection: { packets } }) => {
      if (packets[0]?.kind !== 'connect') return 'begins with another packet';
      const admitted = packets.findIndex((packet) => packet.kind === 'connack' && packet.returnCode === 0);
      const first = packets.findIndex((packet) => packet.kind === 'publish' && packet.from === 'client');
      return unless(first < 0 || (admitted >= 0 && admitted < first), 'publishes before CONNACK');
    }),
    mutants: [movedBefore('NBIRTH: is sent before CONNACK', isSent('NBIRTH'), ({ kind }) => kind === 'connack')],
  },
  {
    ids: ['tck-id-principles-birth-certificates-order'],
    says: 'the first message of each session is the NBIRTH',
    check: everyConnection(({ messages: [first] }) =>
      unless(first === undefined || first.verb === 'NBIRTH', `begins with ${first?.verb}`),
    ),
    mutants: [
      movedBefore('DDATA: is sent before NBIRTH', isSent('DDATA'), isSent('NBIRTH')),
      movedBefore('DBIRTH: is sent before NBIRTH', isSent('DBIRTH'), isSent('NBIRTH')),
    ],
  },
  {
    ids: ['tck-id-message-flow-edge-node-birth-publish-will-message'],
    says: 'each CONNECT has a Will that is an NDEATH of this node',
    check: all(hasWill, willTopic),
    mutants: [noWill, changedWill('is a DDEATH', { topic: 'spBv1.0/plant/DDEATH/line' })],
  },
  {
    ids: ['tck-id-message-flow-edge-node-birth-publish-will-message-topic'],
    says: 'the Will goes to the NDEATH topic of this node',
    check: willTopic,
    mutants: [changedWill('goes to another node', { topic: 'spBv1.0/plant/NDEATH/other' })],
  },
  {
    ids: ['tck-id-message-flow-edge-node-birth-publish-will-message-payload'],
    says: 'the payload of the Will is protobuf',
    check: willReadable,
    mutants: [inConnect('Will: is no protobuf', () => ({ willContent: { kind: 'unreadable', reason: 'mutated' } }))],
  },
  {
    ids: ['tck-id-message-flow-edge-node-birth-publish-will-message-qos', 'tck-id-payloads-ndeath-will-message-qos'],
    says: 'the Will has QoS 1',
    check: willQos,
    mutants: [changedWill('has QoS 0', { qos: 0 })],
  },
  {
    ids: [
      'tck-id-message-flow-edge-node-birth-publish-will-message-will-retained',
      'tck-id-payloads-ndeath-will-message-retain',
    ],
    says: 'NDEATH is not retained, neither as Will nor as message',
    check: willNotRetained,
    mutants: [
      changedWill('is retained', { isRetained: true }),
      inMessage('NDEATH', 'is retained', () => ({ isRetained: true })),
    ],
  },
  {
    ids: ['tck-id-topics-ndeath-payload'],
    says: 'NDEATH, as Will and as message, holds bdSeq by its name and nothing else',
    check: everyDeath((payload) => {
      const [first, ...rest] = payload?.metrics ?? [];
      return unless(first?.name === 'bdSeq' && first.alias === undefined && rest.length === 0, 'holds something else');
    }),
    mutants: [
      inWill('holds no bdSeq', () => ({ metrics: [] })),
      inWill('holds two metrics', ({ metrics }) => ({ metrics: [...metrics, ...metrics] })),
      inPayload('NDEATH', 'names bdSeq by an alias', ({ metrics }) => ({
        metrics: metrics.map((metric) => ({ ...metric, name: undefined, alias: 1 })),
      })),
    ],
  },
  {
    ids: ['tck-id-topics-ndeath-seq', 'tck-id-payloads-ndeath-seq'],
    says: 'NDEATH, as Will and as message, holds no seq',
    check: withoutSeq,
    mutants: [seqInWill, seqInDeath],
  },
  {
    ids: ['tck-id-message-flow-edge-node-ncmd-subscribe'],
    says: 'NCMD is subscribed with QoS 1, and granted, before the NBIRTH',
    check: everyConnection((one) =>
      findMissingGrant(one, `spBv1.0/${one.recording.groupId}/NCMD/${one.recording.edgeNodeId}`, 'NBIRTH'),
    ),
    mutants: [
      inFilter('NCMD', 'NCMD with QoS 0', (filter) => filter, 0),
      inFilter('NCMD', 'no NCMD', () => 'elsewhere'),
      movedBefore('NBIRTH: is sent before SUBACK', isSent('NBIRTH'), ({ kind }) => kind === 'suback'),
    ],
  },
];

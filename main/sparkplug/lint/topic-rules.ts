import { must, should } from './rule.ts';

/** Topics, ids, and how MQTT delivered the message. Checked in check-topic.ts and check-delivery.ts. */
export const TOPIC_RULES = {
  'topic-namespace': must('Publish under spBv1.0; spAv1.0 is another protocol.', [
    'tck-id-topic-structure-namespace-a',
  ]),
  'topic-structure': must('Publish on spBv1.0/<group>/<verb>/<edge node>[/<device>] with one of the eight verbs.', [
    'tck-id-topic-structure',
  ]),
  'topic-device-level': must('Give a device level to DBIRTH, DDATA, DDEATH and DCMD, and none to the others.', {
    NBIRTH: ['tck-id-topic-structure-namespace-device-id-non-associated-message-types', 'tck-id-topics-nbirth-topic'],
    NDATA: ['tck-id-topic-structure-namespace-device-id-non-associated-message-types', 'tck-id-topics-ndata-topic'],
    NDEATH: ['tck-id-topic-structure-namespace-device-id-non-associated-message-types', 'tck-id-topics-ndeath-topic'],
    NCMD: ['tck-id-topic-structure-namespace-device-id-non-associated-message-types', 'tck-id-topics-ncmd-topic'],
    DBIRTH: ['tck-id-topic-structure-namespace-device-id-associated-message-types', 'tck-id-topics-dbirth-topic'],
    DDATA: ['tck-id-topic-structure-namespace-device-id-associated-message-types', 'tck-id-topics-ddata-topic'],
    DDEATH: ['tck-id-topic-structure-namespace-device-id-associated-message-types', 'tck-id-topics-ddeath-topic'],
    DCMD: ['tck-id-topic-structure-namespace-device-id-associated-message-types', 'tck-id-topics-dcmd-topic'],
  }),
  'group-id': must('Use a group id of valid UTF-8, not empty, without + / # and control characters.', [
    'tck-id-topic-structure-namespace-valid-group-id',
    'tck-id-intro-group-id-string',
    'tck-id-intro-group-id-chars',
  ]),
  'node-id': must('Use an edge node id of valid UTF-8, not empty, without + / # and control characters.', [
    'tck-id-topic-structure-namespace-valid-edge-node-id',
    'tck-id-intro-edge-node-id-string',
    'tck-id-intro-edge-node-id-chars',
  ]),
  'device-id': must('Use a device id of valid UTF-8, not empty, without + / # and control characters.', [
    'tck-id-topic-structure-namespace-valid-device-id',
    'tck-id-intro-device-id-string',
    'tck-id-intro-device-id-chars',
  ]),
  'id-case': should('Rename one of them: ids that differ only by letter case are taken for one another.', [
    'tck-id-case-sensitivity-sparkplug-ids',
  ]),
  'metric-case': should('Rename one of them: metric names that differ only by letter case are taken for one another.', [
    'tck-id-case-sensitivity-metric-names',
  ]),
  qos: must('Publish it with QoS 0.', {
    NBIRTH: [
      'tck-id-topics-nbirth-mqtt',
      'tck-id-payloads-nbirth-qos',
      'tck-id-message-flow-edge-node-birth-publish-nbirth-qos',
    ],
    DBIRTH: [
      'tck-id-topics-dbirth-mqtt',
      'tck-id-payloads-dbirth-qos',
      'tck-id-message-flow-device-birth-publish-dbirth-qos',
    ],
    NDATA: ['tck-id-topics-ndata-mqtt', 'tck-id-payloads-ndata-qos'],
    DDATA: ['tck-id-topics-ddata-mqtt', 'tck-id-payloads-ddata-qos'],
    DDEATH: ['tck-id-topics-ddeath-mqtt'],
    NCMD: ['tck-id-topics-ncmd-mqtt', 'tck-id-payloads-ncmd-qos'],
    DCMD: ['tck-id-topics-dcmd-mqtt', 'tck-id-payloads-dcmd-qos'],
  }),
  'death-qos': must('Give the Will of the CONNECT QoS 1, and publish NDEATH with QoS 1.', [
    'tck-id-payloads-ndeath-will-message-qos',
    'tck-id-message-flow-edge-node-birth-publish-will-message-qos',
  ]),
  retain: must('Publish it without the retain flag, and clear the retained message with an empty one.', {
    NBIRTH: [
      'tck-id-topics-nbirth-mqtt',
      'tck-id-payloads-nbirth-retain',
      'tck-id-message-flow-edge-node-birth-publish-nbirth-retained',
    ],
    DBIRTH: [
      'tck-id-topics-dbirth-mqtt',
      'tck-id-payloads-dbirth-retain',
      'tck-id-message-flow-device-birth-publish-dbirth-retained',
    ],
    NDATA: ['tck-id-topics-ndata-mqtt', 'tck-id-payloads-ndata-retain'],
    DDATA: ['tck-id-topics-ddata-mqtt', 'tck-id-payloads-ddata-retain'],
    DDEATH: ['tck-id-topics-ddeath-mqtt'],
    NDEATH: [
      'tck-id-payloads-ndeath-will-message-retain',
      'tck-id-message-flow-edge-node-birth-publish-will-message-will-retained',
    ],
    NCMD: ['tck-id-topics-ncmd-mqtt', 'tck-id-payloads-ncmd-retain'],
    DCMD: ['tck-id-topics-dcmd-mqtt', 'tck-id-payloads-dcmd-retain'],
  }),
  'not-protobuf': must('Send a Sparkplug B protobuf payload, its texts in valid UTF-8.', {
    NBIRTH: ['tck-id-message-flow-edge-node-birth-publish-nbirth-payload'],
    DBIRTH: ['tck-id-message-flow-device-birth-publish-dbirth-payload'],
    NDEATH: ['tck-id-message-flow-edge-node-birth-publish-will-message-payload', 'tck-id-topics-ndeath-payload'],
    NDATA: ['tck-id-topics-ndata-payload'],
    DDATA: ['tck-id-topics-ddata-payload'],
    DDEATH: ['tck-id-payloads-ddeath-seq', 'tck-id-payloads-ddeath-timestamp'],
    NCMD: ['tck-id-topics-ncmd-payload'],
    DCMD: ['tck-id-topics-dcmd-payload'],
  }),
} as const;

import { advice, must } from './rule.ts';

/** seq, bdSeq, payload times, and the order of births, data and deaths of one edge node. Checked in check-seq.ts,
 * check-session.ts, check-rebirth.ts and check-times.ts. */
export const SESSION_RULES = {
  'seq-missing': must('Write seq into every message but NDEATH and commands, the value 0 included.', {
    NBIRTH: [
      'tck-id-topics-nbirth-seq-num',
      'tck-id-payloads-nbirth-seq',
      'tck-id-payloads-sequence-num-req-nbirth',
      'tck-id-message-flow-edge-node-birth-publish-nbirth-payload-seq',
      'tck-id-payloads-sequence-num-always-included',
    ],
    DBIRTH: [
      'tck-id-topics-dbirth-seq',
      'tck-id-payloads-dbirth-seq',
      'tck-id-message-flow-device-birth-publish-dbirth-payload-seq',
      'tck-id-payloads-sequence-num-always-included',
    ],
    NDATA: ['tck-id-topics-ndata-seq-num', 'tck-id-payloads-ndata-seq', 'tck-id-payloads-sequence-num-always-included'],
    DDATA: ['tck-id-topics-ddata-seq-num', 'tck-id-payloads-ddata-seq', 'tck-id-payloads-sequence-num-always-included'],
    DDEATH: [
      'tck-id-topics-ddeath-seq-num',
      'tck-id-payloads-ddeath-seq',
      'tck-id-payloads-sequence-num-always-included',
    ],
  }),
  'seq-birth': must('Start every NBIRTH, also that of a rebirth, with seq 0.', [
    'tck-id-topics-nbirth-seq-num',
    'tck-id-payloads-nbirth-seq',
  ]),
  'seq-gap': must('Count one seq for the node and all its devices, +1 for each message, 255 followed by 0.', {
    NDATA: ['tck-id-payloads-ndata-seq-inc', 'tck-id-payloads-sequence-num-incrementing'],
    DDATA: ['tck-id-payloads-ddata-seq-inc', 'tck-id-payloads-sequence-num-incrementing'],
    DBIRTH: ['tck-id-payloads-dbirth-seq-inc', 'tck-id-payloads-sequence-num-incrementing'],
    DDEATH: [
      'tck-id-payloads-ddeath-seq-inc',
      'tck-id-payloads-ddeath-seq-number',
      'tck-id-payloads-sequence-num-incrementing',
    ],
  }),
  'two-publishers': must('Give each edge node a pair of group id and edge node id of its own.', [
    'tck-id-topic-structure-namespace-unique-edge-node-descriptor',
    'tck-id-intro-edge-node-id-uniqueness',
    'tck-id-payloads-nbirth-edge-node-descriptor',
  ]),
  'timestamp-missing': must('Write the payload timestamp: the time of sending in milliseconds UTC.', {
    NBIRTH: ['tck-id-topics-nbirth-timestamp', 'tck-id-payloads-nbirth-timestamp'],
    DBIRTH: ['tck-id-topics-dbirth-timestamp', 'tck-id-payloads-dbirth-timestamp'],
    NDATA: ['tck-id-topics-ndata-timestamp', 'tck-id-payloads-ndata-timestamp'],
    DDATA: ['tck-id-topics-ddata-timestamp', 'tck-id-payloads-ddata-timestamp'],
    DDEATH: ['tck-id-payloads-ddeath-timestamp'],
    NCMD: ['tck-id-topics-ncmd-timestamp', 'tck-id-payloads-ncmd-timestamp'],
    DCMD: ['tck-id-topics-dcmd-timestamp', 'tck-id-payloads-dcmd-timestamp'],
  }),
  'timestamp-implausible': must('Send milliseconds since 1970 in UTC, and synchronise the clock of the sender.', {
    NBIRTH: ['tck-id-payloads-timestamp-in-UTC', 'tck-id-topics-nbirth-timestamp'],
    DBIRTH: ['tck-id-payloads-timestamp-in-UTC', 'tck-id-topics-dbirth-timestamp'],
    NDATA: ['tck-id-payloads-timestamp-in-UTC', 'tck-id-topics-ndata-timestamp'],
    DDATA: ['tck-id-payloads-timestamp-in-UTC', 'tck-id-topics-ddata-timestamp'],
    DDEATH: ['tck-id-payloads-timestamp-in-UTC', 'tck-id-payloads-ddeath-timestamp'],
    NCMD: ['tck-id-payloads-timestamp-in-UTC', 'tck-id-topics-ncmd-timestamp'],
    DCMD: ['tck-id-payloads-timestamp-in-UTC', 'tck-id-topics-dcmd-timestamp'],
  }),
  'bdseq-missing': must('Put the metric bdSeq into NBIRTH, with the value that the Will holds.', [
    'tck-id-topics-nbirth-bdseq-included',
    'tck-id-payloads-nbirth-bdseq',
    'tck-id-message-flow-edge-node-birth-publish-nbirth-payload-bdSeq',
  ]),
  'bdseq-type': must('Send bdSeq as Int64 in long_value, from 0 to 255.', [
    'tck-id-message-flow-edge-node-birth-publish-will-message-payload-bdSeq',
    'tck-id-topics-nbirth-bdseq-increment',
  ]),
  'bdseq-step': must('Raise bdSeq by one for every CONNECT, 255 followed by 0, and keep it over a restart.', [
    'tck-id-topics-nbirth-bdseq-increment',
  ]),
  'death-bdseq': must('Build the Will anew for each CONNECT, so that NDEATH and NBIRTH hold the same bdSeq.', [
    'tck-id-topics-nbirth-bdseq-matching',
    'tck-id-payloads-ndeath-bdseq',
    'tck-id-payloads-nbirth-bdseq',
  ]),
  'death-payload': must('Put exactly one metric, bdSeq, into NDEATH.', [
    'tck-id-topics-ndeath-payload',
    'tck-id-payloads-ndeath-bdseq',
    'tck-id-message-flow-edge-node-birth-publish-will-message-payload',
  ]),
  'death-seq': must('Leave seq out of NDEATH.', ['tck-id-topics-ndeath-seq', 'tck-id-payloads-ndeath-seq']),
  'death-alias': advice('Send bdSeq of NDEATH by name without alias: some hosts miss the death otherwise.', [
    'tck-id-topics-ndeath-payload',
  ]),
  'death-missing': must('Publish NDEATH before an intended disconnect; a rebirth needs no new connection.', [
    'tck-id-operational-behavior-edge-node-intentional-disconnect-ndeath',
    'tck-id-payloads-ndeath-will-message-publisher-disconnect-mqtt311',
    'tck-id-payloads-ndeath-will-message-publisher-disconnect-mqtt50',
  ]),
  'birth-missing': must('Publish NBIRTH before anything else of a new MQTT session.', {
    NDATA: ['tck-id-principles-birth-certificates-order', 'tck-id-payloads-ndata-order'],
    DDATA: ['tck-id-principles-birth-certificates-order', 'tck-id-payloads-ddata-order'],
    DBIRTH: ['tck-id-message-flow-device-birth-publish-nbirth-wait', 'tck-id-payloads-dbirth-order'],
    DDEATH: ['tck-id-principles-birth-certificates-order'],
  }),
  'device-not-born': must('Publish DBIRTH before the first DDATA of a device, and again after its DDEATH.', [
    'tck-id-payloads-ddata-order',
  ]),
  'device-death-unborn': advice('Send DDEATH only for a device that has had its DBIRTH in this session.', [
    'tck-id-operational-behavior-device-ddeath',
  ]),
  'births-unfinished': must('Send all DBIRTHs right after NBIRTH, and data only after the last of them.', {
    NDATA: ['tck-id-payloads-ndata-order', 'tck-id-payloads-dbirth-order'],
    DDATA: ['tck-id-payloads-ddata-order', 'tck-id-payloads-dbirth-order'],
  }),
  'rebirth-data': must('Stop data as soon as a rebirth is asked for, until NBIRTH and all DBIRTHs are out.', [
    'tck-id-operational-behavior-data-commands-rebirth-action-1',
  ]),
  'rebirth-unanswered': must('Answer Node Control/Rebirth = true with NBIRTH and all DBIRTHs.', [
    'tck-id-operational-behavior-data-commands-rebirth-action-2',
  ]),
  'rebirth-incomplete': must(
    'Send after NBIRTH the DBIRTH of every device that is online; DDEATH for one that is not.',
    ['tck-id-operational-behavior-data-commands-rebirth-action-2', 'tck-id-operational-behavior-device-ddeath'],
  ),
  'rebirth-bdseq': must('Keep bdSeq in a rebirth: it counts CONNECT packets, not NBIRTHs.', [
    'tck-id-operational-behavior-data-commands-rebirth-action-3',
    'tck-id-payloads-nbirth-bdseq-repeat',
  ]),
  'rebirth-reconnect': advice('Answer a rebirth on the connection that is open, without NDEATH and CONNECT.', [
    'tck-id-operational-behavior-data-commands-rebirth-action-3',
  ]),
} as const;

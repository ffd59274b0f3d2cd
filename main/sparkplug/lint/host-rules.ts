import { advice, must, should } from './rule.ts';

/** What hosts send: commands and STATE. Checked in check-command.ts and check-state.ts. */
export const HOST_RULES = {
  'command-seq': must('Leave seq out of commands.', {
    NCMD: ['tck-id-payloads-ncmd-seq'],
    DCMD: ['tck-id-payloads-dcmd-seq'],
  }),
  'command-empty': must('Put the metrics to write into the command.', {
    NCMD: ['tck-id-topics-ncmd-payload', 'tck-id-operational-behavior-data-commands-ncmd-verb'],
    DCMD: ['tck-id-topics-dcmd-payload', 'tck-id-operational-behavior-data-commands-dcmd-verb'],
  }),
  'command-unknown': should('Write to a metric that the last birth names.', {
    NCMD: ['tck-id-operational-behavior-data-commands-ncmd-metric-name'],
    DCMD: ['tck-id-operational-behavior-data-commands-dcmd-metric-name'],
  }),
  'command-value': must('Send a value that goes with the datatype of the birth.', {
    NCMD: ['tck-id-operational-behavior-data-commands-ncmd-metric-value'],
    DCMD: ['tck-id-operational-behavior-data-commands-dcmd-metric-value'],
  }),
  'rebirth-ask-name': must('Name the metric exactly Node Control/Rebirth, letter case included.', [
    'tck-id-operational-behavior-data-commands-ncmd-rebirth-name',
  ]),
  'rebirth-ask-value': must('Ask for a rebirth with the Boolean value true.', [
    'tck-id-operational-behavior-data-commands-ncmd-rebirth-value',
  ]),
  'rebirth-ask-verb': must('Ask for a rebirth with NCMD, not with DCMD.', [
    'tck-id-operational-behavior-data-commands-ncmd-rebirth-verb',
  ]),
  'state-topic': must('Publish STATE of 3.0: JSON on spBv1.0/STATE/<host id>; STATE/<host id> is version 2.2.', [
    'tck-id-host-topic-phid-birth-topic',
    'tck-id-host-topic-phid-death-topic',
    'tck-id-operational-behavior-host-application-connect-birth-topic',
    'tck-id-operational-behavior-host-application-connect-will-topic',
  ]),
  'state-json': must('Publish STATE as JSON {"online": true or false, "timestamp": number of ms UTC}.', [
    'tck-id-host-topic-phid-birth-payload',
    'tck-id-host-topic-phid-death-payload',
    'tck-id-payloads-state-birth-payload',
    'tck-id-payloads-state-will-message-payload',
  ]),
  'state-cleared': advice('Leave the retained STATE alone: without it a new edge node does not know its host.', [
    'tck-id-host-topic-phid-birth-retain',
  ]),
  'state-qos': must('Publish STATE, and set its Will, with QoS 1.', [
    'tck-id-host-topic-phid-birth-qos',
    'tck-id-host-topic-phid-death-qos',
    'tck-id-payloads-state-will-message-qos',
  ]),
  'state-retain': must('Publish STATE, and set its Will, with the retain flag.', [
    'tck-id-host-topic-phid-birth-retain',
    'tck-id-host-topic-phid-death-retain',
    'tck-id-payloads-state-will-message-retain',
  ]),
  'state-time': must('Take the time of the CONNECT, in milliseconds UTC, as timestamp of STATE.', [
    'tck-id-host-topic-phid-birth-payload-timestamp',
    'tck-id-message-flow-phid-sparkplug-state-publish-payload-timestamp',
  ]),
  'state-birth-first': must('Publish STATE online as the first message of a session, and offline only after it.', [
    'tck-id-host-topic-phid-birth-message',
    'tck-id-message-flow-phid-sparkplug-state-publish',
    'tck-id-operational-behavior-host-application-connect-birth',
  ]),
  'state-back': must('Never let the timestamp of STATE go back: edge nodes ignore an older one.', [
    'tck-id-host-topic-phid-birth-payload-timestamp',
    'tck-id-operational-behavior-host-application-multi-server-timestamp',
  ]),
  'state-death-time': must(
    'Put the birth’s timestamp into the Will, and the time of stopping into a published death.',
    [
      'tck-id-host-topic-phid-death-payload-timestamp-connect',
      'tck-id-host-topic-phid-death-payload-timestamp-disconnect-clean',
      'tck-id-host-topic-phid-death-payload-timestamp-disconnect-with-no-disconnect-packet',
    ],
  ),
} as const;

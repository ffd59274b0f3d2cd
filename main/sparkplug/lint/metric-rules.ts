import { advice, must, should } from './rule.ts';

/** Names, aliases, datatypes, values and times of metrics. Checked in check-birth.ts, check-data.ts, check-value.ts. */
export const METRIC_RULES = {
  'birth-name': must('Give every metric of a birth its name, also where it has an alias.', {
    NBIRTH: [
      'tck-id-topics-nbirth-metrics',
      'tck-id-payloads-name-requirement',
      'tck-id-payloads-alias-birth-requirement',
    ],
    DBIRTH: [
      'tck-id-topics-dbirth-metrics',
      'tck-id-payloads-name-requirement',
      'tck-id-payloads-alias-birth-requirement',
    ],
  }),
  'birth-datatype': must('Give every metric of a birth its datatype, one of the codes 1 to 19 and 22 to 34.', {
    NBIRTH: ['tck-id-topics-nbirth-metrics', 'tck-id-payloads-metric-datatype-req'],
    DBIRTH: ['tck-id-topics-dbirth-metrics', 'tck-id-payloads-metric-datatype-req'],
  }),
  'birth-value': must('Give every metric of a birth its current value, or is_null=true where there is none.', {
    NBIRTH: ['tck-id-topics-nbirth-metrics', 'tck-id-operational-behavior-data-publish-nbirth-values'],
    DBIRTH: ['tck-id-topics-dbirth-metrics', 'tck-id-operational-behavior-data-publish-dbirth-values'],
  }),
  'null-with-value': must('Leave the value out where is_null is true.', {
    NBIRTH: ['tck-id-operational-behavior-data-publish-nbirth-values'],
    DBIRTH: ['tck-id-operational-behavior-data-publish-dbirth-values'],
    NDATA: ['tck-id-topics-ndata-payload'],
    DDATA: ['tck-id-topics-ddata-payload'],
  }),
  'birth-twice': advice('Name each metric once in a birth: hosts keep only one of the two.', {
    NBIRTH: ['tck-id-topics-nbirth-metric-reqs'],
    DBIRTH: ['tck-id-topics-dbirth-metric-reqs'],
  }),
  'rebirth-metric': must('Put the Boolean metric Node Control/Rebirth = false into every NBIRTH.', [
    'tck-id-topics-nbirth-rebirth-metric',
    'tck-id-payloads-nbirth-rebirth-req',
    'tck-id-operational-behavior-data-commands-rebirth-name',
  ]),
  'rebirth-datatype': must('Give Node Control/Rebirth the datatype Boolean.', [
    'tck-id-operational-behavior-data-commands-rebirth-datatype',
    'tck-id-topics-nbirth-rebirth-metric',
  ]),
  'rebirth-value': must('Give Node Control/Rebirth the value false in NBIRTH.', [
    'tck-id-operational-behavior-data-commands-rebirth-value',
    'tck-id-topics-nbirth-rebirth-metric',
  ]),
  'rebirth-alias': must('Give Node Control/Rebirth no alias, also where all others have one.', [
    'tck-id-operational-behavior-data-commands-rebirth-name-aliases',
  ]),
  'alias-twice': must('Give each alias once over the edge node and all its devices.', [
    'tck-id-payloads-alias-uniqueness',
  ]),
  'alias-with-name': must('Name a metric that has an alias by the alias alone in data.', [
    'tck-id-payloads-alias-data-cmd-requirement',
  ]),
  'data-name': must('Name each metric of data by the alias of its birth, or by its name.', [
    'tck-id-payloads-name-requirement',
  ]),
  'data-unknown': must('List in the birth every metric that data will carry, and send a new birth when one is added.', {
    NDATA: ['tck-id-topics-nbirth-metric-reqs', 'tck-id-operational-behavior-data-publish-nbirth'],
    DDATA: ['tck-id-topics-dbirth-metric-reqs', 'tck-id-operational-behavior-data-publish-dbirth'],
  }),
  'data-empty': must('Send data only when a metric has changed, with that metric.', {
    NDATA: ['tck-id-topics-ndata-payload'],
    DDATA: ['tck-id-topics-ddata-payload'],
  }),
  'data-value': must('Give each metric of data a value, or is_null=true where there is none.', {
    NDATA: ['tck-id-topics-ndata-payload'],
    DDATA: ['tck-id-topics-ddata-payload'],
  }),
  'data-datatype': should('Leave the datatype out of data: it stands in the birth.', [
    'tck-id-payloads-metric-datatype-not-req',
  ]),
  'datatype-changed': must('Send a new birth when the datatype of a metric changes.', {
    NDATA: ['tck-id-topics-nbirth-metrics', 'tck-id-payloads-metric-datatype-value'],
    DDATA: ['tck-id-topics-dbirth-metrics', 'tck-id-payloads-metric-datatype-value'],
  }),
  'wire-kind': must('Write the value into the field of its datatype.', [
    'tck-id-payloads-metric-datatype-value',
    'tck-id-payloads-metric-datatype-value-type',
  ]),
  'uint32-long': must('Write UInt32, and every smaller integer, into int_value; long_value is for 64 bits.', [
    'tck-id-payloads-metric-datatype-value',
    'tck-id-payloads-metric-datatype-value-type',
  ]),
  'value-range': must('Send a value that its datatype can hold, negative ones as two’s complement of 32 bits.', [
    'tck-id-payloads-metric-datatype-value',
  ]),
  'array-bytes': must('Pack arrays little endian: a whole number of items, a count before bits, 0 after each text.', [
    'tck-id-payloads-metric-datatype-value',
  ]),
  'metric-time-missing': must('Give every metric of births and data the time at which its value was taken.', [
    'tck-id-payloads-name-birth-data-requirement',
  ]),
  'metric-time-implausible': must('Send milliseconds since 1970 in UTC, and synchronise the clock of the source.', [
    'tck-id-payloads-metric-timestamp-in-UTC',
  ]),
  'metric-order': must('Sort the metrics of a message by timestamp; only historical ones may stand otherwise.', {
    NBIRTH: ['tck-id-operational-behavior-data-publish-nbirth-order'],
    DBIRTH: ['tck-id-operational-behavior-data-publish-dbirth-order'],
    NDATA: ['tck-id-operational-behavior-data-publish-nbirth-order'],
    DDATA: ['tck-id-operational-behavior-data-publish-dbirth-order'],
  }),
  'data-same-time': must('Give several values of one metric in a message timestamps that differ.', {
    NDATA: ['tck-id-operational-behavior-data-publish-nbirth-order'],
    DDATA: ['tck-id-operational-behavior-data-publish-dbirth-order'],
  }),
  'data-unchanged': should('Report by exception: send a metric only when its value or quality has changed.', {
    NDATA: ['tck-id-principles-rbe-recommended', 'tck-id-operational-behavior-data-publish-nbirth-change'],
    DDATA: ['tck-id-principles-rbe-recommended', 'tck-id-operational-behavior-data-publish-dbirth-change'],
  }),
} as const;

import type { AssertionId } from '../../sparkplug/assertions.ts';
import { inCommand, inHostMessage } from '../host-mutant.ts';
import { type HostMessage, hostMessages, nameHostMessage } from '../host-select.ts';
import type { WitnessMetric } from '../payload-witness.ts';
import { type Check, every, type Rule, unless } from '../rule.ts';
import { toPayload } from '../select.ts';

/** Guide 2.5: what our hosts and `lineside sparkplug command` write. */

type Verb = 'NCMD' | 'DCMD';

const commands = (verb: Verb, judge: (message: HostMessage) => string | undefined): Check =>
  every(hostMessages(verb), nameHostMessage, judge);

const metricsOf = ({ packet }: HostMessage): readonly WitnessMetric[] => toPayload(packet.content)?.metrics ?? [];

/** The metrics that the edge nodes of the scenarios are born with, and the datatype of each. */
const BORN: Readonly<Record<Verb, ReadonlyMap<string, { readonly datatype: number; readonly field: string }>>> = {
  NCMD: new Map([
    ['load', { datatype: 10, field: 'doubleValue' }],
    ['Node Control/Rebirth', { datatype: 11, field: 'booleanValue' }],
  ]),
  DCMD: new Map([['speed', { datatype: 10, field: 'doubleValue' }]]),
};

const TOPICS: Readonly<Record<Verb, RegExp>> = {
  NCMD: /^spBv1\.0\/plant\/NCMD\/line$/,
  DCMD: /^spBv1\.0\/plant\/DCMD\/line\/press$/,
};

function rulesOf(verb: Verb, ids: Readonly<Record<Kind, readonly AssertionId[]>>): readonly Rule[] {
  const isNamed = commands(verb, (message) => {
    const metrics = metricsOf(message);
    const holds = metrics.length > 0 && metrics.every(({ name }) => name !== undefined && BORN[verb].has(name));
    return unless(holds, 'names a metric that is not in the birth');
  });
  const asFlags: Rule['check'] = commands(verb, ({ packet: { qos, isRetained } }) =>
    unless(qos === 0 && !isRetained, `has QoS ${qos}, retain ${isRetained}`),
  );
  const withQos = inHostMessage(verb, 'has QoS 1', () => ({ qos: 1 }));
  const withRetain = inHostMessage(verb, 'is retained', () => ({ isRetained: true }));
  return [
    { ids: ids.flags, says: `${verb} has QoS 0 and is not retained`, check: asFlags, mutants: [withQos, withRetain] },
    {
      ids: ids.qos,
      says: `${verb} has QoS 0`,
      check: commands(verb, ({ packet: { qos } }) => unless(qos === 0, `has QoS ${qos}`)),
      mutants: [withQos],
    },
    {
      ids: ids.retain,
      says: `${verb} is not retained`,
      check: commands(verb, ({ packet: { isRetained } }) => unless(!isRetained, 'is retained')),
      mutants: [withRetain],
    },
    {
      ids: ids.timestamp,
      says: `${verb} holds the time of its sending`,
      check: commands(verb, ({ packet }) => {
        const lagMs = packet.atMs - (toPayload(packet.content)?.timestampMs ?? NaN);
        return unless(lagMs >= 0 && lagMs < 60_000, `its time is ${lagMs} ms before it was sent`);
      }),
      mutants: [
        inCommand(verb, 'has no time', () => ({ timestampMs: undefined })),
        inCommand(verb, 'has seconds', ({ timestampMs = 0 }) => ({ timestampMs: Math.round(timestampMs / 1_000) })),
      ],
    },
    {
      ids: ids.seq,
      says: `${verb} holds no seq`,
      check: commands(verb, ({ packet }) => {
        const payload = toPayload(packet.content);
        return unless(payload !== undefined && payload.seq === undefined, `has seq ${payload?.seq}`);
      }),
      mutants: [inCommand(verb, 'has a seq', () => ({ seq: 0 }))],
    },
    {
      ids: ids.payload,
      says: `${verb} holds the metrics that are to be written`,
      check: commands(verb, (message) => unless(metricsOf(message).length > 0, 'holds no metric')),
      mutants: [inCommand(verb, 'is empty', () => ({ metrics: [] }))],
    },
    {
      ids: ids.verb,
      says: verb === 'NCMD' ? 'edge nodes are written to with NCMD' : 'devices are written to with DCMD',
      check: commands(verb, ({ packet }) => unless(TOPICS[verb].test(packet.topic), `goes to ${packet.topic}`)),
      mutants: [inHostMessage(verb, 'has another device level', ({ topic }) => ({ topic: `${topic}/x` }))],
    },
    {
      ids: ids.name,
      says: `${verb} names metrics of the last birth`,
      check: isNamed,
      mutants: [
        inCommand(verb, 'names another metric', ({ metrics }) => ({
          metrics: metrics.map((metric) => ({ ...metric, name: 'other' })),
        })),
      ],
    },
    {
      ids: ids.value,
      says: `${verb} holds a value of the datatype that the birth gave the metric`,
      check: commands(verb, (message) => {
        const bad = metricsOf(message).find(({ name = '', datatype, valueField }) => {
          const born = BORN[verb].get(name);
          return valueField !== born?.field || (datatype !== undefined && datatype !== born?.datatype);
        });
        return unless(bad === undefined, `${bad?.name} has another datatype`);
      }),
      mutants: [
        inCommand(verb, 'writes a text', ({ metrics }) => ({
          metrics: metrics.map((metric) => ({ ...metric, valueField: 'stringValue' })),
        })),
        inCommand(verb, 'says another datatype', ({ metrics }) => ({
          metrics: metrics.map((metric) => ({ ...metric, datatype: 3 })),
        })),
      ],
    },
  ];
}

type Kind = 'flags' | 'qos' | 'retain' | 'timestamp' | 'seq' | 'payload' | 'verb' | 'name' | 'value';

export const hostCommandRules: readonly Rule[] = [
  ...rulesOf('NCMD', {
    flags: ['tck-id-topics-ncmd-mqtt'],
    qos: ['tck-id-payloads-ncmd-qos'],
    retain: ['tck-id-payloads-ncmd-retain'],
    timestamp: ['tck-id-topics-ncmd-timestamp', 'tck-id-payloads-ncmd-timestamp'],
    seq: ['tck-id-payloads-ncmd-seq'],
    payload: ['tck-id-topics-ncmd-payload'],
    verb: ['tck-id-operational-behavior-data-commands-ncmd-verb'],
    name: ['tck-id-operational-behavior-data-commands-ncmd-metric-name'],
    value: ['tck-id-operational-behavior-data-commands-ncmd-metric-value'],
  }),
  ...rulesOf('DCMD', {
    flags: ['tck-id-topics-dcmd-mqtt'],
    qos: ['tck-id-payloads-dcmd-qos'],
    retain: ['tck-id-payloads-dcmd-retain'],
    timestamp: ['tck-id-topics-dcmd-timestamp', 'tck-id-payloads-dcmd-timestamp'],
    seq: ['tck-id-payloads-dcmd-seq'],
    payload: ['tck-id-topics-dcmd-payload'],
    verb: ['tck-id-operational-behavior-data-commands-dcmd-verb'],
    name: ['tck-id-operational-behavior-data-commands-dcmd-metric-name'],
    value: ['tck-id-operational-behavior-data-commands-dcmd-metric-value'],
  }),
];

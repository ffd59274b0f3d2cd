import { inHostConnect, inHostWill, inHostWillJson } from '../host-mutant.ts';
import {
  type HostConnection,
  hostConnections,
  hostSessions,
  nameHostConnection,
  readState,
  saidBy,
  stateTopic,
  willStateOf,
} from '../host-select.ts';
import { inPacket, type Mutant, mutant } from '../mutant.ts';
import type { Heard } from '../recording.ts';
import { all, type Check, every, type Rule, unless, whole } from '../rule.ts';

/** Guide 2.1: identity, CONNECT, Will and subscriptions of the host. */

const connections = (judge: (one: HostConnection) => string | undefined): Check =>
  every(hostConnections, nameHostConnection, judge);
const sessions = (judge: (one: HostConnection) => string | undefined): Check =>
  every(hostSessions, nameHostConnection, judge);
/** The Will is made just before CONNECT, which has ten seconds to be sent. */
const CONNECT_LIMIT_MS = 10_000;

const willGoesToState = connections(({ connect, recording }) =>
  unless(connect.will?.topic === stateTopic(recording), `its Will goes to ${connect.will?.topic}`),
);
const willSaysOffline = connections((one) => unless(willStateOf(one)?.isOnline === false, 'its Will says no offline'));
const willHasTime = connections((one) => {
  const lagMs = one.connect.atMs - (willStateOf(one)?.timestampMs ?? NaN);
  return unless(lagMs >= 0 && lagMs <= CONNECT_LIMIT_MS, `the time of its Will is ${lagMs} ms before CONNECT`);
});

/** What the host has subscribed and been granted before it first says something. */
const grantedFilters = ({ connection }: HostConnection): readonly string[] => {
  const first = saidBy({ connection })[0]?.order ?? Infinity;
  const before = connection.packets.filter(({ order }) => order < first);
  return before.flatMap((packet) => {
    if (packet.kind !== 'subscribe') return [];
    const answer = before.find((one) => one.kind === 'suback' && one.packetId === packet.packetId);
    const granted = answer?.kind === 'suback' ? answer.granted : [];
    return packet.filters.filter((_filter, index) => (granted[index] ?? 128) < 128).map(({ filter }) => filter);
  });
};
const hearsItself = sessions((one) =>
  unless(grantedFilters(one).includes(stateTopic(one.recording)), 'does not hear its own STATE before it speaks'),
);
const hearsAll = sessions((one) =>
  unless(grantedFilters(one).includes('spBv1.0/#'), 'does not hear the namespace before it speaks'),
);
const withoutFilter = (fault: string, filter: string): Mutant =>
  inPacket(`SUBSCRIBE: ${fault}`, (packet) =>
    packet.kind === 'subscribe' && packet.filters.some((one) => one.filter === filter)
      ? [{ ...packet, filters: packet.filters.map((one) => (one.filter === filter ? { ...one, filter: 'x' } : one)) }]
      : undefined,
  );
const OWN_TOPIC = 'spBv1.0/STATE/scada';

/** Others have heard that the host is there and that it is not. */
const showsItself: Check = whole((recording) => {
  const own = hostSessions(recording);
  if (own.length === 0) return { subjectCount: 0, findings: [] };
  const isHeard = (isOnline: boolean): boolean =>
    recording.heard.some(
      ({ topic, content }) =>
        topic === OWN_TOPIC && content.kind === 'state' && readState(content.json)?.isOnline === isOnline,
    );
  const findings = isHeard(true) && isHeard(false) ? [] : [`${recording.scenario}: nobody hears how the host is`];
  return { subjectCount: own.length, findings };
});
const unheard = (isOnline: boolean): Mutant =>
  mutant(`STATE: nobody hears ${isOnline ? 'online' : 'offline'}`, (recording) => {
    if (hostSessions(recording).length === 0) return undefined;
    const isMeant = ({ content }: Heard): boolean =>
      content.kind === 'state' && readState(content.json)?.isOnline === isOnline;
    return { ...recording, heard: recording.heard.filter((one) => !isMeant(one)) };
  });

export const hostConnectRules: readonly Rule[] = [
  {
    ids: ['tck-id-conformance-primary-host', 'tck-id-intro-sparkplug-host-state', 'tck-id-components-ph-state'],
    says: 'an independent subscriber hears from the broker that the host is online, and that it is not any more',
    check: showsItself,
    mutants: [unheard(true), unheard(false)],
  },
  {
    ids: ['tck-id-message-flow-phid-sparkplug-clean-session-311'],
    says: 'each CONNECT of MQTT 3.1.1 asks for a clean session',
    check: connections(({ connect }) => unless(connect.isCleanSession, 'asks for a session that is kept')),
    mutants: [inHostConnect('asks for a session that is kept', () => ({ isCleanSession: false }))],
  },
  {
    ids: ['tck-id-message-flow-phid-sparkplug-clean-session-50'],
    says: 'no CONNECT speaks MQTT 5.0, so none can ask for a session that expires later',
    check: connections(({ connect }) => unless(connect.protocolLevel === 4, 'speaks another version than 3.1.1')),
    mutants: [inHostConnect('speaks MQTT 5.0', () => ({ protocolLevel: 5 }))],
  },
  {
    ids: [
      'tck-id-operational-behavior-host-application-connect-will',
      'tck-id-host-topic-phid-death-required',
      'tck-id-payloads-state-will-message',
      'tck-id-operational-behavior-host-application-connect-will-topic',
      'tck-id-host-topic-phid-death-topic',
    ],
    says: 'each CONNECT has a Will on the STATE topic of the host',
    check: willGoesToState,
    mutants: [
      inHostConnect('has no Will', () => ({ will: undefined, willContent: undefined })),
      inHostWill('goes to the topic of 2.2', { topic: 'STATE/scada' }),
    ],
  },
  {
    ids: [
      'tck-id-operational-behavior-host-application-connect-will-qos',
      'tck-id-host-topic-phid-death-qos',
      'tck-id-payloads-state-will-message-qos',
    ],
    says: 'the Will has QoS 1',
    check: connections(({ connect }) => unless(connect.will?.qos === 1, `its Will has QoS ${connect.will?.qos}`)),
    mutants: [inHostWill('has QoS 0', { qos: 0 })],
  },
  {
    ids: [
      'tck-id-operational-behavior-host-application-connect-will-retained',
      'tck-id-host-topic-phid-death-retain',
      'tck-id-payloads-state-will-message-retain',
    ],
    says: 'the Will is retained',
    check: connections(({ connect }) => unless(connect.will?.isRetained === true, 'its Will is not retained')),
    mutants: [inHostWill('is not retained', { isRetained: false })],
  },
  {
    ids: [
      'tck-id-operational-behavior-host-application-connect-will-payload',
      'tck-id-host-topic-phid-death-payload',
      'tck-id-payloads-state-will-message-payload',
    ],
    says: 'the Will is JSON with online false and a number as timestamp',
    check: willSaysOffline,
    mutants: [
      inHostWillJson('says online', (json) => ({ ...json, online: true })),
      inHostWillJson('has a text as timestamp', (json) => ({ ...json, timestamp: '1' })),
    ],
  },
  {
    ids: ['tck-id-host-topic-phid-death-payload-timestamp-connect'],
    says: 'the timestamp of the Will is the time of the CONNECT',
    check: willHasTime,
    mutants: [inHostWillJson('has the time of a session long ago', (json) => ({ ...json, timestamp: 1_000 }))],
  },
  {
    ids: ['tck-id-message-flow-phid-sparkplug-subscription'],
    says: 'the namespace and the own STATE are subscribed, and granted, before the host says anything',
    check: all(hearsAll, hearsItself),
    mutants: [withoutFilter('no namespace', 'spBv1.0/#'), withoutFilter('no STATE', OWN_TOPIC)],
  },
  {
    ids: ['tck-id-payloads-state-subscribe', 'tck-id-host-topic-phid-birth-sub-required'],
    says: 'the own STATE is subscribed, and granted, before the host says anything',
    check: hearsItself,
    mutants: [withoutFilter('no STATE', OWN_TOPIC)],
  },
];

import { inHostMessage, inState, inStateJson } from '../host-mutant.ts';
import { plays } from '../host-recording.ts';
import {
  type HostConnection,
  type HostMessage,
  hostSessions,
  nameHostConnection,
  nameHostMessage,
  saidBy,
  stateOf,
  states,
  stateTopic,
  willStateOf,
} from '../host-select.ts';
import { mutant } from '../mutant.ts';
import { type Check, every, type Rule, unless, whole } from '../rule.ts';

/** Guide 2.1: the STATE birth of the host. */

const sessions = (judge: (one: HostConnection) => string | undefined): Check =>
  every(hostSessions, nameHostConnection, judge);
const births = (judge: (message: HostMessage) => string | undefined): Check =>
  every(states(true), nameHostMessage, judge);

const speaksFirst = sessions((one) =>
  unless(
    saidBy(one)[0]?.topic === stateTopic(one.recording) && stateOf(saidBy(one)[0])?.isOnline === true,
    'its first message is no STATE online',
  ),
);
const birthTopic = births(({ recording, packet }) =>
  unless(packet.topic === stateTopic(recording), `goes to ${packet.topic}`),
);
const birthQos = births(({ packet }) => unless(packet.qos === 1, `has QoS ${packet.qos}`));
const birthRetained = births(({ packet }) => unless(packet.isRetained, 'is not retained'));
/** A STATE that cannot be read is no birth: it is missed where the first message of a session has to be one. */
const birthReadable = speaksFirst;
const birthTime = sessions((one) =>
  unless(
    stateOf(saidBy(one)[0])?.timestampMs === willStateOf(one)?.timestampMs,
    'the time of its birth is not that of its Will',
  ),
);

const offlineFirst = inStateJson(true, 'is offline in the place of online', (json) => ({ ...json, online: false }));
const textOnline = inStateJson(true, 'says online as text', (json) => ({ ...json, online: 'true' }));
const otherTime = inStateJson(true, 'has a time of its own', (json) => ({ ...json, timestamp: 1 }));

const republished: Check = every(
  plays('own-offline'),
  ({ recording }) => recording.scenario,
  ({ recording, play }) => {
    const following = states(true)(recording).filter(
      ({ packet, connection }) => packet.order >= play.order && connection.broker === 0,
    );
    const [answer] = following;
    if (answer === undefined) return 'is taken for offline';
    return unless(
      stateOf(answer.packet)?.timestampMs === play.timestampMs && answer.packet.qos === 1 && answer.packet.isRetained,
      'is answered with another STATE than that of its session',
    );
  },
);

/** After a break of one connection the brokers have births of different times. */
const ownTimes: Check = whole((recording) => {
  const timesOf = (broker: number): readonly (number | undefined)[] =>
    hostSessions(recording)
      .filter(({ connection }) => connection.broker === broker)
      .map((one) => stateOf(saidBy(one)[0])?.timestampMs);
  const [first, second] = [timesOf(0), timesOf(1)];
  if (second.length === 0) return { subjectCount: 0, findings: [] };
  const isOwn = second.length > first.length && second.some((time) => !first.includes(time));
  const goesOn = [first, second].every((times) => times.every((time, at) => at === 0 || time !== times[at - 1]));
  const holds = isOwn && goesOn;
  return { subjectCount: second.length, findings: holds ? [] : [`${recording.scenario}: brokers share one time`] };
});

const everyBroker: Check = whole((recording) => {
  const places = Array.from({ length: recording.brokerCount }, (_broker, place) => place);
  const own = hostSessions(recording);
  if (own.length === 0) return { subjectCount: 0, findings: [] };
  const silent = places.filter((place) => !own.some(({ connection }) => connection.broker === place));
  return { subjectCount: places.length, findings: silent.map((place) => `broker ${place} has no STATE of the host`) };
});

export const hostBirthRules: readonly Rule[] = [
  {
    ids: [
      'tck-id-host-topic-phid-birth-message',
      'tck-id-host-topic-phid-birth-required',
      'tck-id-message-flow-phid-sparkplug-state-publish',
      'tck-id-operational-behavior-host-application-connect-birth',
      'tck-id-payloads-state-birth',
    ],
    says: 'the first message of each session is the STATE that says online',
    check: speaksFirst,
    mutants: [offlineFirst, inHostMessage('STATE', 'comes after a request', () => ({ topic: 'spBv1.0/g/NCMD/n' }))],
  },
  {
    ids: ['tck-id-operational-behavior-primary-application-state-with-multiple-servers-state'],
    says: 'each broker of the site gets the STATE of the host',
    check: everyBroker,
    mutants: [
      mutant('the host is on the first broker only', (recording) =>
        recording.brokerCount < 2
          ? undefined
          : { ...recording, connections: recording.connections.filter(({ broker }) => broker === 0) },
      ),
    ],
  },
  {
    ids: ['tck-id-host-topic-phid-birth-topic', 'tck-id-operational-behavior-host-application-connect-birth-topic'],
    says: 'STATE online goes to spBv1.0/STATE and the host id',
    check: birthTopic,
    mutants: [inState(true, 'goes to another host', () => ({ topic: 'spBv1.0/STATE/other' }))],
  },
  {
    ids: ['tck-id-host-topic-phid-birth-qos', 'tck-id-operational-behavior-host-application-connect-birth-qos'],
    says: 'STATE online has QoS 1',
    check: birthQos,
    mutants: [inState(true, 'has QoS 0', () => ({ qos: 0 }))],
  },
  {
    ids: ['tck-id-host-topic-phid-birth-retain', 'tck-id-operational-behavior-host-application-connect-birth-retained'],
    says: 'STATE online is retained',
    check: birthRetained,
    mutants: [inState(true, 'is not retained', () => ({ isRetained: false }))],
  },
  {
    ids: [
      'tck-id-host-topic-phid-birth-payload',
      'tck-id-message-flow-phid-sparkplug-state-publish-payload',
      'tck-id-operational-behavior-host-application-connect-birth-payload',
      'tck-id-payloads-state-birth-payload',
    ],
    says: 'STATE online is JSON with the boolean true and a number as timestamp',
    check: birthReadable,
    mutants: [textOnline, inStateJson(true, 'has no timestamp', () => ({ online: true }))],
  },
  {
    ids: [
      'tck-id-host-topic-phid-birth-payload-timestamp',
      'tck-id-message-flow-phid-sparkplug-state-publish-payload-timestamp',
    ],
    says: 'the timestamp of STATE online is that of the Will of the same session',
    check: birthTime,
    mutants: [otherTime],
  },
  {
    ids: ['tck-id-message-flow-hid-sparkplug-state-message-delivered'],
    says: 'an offline of its own id is answered with the online of the session, on the same broker',
    check: republished,
    mutants: [
      mutant('STATE: is not said again', (recording) => {
        const play = plays('own-offline')(recording)[0]?.play;
        if (play === undefined) return undefined;
        const before = recording.connections.map((connection) => ({
          ...connection,
          packets: connection.packets.filter(({ order }) => order < play.order),
        }));
        return { ...recording, connections: before };
      }),
    ],
  },
  {
    ids: ['tck-id-operational-behavior-host-application-multi-server-timestamp'],
    says: 'each broker has STATE timestamps of its own, and only a new session there has a new one',
    check: ownTimes,
    mutants: [
      mutant('STATE: has one time for all brokers', (recording) =>
        recording.brokerCount < 2
          ? undefined
          : {
              ...recording,
              connections: recording.connections.filter(
                (connection, at) =>
                  recording.connections.findIndex(({ broker }) => broker === connection.broker) === at,
              ),
            },
      ),
    ],
  },
];

import { inFilter, inMessage, inPacket, inPayload } from '../mutant.ts';
import type { Recording } from '../recording.ts';
import { all, type Check, every, everyConnection, everyMessage, type Rule, unless, whole } from '../rule.ts';
import { edgeConnections, isPublish, type Message, published, verbOf } from '../select.ts';

/** Guide 1.1: topics and names. */

const NODE_VERBS = ['NBIRTH', 'NDATA', 'NDEATH'];
const DEVICE_VERBS = ['DBIRTH', 'DDATA', 'DDEATH'];

const levelsOf = ({ packet }: Message): readonly string[] => packet.topic.split('/');

/** Changes one level of the first topic with this verb. */
const inTopic = (verb: string, fault: string, level: number, change: (text: string) => string) =>
  inMessage(verb, fault, ({ topic }) => {
    const levels = topic.split('/');
    return { topic: levels.with(level, change(levels[level] ?? '')).join('/') };
  });

const GROUP = 1;
const NODE = 3;
const DEVICE = 4;
const LEVELS: Readonly<Record<string, { readonly level: number; readonly verb: string }>> = {
  'group id': { level: GROUP, verb: 'NBIRTH' },
  'edge node id': { level: NODE, verb: 'NBIRTH' },
  'device id': { level: DEVICE, verb: 'DBIRTH' },
};

/** The id as it is on the wire, judged character by character. */
function idRules(what: keyof typeof LEVELS & string, kind: 'group' | 'edge-node' | 'device'): readonly Rule[] {
  const { level = 0, verb = '' } = LEVELS[what] ?? {};
  const select = level === DEVICE ? published(...DEVICE_VERBS) : published();
  const isText = everyMessage(select, (message) => {
    const id = levelsOf(message)[level] ?? '';
    return unless(id !== '' && !id.includes('\ufffd') && !id.includes('\0'), `the ${what} "${id}" is no text`);
  });
  const isFree = everyMessage(select, (message) => {
    const levels = levelsOf(message);
    // A slash moves the verb away from its place, or adds a level.
    const isDevice = DEVICE_VERBS.includes(message.verb);
    const hasSlash = levels.length !== (isDevice ? 5 : 4) || !(isDevice || NODE_VERBS.includes(message.verb));
    const hasWildcard = /[+#]/.test(levels[level] ?? '');
    return unless(!hasSlash && !hasWildcard, `the ${what} holds +, / or #`);
  });
  const noText = inTopic(verb, `the ${what} is no UTF-8`, level, (id) => `${id}\ufffd`);
  const reserved = inTopic(verb, `the ${what} holds a #`, level, (id) => `${id}#`);
  const slash = inTopic(verb, `the ${what} holds a /`, level, (id) => `${id}/x`);
  return [
    {
      ids: [`tck-id-intro-${kind}-id-string`],
      says: `the ${what} in every topic is a text in UTF-8, also with letters beyond ASCII`,
      check: isText,
      mutants: [noText],
    },
    {
      ids: [`tck-id-topic-structure-namespace-valid-${kind}-id`],
      says: `the ${what} in every topic is UTF-8 and fits into an MQTT topic name`,
      check: all(isText, isFree),
      mutants: [noText, reserved],
    },
    {
      ids: [`tck-id-intro-${kind}-id-chars`],
      says: `the ${what} in every topic is free of +, / and #`,
      check: isFree,
      mutants: [reserved, slash],
    },
  ];
}

const expectedTopic = ({ recording: { groupId, edgeNodeId }, verb, deviceId }: Message): string =>
  `spBv1.0/${groupId}/${verb}/${edgeNodeId}${DEVICE_VERBS.includes(verb) ? `/${deviceId ?? 'missing'}` : ''}`;

const exactTopic = (verb: string): Check =>
  everyMessage(published(verb), (message) =>
    unless(message.packet.topic === expectedTopic(message), `is not ${expectedTopic(message)}`),
  );

const topicRule = (verb: string, ...ids: Rule['ids']): Rule => ({
  ids,
  says: `${verb} is published to its exact topic`,
  check: exactTopic(verb),
  mutants: [
    inTopic(verb, 'goes to another group', GROUP, (id) => `${id}x`),
    inTopic(verb, 'of another node', NODE, () => 'other'),
  ],
});

/** Filters of one verb that the edge node subscribes to. */
const filters =
  (verb: string) =>
  (recording: Recording): readonly { readonly recording: Recording; readonly filter: string }[] =>
    edgeConnections(recording).flatMap(({ connection }) =>
      connection.packets.flatMap((packet) =>
        packet.kind === 'subscribe'
          ? packet.filters.flatMap(({ filter }) => (verbOf(filter) === verb ? [{ recording, filter }] : []))
          : [],
      ),
    );

/** Names that are equal but for their case. */
function findTwins(names: readonly string[]): readonly string[] {
  const seen = new Map<string, string>();
  return names.filter((name) => {
    const first = seen.get(name.toLowerCase());
    seen.set(name.toLowerCase(), name);
    return first !== undefined && first !== name;
  });
}

const topics = published();

export const topicRules: readonly Rule[] = [
  {
    ids: ['tck-id-topic-structure'],
    says: 'every topic has the form namespace/group/verb/node with or without a device',
    check: everyMessage(topics, (message) => {
      const levels = levelsOf(message);
      const isKnown = [...NODE_VERBS, ...DEVICE_VERBS].includes(message.verb);
      return unless(
        isKnown && (levels.length === 4 || levels.length === 5) && !levels.includes(''),
        'has another form',
      );
    }),
    mutants: [
      inTopic('NDATA', 'its verb is unknown', 2, () => 'NDATEN'),
      inTopic('NBIRTH', 'the node is left out', NODE, () => ''),
      inTopic('DDATA', 'has a sixth level', DEVICE, (id) => `${id}/more`),
    ],
  },
  {
    ids: ['tck-id-topic-structure-namespace-a'],
    says: 'topics, Wills and subscriptions name the namespace spBv1.0',
    check: all(
      everyMessage(topics, (message) => unless(levelsOf(message)[0] === 'spBv1.0', 'has another namespace')),
      everyConnection(({ connect }) =>
        unless(connect.will?.topic.startsWith('spBv1.0/') ?? true, 'the Will has another namespace'),
      ),
      every(
        filters('NCMD'),
        ({ filter }) => filter,
        ({ filter }) => unless(filter.startsWith('spBv1.0/'), 'has another namespace'),
      ),
    ),
    mutants: [
      inTopic('DDATA', 'uses the payload of version A', 0, () => 'spAv1.0'),
      inFilter('NCMD', 'of version A', (filter) => filter.replace('spBv1.0', 'spAv1.0')),
    ],
  },
  ...idRules('group id', 'group'),
  ...idRules('edge node id', 'edge-node'),
  ...idRules('device id', 'device'),
  {
    ids: ['tck-id-topic-structure-namespace-unique-device-id'],
    says: 'a sequence of births names each device once',
    check: whole((recording) => {
      const findings: string[] = [];
      let subjectCount = 0;
      for (const { messages } of edgeConnections(recording)) {
        let born = new Set<string>();
        for (const { verb, deviceId = '', packet } of messages) {
          if (verb === 'NBIRTH') born = new Set();
          if (verb === 'DDEATH') born.delete(deviceId);
          if (verb !== 'DBIRTH') continue;
          subjectCount += 1;
          if (born.has(deviceId)) findings.push(`${packet.topic} is born twice without a death between`);
          born.add(deviceId);
        }
      }
      return { subjectCount, findings };
    }),
    mutants: [
      inPacket('DBIRTH: a second device has the same id', (packet) =>
        isPublish(packet) && packet.from === 'client' && verbOf(packet.topic) === 'DBIRTH'
          ? [packet, packet]
          : undefined,
      ),
    ],
  },
  {
    ids: ['tck-id-topic-structure-namespace-device-id-associated-message-types'],
    says: 'DBIRTH, DDATA and DDEATH name their device',
    check: everyMessage(published(...DEVICE_VERBS), ({ deviceId }) => unless(Boolean(deviceId), 'names no device')),
    mutants: ['DBIRTH', 'DDATA', 'DDEATH'].map((verb) =>
      inMessage(verb, 'names no device', ({ topic }) => ({ topic: topic.split('/').slice(0, 4).join('/') })),
    ),
  },
  {
    ids: ['tck-id-topic-structure-namespace-device-id-non-associated-message-types'],
    says: 'NBIRTH, NDATA, NDEATH and the filter for NCMD name no device',
    check: all(
      everyMessage(published(...NODE_VERBS), ({ deviceId }) => unless(deviceId === undefined, 'names a device')),
      every(
        filters('NCMD'),
        ({ filter }) => filter,
        ({ filter }) => unless(filter.split('/').length === 4, 'has another form'),
      ),
    ),
    mutants: [
      ...NODE_VERBS.map((verb) => inMessage(verb, 'names a device', ({ topic }) => ({ topic: `${topic}/press` }))),
      inFilter('NCMD', 'for a device', (filter) => `${filter}/+`),
    ],
  },
  topicRule('NBIRTH', 'tck-id-topics-nbirth-topic', 'tck-id-message-flow-edge-node-birth-publish-nbirth-topic'),
  topicRule('NDATA', 'tck-id-topics-ndata-topic'),
  topicRule('NDEATH', 'tck-id-topics-ndeath-topic'),
  topicRule('DBIRTH', 'tck-id-topics-dbirth-topic', 'tck-id-message-flow-device-birth-publish-dbirth-topic'),
  topicRule('DDATA', 'tck-id-topics-ddata-topic'),
  topicRule('DDEATH', 'tck-id-topics-ddeath-topic'),
  {
    ids: ['tck-id-topics-ncmd-topic'],
    says: 'the edge node listens for NCMD on its exact topic',
    check: every(
      filters('NCMD'),
      ({ filter }) => filter,
      ({ recording: { groupId, edgeNodeId }, filter }) =>
        unless(filter === `spBv1.0/${groupId}/NCMD/${edgeNodeId}`, 'is another topic'),
    ),
    mutants: [inFilter('NCMD', 'of another node', (filter) => `${filter}2`)],
  },
  {
    ids: ['tck-id-case-sensitivity-sparkplug-ids'],
    says: 'no two ids differ by their case alone',
    check: whole((recording) => {
      const devices = [...new Set(published(...DEVICE_VERBS)(recording).map(({ deviceId = '' }) => deviceId))];
      const names = findTwins(devices);
      return { subjectCount: devices.length, findings: names.map((name) => `device ${name} stands for another too`) };
    }),
    mutants: [inTopic('DDATA', 'the device in capitals', DEVICE, (id) => id.toUpperCase())],
  },
  {
    ids: ['tck-id-case-sensitivity-metric-names'],
    says: 'no two metrics of a birth differ by the case of their names alone',
    check: everyMessage(published('NBIRTH', 'DBIRTH'), ({ payload }) => {
      const twins = findTwins((payload?.metrics ?? []).map(({ name = '' }) => name));
      return unless(twins.length === 0, `${twins.join(', ')} stand twice`);
    }),
    mutants: [
      inPayload('DBIRTH', 'a metric stands a second time in capitals', ({ metrics }) => ({
        metrics: metrics.flatMap((one) => [one, { ...one, name: one.name?.toUpperCase() }]),
      })),
    ],
  },
];

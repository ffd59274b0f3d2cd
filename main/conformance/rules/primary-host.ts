import { type HostWord, hostWords } from '../host-presence-log.ts';
import { dropped, inConnect, inFilter, inPacket, isSent, type Mutant, mutant } from '../mutant.ts';
import type { Packet, Recording } from '../recording.ts';
import { all, type Check, every, nameConnection, type Rule, unless, whole } from '../rule.ts';
import { type EdgeConnection, edgeConnections, isOfEdge, isPublish, verbOf } from '../select.ts';

/** Guide 1.8 and 1.9: the primary host and several brokers. */

const waiting = (recording: Recording): readonly EdgeConnection[] =>
  recording.primaryHostId === null ? [] : edgeConnections(recording);

const isState = (packet: Packet): boolean =>
  isPublish(packet) && packet.from === 'broker' && verbOf(packet.topic) === 'STATE';

/** Each first NBIRTH of a connection, with what the host had said there before. */
const firstBirths = (recording: Recording) =>
  waiting(recording).flatMap((one) => {
    const birth = one.connection.packets.find(isSent('NBIRTH'));
    if (birth === undefined) return [];
    const before = hostWords(recording).filter(
      (word) => word.one.connection === one.connection && word.packet.order < birth.order,
    );
    const given = one.connection.packets.filter((packet) => isState(packet) && packet.order < birth.order);
    return [{ one, before, given }];
  });

type FirstBirth = ReturnType<typeof firstBirths>[number];
const births = (judge: (birth: FirstBirth) => string | undefined): Check =>
  every(firstBirths, ({ one }) => nameConnection(one), judge);

const waitsForState = births(({ given }) => unless(given.length > 0, 'births come without any STATE'));
const waitsForId = births(({ before }) => unless(before.length > 0, 'births come without a STATE of the primary host'));
const waitsForOnline = births(({ before }) =>
  unless(
    before.some(({ isOnline }) => isOnline),
    'births come without online',
  ),
);
const waitsForNew = births(({ before }) => {
  const last = before.filter(({ isNew }) => isNew).at(-1);
  return unless(last?.isOnline === true, 'the newest word of the host before the births is not online');
});

/** The scenarios have given the edge node words on which it must not act: without them nothing is proved. */
const seen = (fits: (word: HostWord) => boolean): Check =>
  whole((recording) => ({ subjectCount: hostWords(recording).filter(fits).length, findings: [] }));
const seenUnfit: Check = whole((recording) => ({
  subjectCount: waiting(recording).flatMap(({ connection }) =>
    connection.packets.filter(
      (packet) => isState(packet) && !hostWords(recording).some((word) => word.packet === packet),
    ),
  ).length,
  findings: [],
}));

/** Changes every word that the host says on the first connection that has births. */
const inWords = (fault: string, change: (packet: Packet) => readonly Packet[]): Mutant =>
  mutant(`NBIRTH: ${fault}`, (recording) => {
    const place = recording.connections.findIndex(
      (connection) => isOfEdge(recording, connection) && connection.packets.some(isSent('NBIRTH')),
    );
    const connection = recording.connections[place];
    if (recording.primaryHostId === null || connection === undefined) return undefined;
    const packets = connection.packets.flatMap((packet) => (isState(packet) ? change(packet) : [packet]));
    return { ...recording, connections: recording.connections.with(place, { ...connection, packets }) };
  });

const inJson = (fault: string, change: (json: object) => object): Mutant =>
  inWords(fault, (packet) => {
    if (!isPublish(packet) || packet.content.kind !== 'state') return [packet];
    const { json } = packet.content;
    return [{ ...packet, content: { kind: 'state', json: typeof json === 'object' && json ? change(json) : json } }];
  });

/** New words of offline that reach an edge node that is born. */
const ends = (recording: Recording) =>
  hostWords(recording).filter(({ isOnline, isNew, isBorn }) => !isOnline && isNew && isBorn);

const endsSession: Check = every(
  ends,
  ({ one }) => nameConnection(one),
  ({ one, packet }) => {
    const following = one.connection.packets.filter(({ order }) => order > packet.order);
    const death = following.findIndex(isSent('NDEATH'));
    const end = following.findIndex(({ kind }) => kind === 'disconnect');
    if (death < 0) return 'the host goes offline and no NDEATH follows';
    if (end < death) return 'the host goes offline and no DISCONNECT follows the NDEATH';
    return unless(!following.some(isSent('NBIRTH')), 'is born again although the host is offline');
  },
);

const nextConnection = (recording: Recording, { connection }: EdgeConnection): EdgeConnection | undefined => {
  const all = edgeConnections(recording);
  return all[all.findIndex((one) => one.connection === connection) + 1];
};

const goesOn: Check = every(
  ends,
  ({ one }) => nameConnection(one),
  ({ one }) => {
    const next = nextConnection(one.recording, one);
    if (next === undefined) return 'no connection follows';
    const wanted = (one.connection.broker + 1) % one.recording.brokerCount;
    return unless(next.connection.broker === wanted, `goes to broker ${next.connection.broker}, not ${wanted}`);
  },
);

/** Each NDEATH that is published has its reason: a new word of offline, or that we were asked to stop. */
const diesForReason: Check = every(
  (recording) =>
    waiting(recording).flatMap((one) => {
      const death = one.connection.packets.find(isSent('NDEATH'));
      return death === undefined ? [] : [{ one, death }];
    }),
  ({ one }) => nameConnection(one),
  ({ one, death }) => {
    const isAsked = one.recording.deeds.some(({ what, order }) => what === 'stop-asked' && order < death.order);
    const words = ends(one.recording).filter((word) => word.one.connection === one.connection);
    return unless(isAsked || words.some(({ packet }) => packet.order < death.order), 'dies for no reason');
  },
);

const lastOrder = ({ connection }: EdgeConnection): number =>
  connection.packets.filter(({ from }) => from === 'client').at(-1)?.order ?? connection.opened.order;

export const primaryHostRules: readonly Rule[] = [
  {
    ids: [
      'tck-id-message-flow-edge-node-birth-publish-phid-wait',
      'tck-id-operational-behavior-edge-node-birth-sequence-wait',
    ],
    says: 'births wait for a STATE of the primary host that says online',
    check: all(waitsForState, waitsForOnline),
    mutants: [
      inWords('comes without STATE', () => []),
      inJson('comes while the host is offline', (json) => ({ ...json, online: false })),
    ],
  },
  {
    ids: ['tck-id-message-flow-edge-node-birth-publish-phid-wait-id'],
    says: 'births wait for the host with the configured id, not for another one',
    check: waitsForId,
    mutants: [
      inWords('comes for another host', (packet) =>
        isPublish(packet) ? [{ ...packet, topic: 'spBv1.0/STATE/other' }] : [],
      ),
    ],
  },
  {
    ids: ['tck-id-message-flow-edge-node-birth-publish-phid-wait-online'],
    says: 'births wait for a boolean true: a text, other words and false do not count',
    check: all(
      waitsForOnline,
      seenUnfit,
      seen(({ isOnline, isBorn }) => !isOnline && !isBorn),
    ),
    mutants: [
      inJson('comes for the text "true"', (json) => ({ ...json, online: 'true' })),
      inJson('comes while the host is offline', (json) => ({ ...json, online: false })),
    ],
  },
  {
    ids: ['tck-id-message-flow-edge-node-birth-publish-phid-wait-timestamp'],
    says: 'births wait for a timestamp that is not older than the last one known',
    check: all(
      waitsForNew,
      seen(({ isOnline, isNew, isBorn }) => isOnline && !isNew && !isBorn),
    ),
    mutants: [
      mutant('NBIRTH: comes for an old timestamp', (recording) => {
        const birth = firstBirths(recording).find(({ before }) => before.some(({ isOnline }) => !isOnline));
        const online = birth?.before.findLast(({ isOnline, isNew }) => isOnline && isNew);
        if (online === undefined) return undefined;
        return inPacket('', (packet) =>
          packet === online.packet && isPublish(packet) && packet.content.kind === 'state'
            ? [{ ...packet, content: { kind: 'state', json: { online: true, timestamp: 1 } } }]
            : undefined,
        ).apply([recording])[0];
      }),
    ],
  },
  {
    ids: [
      'tck-id-message-flow-edge-node-birth-publish-phid-offline',
      'tck-id-operational-behavior-edge-node-termination-host-offline',
    ],
    says: 'a new word of offline ends the session: NDEATH, then DISCONNECT',
    check: endsSession,
    mutants: [
      dropped('NDEATH'),
      inPacket('DISCONNECT: is not sent', (packet, { connection }) =>
        packet.kind === 'disconnect' && connection.packets.some(isSent('NDEATH')) ? [] : undefined,
      ),
    ],
  },
  {
    ids: ['tck-id-operational-behavior-edge-node-termination-host-offline-reconnect'],
    says: 'after that it connects again, to the next broker where there are several',
    check: all(
      goesOn,
      whole((recording) => ({ subjectCount: recording.brokerCount > 1 ? ends(recording).length : 0, findings: [] })),
    ),
    mutants: [stayed()],
  },
  {
    ids: ['tck-id-operational-behavior-edge-node-termination-host-offline-timestamp'],
    says: 'a word of offline that is older than the last one ends nothing',
    check: all(
      diesForReason,
      seen(({ isOnline, isNew, isBorn }) => !isOnline && !isNew && isBorn),
    ),
    mutants: [
      mutant('NDEATH: is sent for an old word', (recording) => {
        const [word] = ends(recording);
        return word && inPacket('', (packet) => (packet === word.packet ? [] : undefined)).apply([recording])[0];
      }),
    ],
  },
  {
    ids: ['tck-id-operational-behavior-primary-application-state-with-multiple-servers-single-server'],
    says: 'it connects to a broker only when it has left the one before',
    check: whole((recording) => {
      if (recording.brokerCount < 2) return { subjectCount: 0, findings: [] };
      const connections = edgeConnections(recording);
      const pairs = connections.slice(1).map((one, index) => ({ one, before: connections[index] }));
      const wrong = pairs.filter(({ one, before }) => before !== undefined && lastOrder(before) > one.connect.order);
      return {
        subjectCount: pairs.length,
        findings: wrong.map(({ one }) => `${nameConnection(one)} overlaps the one before`),
      };
    }),
    mutants: [
      mutant('CONNECT: is sent to a second broker at once', (recording) => {
        if (recording.brokerCount < 2) return undefined;
        const second = edgeConnections(recording)[1];
        return (
          second &&
          inConnect('', (packet) => (packet === second.connect ? { order: 0 } : undefined)).apply([recording])[0]
        );
      }),
    ],
  },
  {
    ids: ['tck-id-operational-behavior-primary-application-state-with-multiple-servers-state-subs'],
    says: 'on each broker it subscribes to the STATE of its primary host with QoS 1 before the births',
    check: every(waiting, nameConnection, ({ recording, connection: { packets } }) => {
      const birth = packets.findIndex(isSent('NBIRTH'));
      const before = birth < 0 ? packets : packets.slice(0, birth);
      const wanted = `spBv1.0/STATE/${recording.primaryHostId}`;
      const hasIt = before.some(
        (packet) =>
          packet.kind === 'subscribe' && packet.filters.some(({ filter, qos }) => filter === wanted && qos === 1),
      );
      return unless(hasIt || packets.length < 3, `does not subscribe to ${wanted}`);
    }),
    mutants: [
      inFilter('STATE', 'no STATE', () => 'elsewhere'),
      inFilter('STATE', 'STATE with QoS 0', (filter) => filter, 0),
      inFilter('STATE', 'the form of version 2', () => 'STATE/scada'),
    ],
  },
  {
    ids: ['tck-id-operational-behavior-primary-application-state-with-multiple-servers-walk'],
    says: 'where the host goes offline on one broker of several it ends the session and goes to the next',
    check: all(
      endsSession,
      goesOn,
      whole((recording) => ({ subjectCount: recording.brokerCount > 1 ? ends(recording).length : 0, findings: [] })),
    ),
    mutants: [stayed(), dropped('NDEATH')],
  },
];

/** After offline the connection to the same broker is made anew although there is another one. */
function stayed(): Mutant {
  return mutant('CONNECT: goes to the same broker again', (recording) => {
    const [word] = recording.brokerCount > 1 ? ends(recording) : [];
    const next = word && nextConnection(recording, word.one);
    if (next === undefined || word === undefined) return undefined;
    const place = recording.connections.indexOf(next.connection);
    const same = { ...next.connection, broker: word.one.connection.broker };
    return { ...recording, connections: recording.connections.with(place, same) };
  });
}

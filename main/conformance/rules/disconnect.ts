import { dropped, inConnect, inPacket, isSent, movedBefore } from '../mutant.ts';
import type { Recording } from '../recording.ts';
import { all, type Check, every, everyConnection, nameConnection, type Rule, unless, whole } from '../rule.ts';
import { bdSeqOf, type EdgeConnection, edgeConnections, toPayload } from '../select.ts';

/** Guide 1.11 and 1.2: how a session ends. */

/** Connections that the edge node has left by its own will, and on which it was born. */
const left = (recording: Recording): readonly EdgeConnection[] =>
  edgeConnections(recording).filter(
    ({ connection: { packets } }) =>
      packets.some(({ kind }) => kind === 'disconnect') && packets.some(isSent('NBIRTH')),
  );

const deathFirst: Check = every(left, nameConnection, ({ connection: { packets } }) => {
  const end = packets.findIndex(({ kind }) => kind === 'disconnect');
  const death = packets.findIndex(isSent('NDEATH'));
  return unless(death >= 0 && death < end, 'leaves without an NDEATH');
});

const closedByUs: Check = whole((recording) => ({
  subjectCount: recording.deeds.some(({ what }) => what === 'stop-asked') ? left(recording).length : 0,
  findings: [],
}));

/** Sessions that were broken from outside: the broker tells the others. */
const broken = (recording: Recording) =>
  edgeConnections(recording).filter(
    ({ connection: { packets, closed } }) =>
      closed !== undefined && packets.some(isSent('NBIRTH')) && !packets.some(({ kind }) => kind === 'disconnect'),
  );

const willIsHeard: Check = every(broken, nameConnection, ({ recording, connection, connect }) => {
  const bdSeq = bdSeqOf(toPayload(connect.willContent));
  const heard = recording.heard.some(
    ({ topic, broker, order, content }) =>
      topic === `spBv1.0/${recording.groupId}/NDEATH/${recording.edgeNodeId}` &&
      broker === connection.broker &&
      order > connect.order &&
      bdSeqOf(toPayload(content)) === bdSeq,
  );
  return unless(heard, `nobody heard its death with bdSeq ${bdSeq}`);
});

const earlyDisconnect = movedBefore(
  'DISCONNECT: is sent before NDEATH',
  ({ kind }) => kind === 'disconnect',
  isSent('NDEATH'),
);

export const disconnectRules: readonly Rule[] = [
  {
    ids: ['tck-id-payloads-ndeath-will-message'],
    says: 'when a connection breaks, an independent subscriber hears the NDEATH of that session from the broker',
    check: willIsHeard,
    mutants: [
      {
        fault: 'Will: is never published',
        apply: (recordings) =>
          recordings.map((recording) => ({
            ...recording,
            heard: recording.heard.filter(({ topic }) => !topic.includes('/NDEATH/')),
          })),
      },
    ],
  },
  {
    ids: [
      'tck-id-operational-behavior-edge-node-intentional-disconnect-ndeath',
      'tck-id-payloads-ndeath-will-message-publisher',
    ],
    says: 'an NDEATH is published before each connection that is ended on purpose, at a stop too',
    check: all(deathFirst, closedByUs),
    mutants: [dropped('NDEATH')],
  },
  {
    ids: ['tck-id-operational-behavior-edge-node-intentional-disconnect-packet'],
    says: 'a DISCONNECT follows the NDEATH, with nothing published between',
    check: every(
      (recording) => edgeConnections(recording).filter(({ connection }) => connection.packets.some(isSent('NDEATH'))),
      nameConnection,
      ({ connection: { packets } }) => {
        const following = packets
          .slice(packets.findIndex(isSent('NDEATH')) + 1)
          .filter(({ from }) => from === 'client');
        const between = following.slice(
          0,
          following.findIndex(({ kind }) => kind === 'disconnect'),
        );
        if (!following.some(({ kind }) => kind === 'disconnect')) return 'no DISCONNECT follows';
        return unless(!between.some(({ kind }) => kind === 'publish'), 'something is published after the NDEATH');
      },
    ),
    mutants: [
      inPacket('DISCONNECT: is not sent', (packet, { connection }) =>
        packet.kind === 'disconnect' && connection.packets.some(isSent('NDEATH')) ? [] : undefined,
      ),
    ],
  },
  {
    ids: ['tck-id-payloads-ndeath-will-message-publisher-disconnect-mqtt311'],
    says: 'with MQTT 3.1.1 the NDEATH stands before the DISCONNECT, and the broker has acknowledged it',
    check: all(
      deathFirst,
      every(left, nameConnection, ({ connection: { packets } }) => {
        const death = packets.find(isSent('NDEATH'));
        const end = packets.find(({ kind }) => kind === 'disconnect');
        if (death?.kind !== 'publish' || end === undefined) return 'leaves without an NDEATH';
        const answer = packets.find(
          (packet) => packet.kind === 'puback' && packet.from === 'broker' && packet.packetId === death.packetId,
        );
        return unless(answer !== undefined && answer.order < end.order, 'does not wait for the acknowledgement');
      }),
    ),
    mutants: [earlyDisconnect, dropped('NDEATH')],
  },
  {
    ids: ['tck-id-payloads-ndeath-will-message-publisher-disconnect-mqtt50'],
    says: 'no session speaks MQTT 5.0, so no DISCONNECT of it lacks the reason code 0x04',
    check: everyConnection(({ connect }) => unless(connect.protocolLevel === 4, 'speaks MQTT 5.0')),
    mutants: [inConnect('speaks MQTT 5.0', () => ({ protocolLevel: 5 }))],
  },
];

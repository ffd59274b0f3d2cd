import { inFilter, inPacket, isSent, movedBefore } from '../mutant.ts';
import type { Recording } from '../recording.ts';
import { every, type Rule, unless } from '../rule.ts';
import { edgeConnections, type Message, messagesOf, nameMessage } from '../select.ts';
import { findMissingGrant } from '../subscriptions.ts';

/** Guide 1.1, 1.2 and 1.7: commands for a device. */

/** DCMD that the broker gave to the edge node, each with the data of the device that follows on the connection. */
const commands = (recording: Recording) =>
  edgeConnections(recording).flatMap(({ connection, messages }) =>
    messagesOf(recording, connection, 'broker')
      .filter(({ verb }) => verb === 'DCMD')
      .map((command) => ({ command, answers: answersTo(command, messages) })),
  );

const answersTo = ({ deviceId, packet }: Message, messages: readonly Message[]): readonly Message[] =>
  messages.filter((one) => one.verb === 'DDATA' && one.deviceId === deviceId && one.packet.order > packet.order);

const deviceTopic = ({ groupId, edgeNodeId }: Recording, deviceId = ''): string =>
  `spBv1.0/${groupId}/DCMD/${edgeNodeId}/${deviceId}`;

export const commandRules: readonly Rule[] = [
  {
    ids: ['tck-id-topics-dcmd-topic'],
    says: 'a command on the exact DCMD topic of a device is carried out there: its data brings the written value back',
    check: every(
      commands,
      ({ command }) => nameMessage(command),
      ({ command, answers }) => {
        const { recording, deviceId, packet, payload } = command;
        if (packet.topic !== deviceTopic(recording, deviceId)) return 'is another topic';
        const wanted = payload?.metrics[0]?.value;
        const isBack = answers.some((one) => one.payload?.metrics.some(({ value }) => value === wanted));
        return unless(isBack, `${String(wanted)} does not come back`);
      },
    ),
    mutants: [
      inPacket('DCMD: is carried out for another device', (packet) =>
        packet.kind === 'publish' && packet.from === 'broker' && packet.topic.includes('/DCMD/')
          ? [{ ...packet, topic: packet.topic.replace(/[^/]+$/, 'Robot') }]
          : undefined,
      ),
    ],
  },
  {
    ids: ['tck-id-message-flow-device-dcmd-subscribe'],
    says: 'DCMD of each device is subscribed with QoS 1, and granted, before its DBIRTH',
    check: every(
      (recording) =>
        edgeConnections(recording).flatMap((one) =>
          one.messages.filter(({ verb }) => verb === 'DBIRTH').map((birth) => ({ one, birth })),
        ),
      ({ birth }) => nameMessage(birth),
      ({ one, birth }) => findMissingGrant(one, deviceTopic(one.recording, birth.deviceId), 'DBIRTH'),
    ),
    mutants: [
      inFilter('DCMD', 'DCMD with QoS 0', (filter) => filter, 0),
      inFilter('DCMD', 'no DCMD', () => 'elsewhere'),
      movedBefore('DBIRTH: is sent before SUBACK', isSent('DBIRTH'), ({ kind }) => kind === 'suback'),
    ],
  },
];

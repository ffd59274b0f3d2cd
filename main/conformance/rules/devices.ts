import { dropped, inMessage, isSent, movedBefore } from '../mutant.ts';
import type { Packet, Recording } from '../recording.ts';
import { all, type Check, type Rule, type Verdict, whole } from '../rule.ts';
import { edgeConnections, isPublish, type Message, nameMessage, published } from '../select.ts';

/** Guide 1.4 and 1.6: the order of births, and the death of a device. */

/** Devices of which the scenario knows that they are there at this moment. */
function presentDevices(recording: Recording, order: number): ReadonlySet<string> {
  const devices = new Set<string>();
  for (const { what, deviceId = '', order: when } of recording.deeds) {
    if (when > order) break;
    if (what === 'device-lost') devices.delete(deviceId);
    if (what === 'device-back') devices.add(deviceId);
  }
  return devices;
}

interface BirthSequence {
  readonly birth: Message;
  /** Devices whose DBIRTH does not stand among the messages right behind the NBIRTH. */
  readonly missing: readonly string[];
  /** The first message behind the sequence that came too early. */
  readonly intruder: Message | undefined;
}

/** Each NBIRTH with what follows it. */
export function birthSequences(recording: Recording): readonly BirthSequence[] {
  return edgeConnections(recording).flatMap(({ messages }) =>
    messages.flatMap((birth, index) => {
      if (birth.verb !== 'NBIRTH') return [];
      const following = messages.slice(index + 1);
      const end = following.findIndex(({ verb }) => verb !== 'DBIRTH');
      const born = new Set((end < 0 ? following : following.slice(0, end)).map(({ deviceId }) => deviceId));
      const missing = [...presentDevices(recording, birth.packet.order)].filter((device) => !born.has(device));
      return [{ birth, missing, intruder: missing.length > 0 && end >= 0 ? following[end] : undefined }];
    }),
  );
}

const noIntruder = (...verbs: readonly string[]): Check =>
  whole((recording): Verdict => {
    const sequences = birthSequences(recording);
    const early = sequences.flatMap(({ intruder }) => (intruder && verbs.includes(intruder.verb) ? [intruder] : []));
    return {
      subjectCount: published(...verbs)(recording).length === 0 ? 0 : sequences.length,
      findings: early.map((message) => `${nameMessage(message)} stands before the last DBIRTH`),
    };
  });

const noDataWithoutBirth = (...verbs: readonly string[]): Check =>
  whole((recording): Verdict => {
    const findings: string[] = [];
    let subjectCount = 0;
    for (const { messages } of edgeConnections(recording)) {
      const born = new Set<string>();
      for (const message of messages) {
        const { verb, deviceId = '' } = message;
        if (verb === 'NBIRTH') born.clear();
        if (verb === 'NBIRTH' || verb === 'DBIRTH') born.add(deviceId);
        if (verb === 'DDEATH') born.delete(deviceId);
        if (!verbs.includes(verb)) continue;
        subjectCount += 1;
        if (!born.has(deviceId)) findings.push(`${nameMessage(message)} comes without a birth`);
      }
    }
    return { subjectCount, findings };
  });

/** The last DBIRTH of a sequence, of a connection that has data. */
const isLastBirth =
  (device: string) =>
  (packet: Packet): boolean =>
    isPublish(packet) && isSent('DBIRTH')(packet) && packet.topic.endsWith(`/${device}`);

const early = (verb: string) => [
  movedBefore(`${verb}: is sent between NBIRTH and DBIRTH`, isSent(verb), isLastBirth('oven')),
  movedBefore(`${verb}: is sent before NBIRTH`, isSent(verb), isSent('NBIRTH')),
];

export const deviceRules: readonly Rule[] = [
  {
    ids: ['tck-id-message-flow-device-birth-publish-nbirth-wait'],
    says: 'an NBIRTH of the same session stands before each DBIRTH',
    check: whole((recording) => {
      const births = edgeConnections(recording).flatMap(({ messages }) =>
        messages.filter(({ verb }) => verb === 'DBIRTH').map((birth) => ({ birth, messages })),
      );
      const findings = births
        .filter(
          ({ birth, messages }) => !messages.slice(0, messages.indexOf(birth)).some(({ verb }) => verb === 'NBIRTH'),
        )
        .map(({ birth }) => `${nameMessage(birth)} has no NBIRTH before it`);
      return { subjectCount: births.length, findings };
    }),
    mutants: [dropped('NBIRTH'), movedBefore('DBIRTH: is sent before NBIRTH', isSent('DBIRTH'), isSent('NBIRTH'))],
  },
  {
    ids: ['tck-id-message-flow-device-birth-publish-dbirth-match-edge-node-topic'],
    says: 'group and node of each DBIRTH are those of its NBIRTH',
    check: whole((recording) => {
      const births = edgeConnections(recording).flatMap(({ messages }) => {
        const nodeTopic = messages.find(({ verb }) => verb === 'NBIRTH')?.packet.topic.replace('/NBIRTH/', '/DBIRTH/');
        return messages.filter(({ verb }) => verb === 'DBIRTH').map((birth) => ({ birth, nodeTopic }));
      });
      const wrong = births.filter(({ birth, nodeTopic }) => !birth.packet.topic.startsWith(`${nodeTopic}/`));
      return { subjectCount: births.length, findings: wrong.map(({ birth }) => nameMessage(birth)) };
    }),
    mutants: [
      inMessage('DBIRTH', 'of another node', ({ topic }) => ({ topic: topic.replace('/DBIRTH/', '/DBIRTH/x') })),
    ],
  },
  {
    ids: ['tck-id-payloads-dbirth-order'],
    says: 'the DBIRTHs of all devices that are there follow the NBIRTH directly, before any data',
    check: all(
      whole((recording) => {
        const sequences = birthSequences(recording);
        const findings = sequences
          .filter(({ missing }) => missing.length > 0)
          .map(({ birth, missing }) => `${nameMessage(birth)} is not followed by the births of ${missing.join(', ')}`);
        return { subjectCount: sequences.length, findings };
      }),
      noDataWithoutBirth('NDATA', 'DDATA'),
    ),
    mutants: [...early('NDATA'), ...early('DDATA'), dropped('DBIRTH')],
  },
  {
    ids: ['tck-id-payloads-ndata-order'],
    says: 'no NDATA stands before NBIRTH and all DBIRTHs',
    check: all(noIntruder('NDATA'), noDataWithoutBirth('NDATA')),
    mutants: early('NDATA'),
  },
  {
    ids: ['tck-id-payloads-ddata-order'],
    says: 'no DDATA stands before NBIRTH and all DBIRTHs, and none follows a DDEATH',
    check: all(noIntruder('DDATA'), noDataWithoutBirth('DDATA')),
    mutants: [...early('DDATA'), dropped('DBIRTH', ({ topic }) => topic.endsWith('/Robot'))],
  },
  {
    ids: ['tck-id-operational-behavior-device-ddeath'],
    says: 'a device that is lost gets a DDEATH before it is born again',
    check: whole((recording) => {
      const lost = recording.deeds.filter(({ what }) => what === 'device-lost');
      const findings = lost.flatMap(({ deviceId, order }) => {
        const later = published(
          'DBIRTH',
          'DDEATH',
        )(recording).filter(({ packet, deviceId: device }) => packet.order > order && device === deviceId);
        return later[0]?.verb === 'DDEATH' ? [] : [`${recording.scenario}: ${deviceId} has no DDEATH`];
      });
      return { subjectCount: lost.length, findings };
    }),
    mutants: [dropped('DDEATH')],
  },
];

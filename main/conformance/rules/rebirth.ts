import { inPacket, isSent, movedBefore, mutant } from '../mutant.ts';
import type { Packet, PublishPacket, Recording } from '../recording.ts';
import { all, type Check, every, type Rule, unless, whole } from '../rule.ts';
import {
  bdSeqOf,
  type EdgeConnection,
  edgeConnections,
  findMetric,
  isPublish,
  nameMessage,
  toPayload,
  verbOf,
} from '../select.ts';
import { birthSequences } from './devices.ts';

/** Guide 1.6 and 1.7: what the edge node does when a host asks for its births. */

const REBIRTH = 'Node Control/Rebirth';

const isCommand = (packet: Packet): packet is PublishPacket =>
  isPublish(packet) && packet.from === 'broker' && verbOf(packet.topic) === 'NCMD';

const askedValue = (packet: Packet): unknown =>
  isCommand(packet) ? findMetric(toPayload(packet.content), REBIRTH)?.value : undefined;

const isRequest = (packet: Packet): packet is PublishPacket => askedValue(packet) === true;
const isData = (packet: Packet): boolean => isSent('NDATA')(packet) || isSent('DDATA')(packet);

interface Request {
  readonly one: EdgeConnection;
  readonly request: PublishPacket;
  /** Everything on the connection behind it. */
  readonly following: readonly Packet[];
}

const requests = (recording: Recording): readonly Request[] =>
  edgeConnections(recording).flatMap((one) =>
    one.connection.packets.flatMap((packet, index, packets) =>
      isRequest(packet) ? [{ one, request: packet, following: packets.slice(index + 1) }] : [],
    ),
  );

const nameRequest = ({ one, request }: Request): string =>
  `${one.recording.scenario}, ${request.topic} at ${request.order}`;

/** The edge node has read the request when it acknowledges it: from there on no DATA may leave before the NBIRTH. */
const stopsData: Check = every(
  (recording) => requests(recording).filter(({ request }) => request.qos === 1),
  nameRequest,
  ({ request, following }) => {
    const read = following.findIndex(
      (packet) => packet.kind === 'puback' && packet.from === 'client' && packet.packetId === request.packetId,
    );
    const birth = following.findIndex(isSent('NBIRTH'));
    if (read < 0 || (birth >= 0 && birth < read)) return undefined;
    const late = following.slice(read, birth < 0 ? undefined : birth).filter(isData);
    return unless(late.length === 0, `${late.length} messages of data follow before the births`);
  },
);

const isAnswered: Check = every(requests, nameRequest, ({ following }) =>
  unless(following.some(isSent('NBIRTH')), 'is not answered'),
);

/** A request with `false` asks for nothing: no NBIRTH stands between it and the next packet that asks. */
const isNotFooled: Check = every(
  (recording) =>
    edgeConnections(recording).flatMap(({ connection: { packets } }) =>
      packets.flatMap((packet, index) => (askedValue(packet) === false ? [packets.slice(index + 1)] : [])),
    ),
  () => 'a request with the value false',
  (following) => {
    const next = following.findIndex(isRequest);
    const birth = following.findIndex(isSent('NBIRTH'));
    return unless(birth < 0 || (next >= 0 && next < birth), 'is answered');
  },
);

const allDevicesFollow: Check = whole((recording) => {
  const asked = requests(recording).map(({ following }) => following.find(isSent('NBIRTH')));
  const sequences = birthSequences(recording).filter(({ birth }) => asked.includes(birth.packet));
  const short = sequences.filter(({ missing }) => missing.length > 0);
  return {
    subjectCount: sequences.length,
    findings: short.map(({ birth, missing }) => `${nameMessage(birth)} leaves out ${missing.join(', ')}`),
  };
});

/** The birth that answers stands in the same session, with its bdSeq, and no death stands before it. */
const sameSession: Check = every(requests, nameRequest, ({ one, following }) => {
  const birth = following.findIndex(isSent('NBIRTH'));
  const packet = following[birth];
  if (packet === undefined || !isPublish(packet)) return 'is not answered in its session';
  const hasEnded = following.slice(0, birth).some((before) => isSent('NDEATH')(before) || before.kind === 'disconnect');
  if (hasEnded) return 'is answered by a death';
  const wanted = bdSeqOf(toPayload(one.connect.willContent));
  const bdSeq = bdSeqOf(toPayload(packet.content));
  return unless(bdSeq === wanted, `is answered with bdSeq ${bdSeq}, its session has ${wanted}`);
});

/** No NBIRTH follows any request of one recording. */
const unanswered = (fault: string) =>
  mutant(`NBIRTH: ${fault}`, (recording) => {
    const connections = recording.connections.map((connection) => {
      const asked = connection.packets.findIndex(isRequest);
      const packets = connection.packets.filter(
        (packet, index) => asked < 0 || index < asked || !isSent('NBIRTH')(packet),
      );
      return { ...connection, packets };
    });
    return requests(recording).length === 0 ? undefined : { ...recording, connections };
  });

/** The first NBIRTH that follows a request. */
const answer =
  (change: (packet: PublishPacket) => readonly Packet[]) =>
  (packet: Packet, { connection }: { connection: { packets: readonly Packet[] } }) => {
    const { packets } = connection;
    const isAnswer = packets.findIndex(isRequest) >= 0 && packets.indexOf(packet) > packets.findIndex(isRequest);
    return isPublish(packet) && isSent('NBIRTH')(packet) && isAnswer ? change(packet) : undefined;
  };

export const rebirthRules: readonly Rule[] = [
  {
    ids: ['tck-id-operational-behavior-data-commands-rebirth-action-1'],
    says: 'no data leaves between a request for births, once it is read, and the births',
    check: stopsData,
    mutants: [
      inPacket('DDATA: goes on after a request', (packet, { connection: { packets } }) => {
        const data = packets.find(isSent('DDATA'));
        const asked = packets
          .slice(0, packets.indexOf(packet))
          .filter((one) => isRequest(one) && one.qos === 1)
          .at(-1);
        if (packet.kind !== 'puback' || packet.from !== 'client' || data === undefined || asked === undefined)
          return undefined;
        const birth = packets.slice(packets.indexOf(asked)).findIndex(isSent('NBIRTH'));
        const isBeforeBirth = packets.indexOf(packet) < packets.indexOf(asked) + birth;
        return isRequest(asked) && asked.packetId === packet.packetId && isBeforeBirth ? [packet, data] : undefined;
      }),
    ],
  },
  {
    ids: ['tck-id-operational-behavior-data-commands-rebirth-action-2'],
    says: 'each request is answered by NBIRTH and all DBIRTHs, also the last of a burst; one with false is not',
    check: all(isAnswered, isNotFooled, allDevicesFollow),
    mutants: [
      unanswered('requests are forgotten'),
      inPacket('DBIRTH: is left out of a rebirth', (packet, { connection: { packets } }) => {
        const asked = packets.findIndex(isRequest);
        return asked >= 0 && packets.indexOf(packet) > asked && isSent('DBIRTH')(packet) ? [] : undefined;
      }),
      movedBefore('NBIRTH: answers a request with false', isSent('NBIRTH'), isRequest),
    ],
  },
  {
    ids: ['tck-id-operational-behavior-data-commands-rebirth-action-3'],
    says: 'the answer has the bdSeq of its session, without a death or a new connection',
    check: sameSession,
    mutants: [
      inPacket(
        'NBIRTH: an NDEATH stands before the answer',
        answer((packet) => [{ ...packet, topic: packet.topic.replace('NBIRTH', 'NDEATH') }, packet]),
      ),
      inPacket(
        'NBIRTH: the answer raises bdSeq',
        answer((packet) => {
          const payload = toPayload(packet.content);
          const metrics = (payload?.metrics ?? []).map((one) => (one.name === 'bdSeq' ? { ...one, value: 250n } : one));
          return payload === undefined
            ? [packet]
            : [{ ...packet, content: { kind: 'sparkplug', payload: { ...payload, metrics } } }];
        }),
      ),
    ],
  },
  {
    ids: ['tck-id-payloads-name-cmd-requirement'],
    says: 'a command without timestamps is carried out like one with them',
    check: every(
      (recording) =>
        requests(recording).filter(
          ({ request }) => findMetric(toPayload(request.content), REBIRTH)?.timestampMs === undefined,
        ),
      nameRequest,
      ({ following }) => unless(following.some(isSent('NBIRTH')), 'is not answered'),
    ),
    mutants: [unanswered('a command without timestamp is ignored')],
  },
];

import type { AssertionId } from '../../sparkplug/assertions.ts';
import { dropped, inPacket, inPayload, isSent } from '../mutant.ts';
import type { Recording } from '../recording.ts';
import { all, type Check, every, everyMessage, nameConnection, type Rule, unless, whole } from '../rule.ts';
import { edgeConnections, isPublish, type Message, nameMessage, published, toPayload } from '../select.ts';

/** Guide 1.3 to 1.5: seq, and the time of sending. */

const WITH_SEQ = ['NBIRTH', 'DBIRTH', 'NDATA', 'DDATA', 'DDEATH'];

interface Follower {
  readonly message: Message;
  /** The message before it in the session that had a seq. */
  readonly before: Message | undefined;
}

/** Messages with these verbs, each with the one before it; an NBIRTH begins anew and follows nothing. */
const followers =
  (...verbs: readonly string[]) =>
  (recording: Recording): readonly Follower[] =>
    edgeConnections(recording).flatMap(({ messages }) => {
      const counted = messages.filter(({ verb }) => WITH_SEQ.includes(verb));
      return counted
        .map((message, index) => ({ message, before: counted[index - 1] }))
        .filter(({ message }) => message.verb !== 'NBIRTH' && verbs.includes(message.verb));
    });

const hasNext = (...verbs: readonly string[]): Check =>
  every(
    followers(...verbs),
    ({ message }) => nameMessage(message),
    ({ message, before }) => {
      const wanted = ((before?.payload?.seq ?? -1) + 1) % 256;
      return unless(message.payload?.seq === wanted, `follows seq ${before?.payload?.seq}`);
    },
  );

const hasSeq = (...verbs: readonly string[]): Check =>
  everyMessage(published(...verbs), ({ payload }) => {
    const seq = payload?.seq ?? -1;
    return unless(seq >= 0 && seq <= 255, 'holds no seq from 0 to 255');
  });

const withoutSeq = (verb: string) => inPayload(verb, 'holds no seq', () => ({ seq: undefined }));
const wrongSeq = (verb: string) => inPayload(verb, 'skips a seq', ({ seq = 0 }) => ({ seq: (seq + 1) % 256 }));
const repeated = (verb: string) => inPayload(verb, 'repeats a seq', ({ seq = 0 }) => ({ seq: (seq + 255) % 256 }));

const seqRule = (verb: string, ...ids: readonly AssertionId[]): Rule => ({
  ids,
  says: `${verb} holds the seq that follows the one before, counted over the node and all its devices`,
  check: all(hasSeq(verb), hasNext(verb)),
  mutants: [withoutSeq(verb), wrongSeq(verb), repeated(verb)],
});

/** The broker's neighbour sees a message at once; the rest is left to a busy computer. */
const SENDING_LIMIT_MS = 10_000;

const isSentNow = ({ payload, packet }: Message): string | undefined => {
  const sentMs = payload?.timestampMs;
  if (sentMs === undefined) return 'holds no timestamp';
  return unless(Math.abs(packet.atMs - sentMs) < SENDING_LIMIT_MS, `says it was sent at ${sentMs}, not ${packet.atMs}`);
};

const untimed = (verb: string) => inPayload(verb, 'holds no timestamp', () => ({ timestampMs: undefined }));
const inSeconds = (verb: string) =>
  inPayload(verb, 'says its time in seconds', ({ timestampMs = 0 }) => ({
    timestampMs: Math.floor(timestampMs / 1000),
  }));
const inLocalTime = (verb: string) =>
  inPayload(verb, 'says its time in a time zone', ({ timestampMs = 0 }) => ({ timestampMs: timestampMs + 3_600_000 }));

const timeRule = (verb: string, ...ids: readonly AssertionId[]): Rule => ({
  ids,
  says: `${verb} says when it was sent, in milliseconds UTC`,
  check: everyMessage(published(verb), isSentNow),
  mutants: [untimed(verb), inSeconds(verb), inLocalTime(verb)],
});

export const sequenceRules: readonly Rule[] = [
  {
    ids: [
      'tck-id-topics-nbirth-seq-num',
      'tck-id-payloads-nbirth-seq',
      'tck-id-payloads-sequence-num-req-nbirth',
      'tck-id-message-flow-edge-node-birth-publish-nbirth-payload-seq',
    ],
    says: 'each NBIRTH holds seq 0, written out',
    check: everyMessage(published('NBIRTH'), ({ payload }) => unless(payload?.seq === 0, `seq is ${payload?.seq}`)),
    mutants: [withoutSeq('NBIRTH'), wrongSeq('NBIRTH')],
  },
  seqRule(
    'DBIRTH',
    'tck-id-topics-dbirth-seq',
    'tck-id-payloads-dbirth-seq',
    'tck-id-payloads-dbirth-seq-inc',
    'tck-id-message-flow-device-birth-publish-dbirth-payload-seq',
  ),
  seqRule(
    'DDEATH',
    'tck-id-topics-ddeath-seq-num',
    'tck-id-payloads-ddeath-seq',
    'tck-id-payloads-ddeath-seq-inc',
    'tck-id-payloads-ddeath-seq-number',
  ),
  seqRule('NDATA', 'tck-id-topics-ndata-seq-num', 'tck-id-payloads-ndata-seq', 'tck-id-payloads-ndata-seq-inc'),
  seqRule('DDATA', 'tck-id-topics-ddata-seq-num', 'tck-id-payloads-ddata-seq', 'tck-id-payloads-ddata-seq-inc'),
  {
    ids: ['tck-id-payloads-sequence-num-always-included'],
    says: 'every message but NDEATH holds a seq from 0 to 255',
    check: hasSeq(...WITH_SEQ),
    mutants: WITH_SEQ.map(withoutSeq),
  },
  {
    ids: ['tck-id-payloads-sequence-num-incrementing'],
    says: 'seq grows by one with every message of the node and its devices, and begins at 0 again after 255',
    check: all(
      hasNext(...WITH_SEQ),
      whole((recording) => ({
        subjectCount: followers(...WITH_SEQ)(recording).filter(({ before }) => before?.payload?.seq === 255).length,
        findings: [],
      })),
    ),
    mutants: [
      dropped('DDATA', ({ content }) => (toPayload(content)?.seq ?? 0) > 99),
      inPayload('NDATA', 'has a counter of its own', () => ({ seq: 0 })),
      inPacket('NDATA or DDATA: counts on after 255', (packet) => {
        if (!isSent('NDATA')(packet) && !isSent('DDATA')(packet)) return undefined;
        const payload = isPublish(packet) ? toPayload(packet.content) : undefined;
        if (payload?.seq !== 0 || !isPublish(packet)) return undefined;
        return [{ ...packet, content: { kind: 'sparkplug', payload: { ...payload, seq: 256 } } }];
      }),
    ],
  },
  timeRule('NBIRTH', 'tck-id-topics-nbirth-timestamp', 'tck-id-payloads-nbirth-timestamp'),
  timeRule('DBIRTH', 'tck-id-topics-dbirth-timestamp', 'tck-id-payloads-dbirth-timestamp'),
  timeRule('DDEATH', 'tck-id-payloads-ddeath-timestamp'),
  timeRule('NDATA', 'tck-id-topics-ndata-timestamp', 'tck-id-payloads-ndata-timestamp'),
  timeRule('DDATA', 'tck-id-topics-ddata-timestamp', 'tck-id-payloads-ddata-timestamp'),
  {
    ids: ['tck-id-payloads-timestamp-in-UTC'],
    says: 'every timestamp of a payload is in milliseconds UTC',
    check: all(
      everyMessage(published(...WITH_SEQ), isSentNow),
      every(
        (recording) => edgeConnections(recording).filter(({ connect }) => connect.willContent?.kind === 'sparkplug'),
        nameConnection,
        ({ connect }) => {
          const saidMs =
            connect.willContent?.kind === 'sparkplug' ? connect.willContent.payload.timestampMs : undefined;
          return unless(
            saidMs === undefined || Math.abs(saidMs - connect.atMs) < SENDING_LIMIT_MS,
            `Will of ${saidMs}`,
          );
        },
      ),
    ),
    mutants: [inSeconds('DDATA'), inLocalTime('NBIRTH')],
  },
];

import { inConnect, inMetric, inPacket, inWill, isSent, withoutMetric } from '../mutant.ts';
import type { WitnessPayload } from '../payload-witness.ts';
import type { Recording } from '../recording.ts';
import { all, type Check, everyConnection, everyMessage, type Rule, unless, whole } from '../rule.ts';
import { bdSeqOf, type EdgeConnection, edgeConnections, findMetric, published, toPayload } from '../select.ts';

/** Guide 1.2: bdSeq, which pairs a death with its birth. */

const INT64 = 4;

const willPayload = ({ connect }: EdgeConnection): WitnessPayload | undefined => toPayload(connect.willContent);
const bdSeqOfConnect = (one: EdgeConnection): number | undefined => bdSeqOf(willPayload(one));

const birthMatches = whole((recording) => {
  const births = edgeConnections(recording).flatMap((one) =>
    one.messages.filter(({ verb }) => verb === 'NBIRTH').map(({ payload }) => ({ one, bdSeq: bdSeqOf(payload) })),
  );
  const findings = births.flatMap(({ one, bdSeq }) => {
    const wanted = bdSeqOfConnect(one);
    return bdSeq === wanted && bdSeq !== undefined
      ? []
      : [`${recording.scenario}: a birth has bdSeq ${bdSeq}, its Will ${wanted}`];
  });
  return { subjectCount: births.length, findings };
});
const birthOfOtherSession = inMetric(
  'NBIRTH',
  'holds the next bdSeq',
  ({ name }) => name === 'bdSeq',
  ({ value }) => ({
    value: (value as bigint) + 1n,
  }),
);
const birthWithoutBdSeq = withoutMetric('NBIRTH', 'holds no bdSeq', ({ name }) => name === 'bdSeq');

/** Of the second NBIRTH and later ones of a connection: they follow a request. */
const rebirths = (recording: Recording) =>
  edgeConnections(recording).flatMap((one) =>
    one.messages
      .filter(({ verb }) => verb === 'NBIRTH')
      .slice(1)
      .map((message) => ({ one, message })),
  );

export const bdSeqRules: readonly Rule[] = [
  {
    ids: ['tck-id-message-flow-edge-node-birth-publish-will-message-payload-bdSeq'],
    says: 'bdSeq of the Will is an Int64 from 0 to 255, and one more than in the CONNECT before',
    check: all(
      everyConnection((one) => {
        const metric = findMetric(willPayload(one), 'bdSeq');
        const bdSeq = bdSeqOfConnect(one) ?? -1;
        const isInt64 = metric?.datatype === INT64 && metric.valueField === 'longValue';
        return unless(isInt64 && bdSeq >= 0 && bdSeq <= 255, `bdSeq is ${bdSeq} of datatype ${metric?.datatype}`);
      }),
      bdSeqCounts(),
    ),
    mutants: [
      inWill('bdSeq is a UInt64', ({ metrics }) => ({ metrics: metrics.map((one) => ({ ...one, datatype: 8 })) })),
      inWill('bdSeq stands in int_value', ({ metrics }) => ({
        metrics: metrics.map((one) => ({ ...one, valueField: 'intValue' })),
      })),
      lateWill('bdSeq is that of the session before', (value) => value - 1n),
    ],
  },
  {
    ids: ['tck-id-topics-nbirth-bdseq-increment'],
    says: 'bdSeq begins at 0 and counts every CONNECT, 0 after 255, also over a restart of the process',
    check: all(bdSeqCounts(), startsAtZero(), countsWraps()),
    mutants: [
      lateWill('bdSeq skips one', (value) => value + 1n),
      inWill('bdSeq begins at 1', ({ metrics }) => ({ metrics: metrics.map((one) => ({ ...one, value: 1n })) })),
    ],
  },
  {
    ids: ['tck-id-topics-nbirth-bdseq-included', 'tck-id-payloads-nbirth-bdseq'],
    says: 'each NBIRTH holds bdSeq, an Int64',
    check: everyMessage(published('NBIRTH'), ({ payload }) => {
      const metric = findMetric(payload, 'bdSeq');
      return unless(metric?.datatype === INT64 && bdSeqOf(payload) !== undefined, 'holds no bdSeq');
    }),
    mutants: [birthWithoutBdSeq],
  },
  {
    ids: [
      'tck-id-topics-nbirth-bdseq-matching',
      'tck-id-payloads-ndeath-bdseq',
      'tck-id-message-flow-edge-node-birth-publish-nbirth-payload-bdSeq',
    ],
    says: 'bdSeq of every NBIRTH is that of the Will of its session, and so is that of a published NDEATH',
    check: all(
      birthMatches,
      whole((recording) => {
        const deaths = edgeConnections(recording).flatMap((one) =>
          one.messages
            .filter(({ verb }) => verb === 'NDEATH')
            .map(({ payload }) => [bdSeqOf(payload), bdSeqOfConnect(one)]),
        );
        const wrong = deaths.filter(([bdSeq, wanted]) => bdSeq !== wanted);
        return {
          subjectCount: deaths.length,
          findings: wrong.map(([bdSeq, wanted]) => `NDEATH ${bdSeq}, Will ${wanted}`),
        };
      }),
    ),
    mutants: [
      birthOfOtherSession,
      birthWithoutBdSeq,
      inMetric(
        'NDEATH',
        'holds the next bdSeq',
        () => true,
        ({ value }) => ({ value: (value as bigint) + 1n }),
      ),
    ],
  },
  {
    ids: ['tck-id-payloads-nbirth-bdseq-repeat'],
    says: 'a rebirth repeats the bdSeq of its session',
    check: whole((recording) => {
      const all = rebirths(recording);
      const wrong = all.filter(({ one, message }) => bdSeqOf(message.payload) !== bdSeqOfConnect(one));
      return {
        subjectCount: all.length,
        findings: wrong.map(() => `${recording.scenario}: a rebirth has another bdSeq`),
      };
    }),
    mutants: [
      inPacket('NBIRTH: a rebirth raises bdSeq', (packet, { connection }) => {
        if (!isSent('NBIRTH')(packet) || packet.kind !== 'publish') return undefined;
        if (packet === connection.packets.find(isSent('NBIRTH')) || packet.content.kind !== 'sparkplug')
          return undefined;
        const { payload } = packet.content;
        const metrics = payload.metrics.map((one) =>
          one.name === 'bdSeq' ? { ...one, value: (one.value as bigint) + 1n } : one,
        );
        return [{ ...packet, content: { kind: 'sparkplug', payload: { ...payload, metrics } } }];
      }),
    ],
  },
];

/** From one CONNECT to the next of the same node. */
function bdSeqCounts(): Check {
  return whole((recording) => {
    // Each of two processes counts for itself.
    const values = recording.namesakeCount > 1 ? [] : edgeConnections(recording).map(bdSeqOfConnect);
    const steps = values.slice(1).map((value, index) => ({ value, before: values[index] }));
    const wrong = steps.filter(({ value, before = -1 }) => value !== (before + 1) % 256);
    return {
      subjectCount: steps.length,
      findings: wrong.map(({ value, before }) => `${recording.scenario}: bdSeq ${before} is followed by ${value}`),
    };
  });
}

/** The whole gateway begins with an empty data folder. */
function startsAtZero(): Check {
  return whole((recording) => {
    if (recording.scenario !== 'gateway') return { subjectCount: 0, findings: [] };
    const first = edgeConnections(recording).map(bdSeqOfConnect)[0];
    return { subjectCount: 1, findings: first === 0 ? [] : [`the first bdSeq is ${first}`] };
  });
}

/** Only a record of the wrap proves that it is done. */
function countsWraps(): Check {
  return whole((recording) => ({
    subjectCount: edgeConnections(recording).filter((one) => bdSeqOfConnect(one) === 255).length,
    findings: [],
  }));
}

/** A fault of a session that is not the first. */
function lateWill(fault: string, change: (value: bigint) => bigint) {
  return inConnect(`Will: ${fault}`, ({ willContent }, { recording, connection }) => {
    const payload = toPayload(willContent);
    if (payload === undefined || edgeConnections(recording)[1]?.connection !== connection) return undefined;
    const metrics = payload.metrics.map((one) => ({ ...one, value: change(one.value as bigint) }));
    return { willContent: { kind: 'sparkplug', payload: { ...payload, metrics } } };
  });
}

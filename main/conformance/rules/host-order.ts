import { inCommand, inHostMessage, inKnown, unsaid } from '../host-mutant.ts';
import { plays, toHostRecording } from '../host-recording.ts';
import { type HostMessage, nameHostMessage, rebirthRequests } from '../host-select.ts';
import { type Mutant, mutant } from '../mutant.ts';
import type { Recording } from '../recording.ts';
import { all, type Check, every, type Rule, unless, whole } from '../rule.ts';
import { toPayload, verbOf } from '../select.ts';

/** Guide 2.3: messages in another order, gaps, and requests for births. */

const requests = (judge: (message: HostMessage) => string | undefined): Check =>
  every(rebirthRequests, nameHostMessage, judge);

/** The first request after a gap. */
const answers = (recording: Recording) =>
  plays('gap')(recording).map(({ recording: own, play }) => ({
    own,
    play,
    request: rebirthRequests(own).find(({ packet }) => packet.order >= play.order),
  }));
const name = ({ own }: ReturnType<typeof answers>[number]): string => own.scenario;

const asks: Check = every(answers, name, ({ own, request }) => {
  if (request === undefined) return 'a message is missing for ever and no births are asked for';
  return unless(request.packet.topic === `spBv1.0/${own.groupId}/NCMD/${own.edgeNodeId}`, 'another node is asked');
});

/** Clocks of one machine: the gap is written down before its message is sent. */
const waits: Check = every(answers, name, ({ own, play, request }) => {
  const waitedMs = (request?.packet.atMs ?? NaN) - play.atMs;
  return unless(waitedMs >= own.reorderTimeoutMs, `asks ${waitedMs} ms after the gap, not after the reorder timeout`);
});

/** The recordings have hosts with timeouts that differ, and each keeps its own. */
const isConfigurable: Check = (recordings) => {
  const verdict = waits(recordings);
  const seen = recordings.filter((one) => answers(one).length > 0).map((one) => toHostRecording(one).reorderTimeoutMs);
  return new Set(seen).size > 1 ? verdict : { ...verdict, subjectCount: 0 };
};

/** Between a late message and the next play nothing is asked, and both messages are understood. */
const goesOn: Check = every(
  plays('late-message'),
  ({ recording }) => recording.scenario,
  ({ recording, play }) => {
    const next = recording.plays.find(({ order }) => order > play.order)?.order ?? Infinity;
    const asked = rebirthRequests(recording).some(({ packet }) => packet.order >= play.order && packet.order < next);
    if (asked) return 'births are asked for although the late message came in time';
    const speed = play.known?.rows.find((row) => row.deviceId === 'press' && row.metricName === 'speed');
    return unless(speed?.value === '2' && speed.isStale === false, 'the messages are not taken in their order');
  },
);

const unasked = unsaid('NCMD');

const tooEarly: Mutant = mutant('NCMD: is sent at once', (recording) => {
  const play = plays('gap')(recording)[0]?.play;
  if (play === undefined) return undefined;
  const connections = recording.connections.map((connection) => ({
    ...connection,
    packets: connection.packets.map((packet) =>
      packet.kind === 'publish' && verbOf(packet.topic) === 'NCMD' ? { ...packet, atMs: play.atMs + 1 } : packet,
    ),
  }));
  return { ...recording, connections };
});

const askedInTime: Mutant = mutant('NCMD: is sent although the late message came', (recording) => {
  const late = plays('late-message')(recording)[0]?.play;
  if (late === undefined) return undefined;
  const connections = recording.connections.map((connection) => ({
    ...connection,
    packets: connection.packets.map((packet) =>
      packet.kind === 'publish' && verbOf(packet.topic) === 'NCMD' ? { ...packet, order: late.order } : packet,
    ),
  }));
  return { ...recording, connections };
});

/** Exactly what the specification calls a request for births. */
const metricOf = ({ packet }: HostMessage) => toPayload(packet.content)?.metrics[0];
const seen: Check = whole((recording) => ({ subjectCount: rebirthRequests(recording).length, findings: [] }));

export const hostOrderRules: readonly Rule[] = [
  {
    ids: ['tck-id-operational-behavior-host-reordering-param'],
    says: 'hosts with different reorder timeouts ask for births not before their own',
    check: isConfigurable,
    mutants: [tooEarly],
  },
  {
    ids: ['tck-id-operational-behavior-host-reordering-start'],
    says: 'a message out of order starts the timer: births are not asked for before it has run out',
    check: waits,
    mutants: [tooEarly, unasked],
  },
  {
    ids: ['tck-id-operational-behavior-host-reordering-rebirth'],
    says: 'when a message stays missing, births are asked for of that edge node',
    check: asks,
    mutants: [unasked, inHostMessage('NCMD', 'goes to another node', () => ({ topic: 'spBv1.0/plant/NCMD/other' }))],
  },
  {
    ids: ['tck-id-operational-behavior-host-reordering-success'],
    says: 'when the late message comes in time, nothing is asked for and both are understood in their order',
    check: goesOn,
    mutants: [
      askedInTime,
      inKnown('takes the late message last', (play) => {
        if (play.what !== 'late-message' || play.known === undefined) return undefined;
        return { ...play, known: { ...play.known, rows: play.known.rows.map((row) => ({ ...row, value: '1' })) } };
      }),
    ],
  },
  {
    ids: ['tck-id-operational-behavior-data-commands-ncmd-rebirth-verb'],
    says: 'births are asked for with NCMD',
    check: all(
      seen,
      requests(({ packet }) => unless(verbOf(packet.topic) === 'NCMD', `asked with ${verbOf(packet.topic)}`)),
    ),
    mutants: [inHostMessage('NCMD', 'is a DCMD', () => ({ topic: 'spBv1.0/plant/DCMD/line/press' }))],
  },
  {
    ids: ['tck-id-operational-behavior-data-commands-ncmd-rebirth-name'],
    says: 'births are asked for by the name Node Control/Rebirth, without alias',
    check: requests((message) => {
      const metric = metricOf(message);
      return unless(metric?.name === 'Node Control/Rebirth' && metric.alias === undefined, 'has another name');
    }),
    mutants: [
      inCommand('NCMD', 'has another letter case', ({ metrics }) => ({
        metrics: metrics.map((metric) => ({ ...metric, name: metric.name?.toLowerCase() })),
      })),
      inCommand('NCMD', 'has an alias', ({ metrics }) => ({ metrics: metrics.map((one) => ({ ...one, alias: 3 })) })),
    ],
  },
  {
    ids: ['tck-id-operational-behavior-data-commands-ncmd-rebirth-value'],
    says: 'births are asked for with the Boolean true',
    check: requests((message) => {
      const metric = metricOf(message);
      return unless(metric?.valueField === 'booleanValue' && metric.value === true, 'does not say true');
    }),
    mutants: [
      inCommand('NCMD', 'says false', ({ metrics }) => ({ metrics: metrics.map((one) => ({ ...one, value: false })) })),
    ],
  },
];

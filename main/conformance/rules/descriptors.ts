import { mutant } from '../mutant.ts';
import type { Connection, Recording } from '../recording.ts';
import { nameConnection, type Rule, whole } from '../rule.ts';
import { type EdgeConnection, edgeConnections } from '../select.ts';

/** Guide 1.1: one edge node for each name. */

const firstOrder = ({ messages }: EdgeConnection): number | undefined => messages[0]?.packet.order;

/** Of sessions under one name on one broker, each with the next that was born. */
const successions = (recording: Recording) =>
  edgeConnections(recording).flatMap((one, index, all) => {
    const next = all
      .slice(index + 1)
      .find((later) => later.connection.broker === one.connection.broker && firstOrder(later) !== undefined);
    return next === undefined || one.messages.length === 0 ? [] : [{ one, next }];
  });

/** Two processes had this name at the same time: the later one connected while the earlier one was still there. */
const isTakeOver = (one: Connection, next: Connection): boolean =>
  one.closed !== undefined && next.opened.order < one.closed.order;

/** A second session of the same descriptor is not heard beside the first: nothing comes of the first any more. */
const aloneUnderItsName = whole((recording) => {
  const pairs = successions(recording);
  const findings = pairs
    .filter(({ one, next }) => one.messages.some(({ packet }) => packet.order > (firstOrder(next) ?? Infinity)))
    .map(({ next }) => `${nameConnection(next)}: another session still speaks under its name`);
  return {
    subjectCount: pairs.filter(({ one, next }) => isTakeOver(one.connection, next.connection)).length,
    findings,
  };
});

const bothSpeak = mutant('two edge nodes speak under one name', (recording) => {
  const [pair] = successions(recording).filter(({ one, next }) => isTakeOver(one.connection, next.connection));
  const last = pair?.one.messages.at(-1)?.packet;
  if (pair === undefined || last === undefined) return undefined;
  const place = recording.connections.indexOf(pair.one.connection);
  const packets = [...pair.one.connection.packets, { ...last, order: Number.MAX_SAFE_INTEGER }];
  return { ...recording, connections: recording.connections.with(place, { ...pair.one.connection, packets }) };
});

/** DBIRTHs that an independent subscriber heard, by device: under which edge nodes. */
function nodesByDevice({ heard }: Recording): ReadonlyMap<string, ReadonlySet<string>> {
  const nodes = new Map<string, Set<string>>();
  for (const { topic } of heard) {
    const [, , verb, node = '', device] = topic.split('/');
    if (verb !== 'DBIRTH' || device === undefined) continue;
    nodes.set(device, (nodes.get(device) ?? new Set()).add(node));
  }
  return nodes;
}

export const descriptorRules: readonly Rule[] = [
  {
    ids: [
      'tck-id-topic-structure-namespace-unique-edge-node-descriptor',
      'tck-id-intro-edge-node-id-uniqueness',
      'tck-id-payloads-nbirth-edge-node-descriptor',
    ],
    says: 'a second edge node of the same group and name takes the place of the first; the two are never heard together',
    check: aloneUnderItsName,
    mutants: [bothSpeak],
  },
  {
    ids: ['tck-id-topic-structure-namespace-duplicate-device-id-across-edge-node'],
    says: 'two edge nodes may each have a device of the same id: both are born and neither is disturbed',
    check: whole((recording) => {
      if (recording.scenario !== 'rivals') return { subjectCount: 0, findings: [] };
      const shared = [...nodesByDevice(recording)].filter(([, nodes]) => nodes.size > 1);
      const deaths = recording.heard.filter(
        ({ topic }) => topic.includes('/DDEATH/') || topic.endsWith('/NDEATH/line2'),
      );
      const findings = [
        ...(shared.length > 0 ? [] : ['no device id is born under two edge nodes']),
        ...deaths.map(({ topic }) => `${topic} although nobody ended it`),
      ];
      return { subjectCount: 1, findings };
    }),
    mutants: [
      mutant('DBIRTH: the second one is not taken', (recording) =>
        recording.scenario === 'rivals'
          ? { ...recording, heard: recording.heard.filter(({ topic }) => !topic.includes('/line2/')) }
          : undefined,
      ),
    ],
  },
];

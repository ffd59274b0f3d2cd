import type { IngestBroker, IngestSnapshot } from '../../shared/domain/engine-snapshot.ts';
import { isMergedOnline, type MergedNode } from './host-merge.ts';

type NodeRow = IngestSnapshot['nodes'][number];

/** Several brokers in one line: connected where one is, else the first that is not. */
export function summarizeBrokers(
  brokers: readonly IngestBroker[],
): Pick<IngestSnapshot, 'broker' | 'brokers' | 'isOnline'> {
  const states = brokers.map(({ state }) => state);
  const shown = states.find(({ phase }) => phase === 'connected') ?? states[0] ?? { phase: 'stopped' };
  return { broker: shown, brokers: [...brokers], isOnline: brokers.some(({ isOnline }) => isOnline) };
}

/** Each edge node once, as its present broker knows it; a node heard of on several is told by the one it is on. */
export function summarizeNodes(
  lists: readonly (readonly NodeRow[])[],
  merged: ReadonlyMap<string, MergedNode>,
): NodeRow[] {
  const rows = new Map<string, NodeRow>();
  for (const [broker, list] of lists.entries()) {
    for (const row of list) {
      const node = merged.get(row.id);
      if (rows.has(row.id) && node?.home !== broker) continue;
      rows.set(row.id, { ...row, isOnline: node !== undefined && isMergedOnline(node) });
    }
  }
  return [...rows.values()];
}

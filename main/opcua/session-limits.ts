import { AttributeIds, type ClientSession, VariableIds } from 'node-opcua';

/** What a server says it takes at once. A server that says nothing (or 0) gets our own limits. */
export interface SessionLimits {
  readonly itemsPerCall: number;
  /** Infinity where the server tells no limit; so with the next four. */
  readonly itemsPerSubscription: number;
  readonly items: number;
  readonly subscriptions: number;
  /** We hold one; told to people only. */
  readonly sessions: number;
  readonly queueSize: number;
  readonly nodesPerRead: number;
  readonly nodesPerHistoryRead: number;
  /** Unfinished history reads the server remembers at once. */
  readonly historyContinuationPoints: number;
}

/** Also our own bound: larger requests stall small controllers. */
const MOST_ITEMS = 1_000;

const IDS = {
  itemsPerCall: VariableIds.Server_ServerCapabilities_OperationLimits_MaxMonitoredItemsPerCall,
  itemsPerSubscription: VariableIds.Server_ServerCapabilities_MaxMonitoredItemsPerSubscription,
  items: VariableIds.Server_ServerCapabilities_MaxMonitoredItems,
  subscriptionsPerSession: VariableIds.Server_ServerCapabilities_MaxSubscriptionsPerSession,
  subscriptions: VariableIds.Server_ServerCapabilities_MaxSubscriptions,
  sessions: VariableIds.Server_ServerCapabilities_MaxSessions,
  queueSize: VariableIds.Server_ServerCapabilities_MaxMonitoredItemsQueueSize,
  nodesPerHistoryRead: VariableIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerHistoryReadData,
  historyContinuationPoints: VariableIds.Server_ServerCapabilities_MaxHistoryContinuationPoints,
} as const;

/** Reads OperationLimits and the capabilities of the server (OPC 10000-5, 6.3.2 and 6.3.11). */
export async function readSessionLimits(session: ClientSession): Promise<SessionLimits> {
  const [perRead] = await readNumbers(session, [VariableIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerRead]);
  const nodesPerRead = Math.min(perRead ?? Infinity, MOST_ITEMS);
  const told = new Map<number, number>();
  for (const ids of chunk(Object.values(IDS), nodesPerRead)) {
    const numbers = await readNumbers(session, ids);
    ids.forEach((id, index) => told.set(id, numbers[index] ?? Infinity));
  }
  const limit = (name: keyof typeof IDS): number => told.get(IDS[name]) ?? Infinity;
  const bounded = (name: keyof typeof IDS): number => Math.min(limit(name), MOST_ITEMS);
  return {
    itemsPerCall: bounded('itemsPerCall'),
    itemsPerSubscription: limit('itemsPerSubscription'),
    items: limit('items'),
    subscriptions: Math.min(limit('subscriptionsPerSession'), limit('subscriptions')),
    sessions: limit('sessions'),
    queueSize: limit('queueSize'),
    nodesPerRead,
    nodesPerHistoryRead: bounded('nodesPerHistoryRead'),
    historyContinuationPoints: bounded('historyContinuationPoints'),
  };
}

/** Only numbers above 0 are limits. */
async function readNumbers(session: ClientSession, ids: readonly number[]): Promise<(number | undefined)[]> {
  const answers = await session.read(ids.map((id) => ({ nodeId: `i=${id}`, attributeId: AttributeIds.Value })));
  return answers.map(({ statusCode, value }) => {
    const told: unknown = statusCode.isGood() ? value.value : undefined;
    return typeof told === 'number' && told > 0 ? told : undefined;
  });
}

/**
 * Tags per subscription: about a thousand, more only where the server gives too few subscriptions for that,
 * never more than it takes.
 */
export function itemsPerSubscription(limits: SessionLimits, tagCount: number): number {
  const needed = Number.isFinite(limits.subscriptions) ? Math.ceil(tagCount / limits.subscriptions) : 0;
  return Math.min(limits.itemsPerSubscription, Math.max(MOST_ITEMS, needed));
}

/** Splits into parts of at most `size`, in order. */
export function chunk<T>(items: readonly T[], size: number): T[][] {
  const chunks: T[][] = [];
  for (let from = 0; from < items.length; from += size) chunks.push(items.slice(from, from + size));
  return chunks;
}

import { AttributeIds, type ClientSession, VariableIds } from 'node-opcua';

/** What a server says it takes at once. A server that says nothing (or 0) gets our own limits. */
export interface SessionLimits {
  readonly itemsPerCall: number;
  readonly itemsPerSubscription: number;
  readonly nodesPerRead: number;
  readonly nodesPerHistoryRead: number;
  /** Unfinished history reads the server remembers at once. */
  readonly historyContinuationPoints: number;
}

/** Also our own bound: larger requests stall small controllers. */
const MOST_ITEMS = 1_000;

const limit = (value: unknown): number =>
  typeof value === 'number' && value > 0 ? Math.min(value, MOST_ITEMS) : MOST_ITEMS;

/** Reads OperationLimits and the capabilities of the server (OPC 10000-5, 6.3.2 and 6.3.11). */
export async function readSessionLimits(session: ClientSession): Promise<SessionLimits> {
  const ids = [
    VariableIds.Server_ServerCapabilities_OperationLimits_MaxMonitoredItemsPerCall,
    VariableIds.Server_ServerCapabilities_MaxMonitoredItemsPerSubscription,
    VariableIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerRead,
    VariableIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerHistoryReadData,
    VariableIds.Server_ServerCapabilities_MaxHistoryContinuationPoints,
  ];
  const answers = await session.read(ids.map((id) => ({ nodeId: `i=${id}`, attributeId: AttributeIds.Value })));
  const [perCall, perSubscription, perRead, perHistoryRead, continuationPoints] = answers.map((answer) =>
    answer.statusCode.isGood() ? (answer.value.value as unknown) : undefined,
  );
  return {
    itemsPerCall: limit(perCall),
    itemsPerSubscription: limit(perSubscription),
    nodesPerRead: limit(perRead),
    nodesPerHistoryRead: limit(perHistoryRead),
    historyContinuationPoints: limit(continuationPoints),
  };
}

/** Splits into parts of at most `size`, in order. */
export function chunk<T>(items: readonly T[], size: number): T[][] {
  const chunks: T[][] = [];
  for (let from = 0; from < items.length; from += size) chunks.push(items.slice(from, from + size));
  return chunks;
}

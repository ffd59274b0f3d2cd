import { AttributeIds, type ClientSession, VariableIds } from 'node-opcua';

/** How much is asked for at once while browsing. */
export interface BrowseLimits {
  readonly nodesPerBrowse: number;
  /** Attributes in one Read: the server counts them, not the nodes. */
  readonly attributesPerRead: number;
  /** Unfinished lists of references the server keeps for us. */
  readonly continuationPoints: number;
  /** Longest list of references of one node in one answer; a server may send shorter ones. */
  readonly referencesPerNode: number;
  /** References in one answer, over all its nodes. */
  readonly referencesPerAnswer: number;
}

/** Also bounds of our own: larger requests stall small controllers and are no faster. */
const OWN: BrowseLimits = {
  nodesPerBrowse: 200,
  attributesPerRead: 1_000,
  continuationPoints: 10,
  referencesPerNode: 1_000,
  referencesPerAnswer: 10_000,
};

/** What the server states, never more than our own bound; 0 and no answer state nothing (OPC 10000-5, 6.3.11). */
export function planBrowseLimits(
  stated: Partial<Record<'nodesPerBrowse' | 'attributesPerRead' | 'continuationPoints', unknown>>,
): BrowseLimits {
  const least = (own: number, value: unknown): number =>
    typeof value === 'number' && value > 0 ? Math.min(own, value) : own;
  return {
    ...OWN,
    nodesPerBrowse: least(OWN.nodesPerBrowse, stated.nodesPerBrowse),
    attributesPerRead: least(OWN.attributesPerRead, stated.attributesPerRead),
    continuationPoints: least(OWN.continuationPoints, stated.continuationPoints),
  };
}

/** Reads OperationLimits and MaxBrowseContinuationPoints, one by one: some servers take one node a Read. */
export async function readBrowseLimits(session: ClientSession): Promise<BrowseLimits> {
  const read = async (id: number): Promise<unknown> => {
    const answer = await session.read({ nodeId: `i=${id}`, attributeId: AttributeIds.Value });
    return answer.statusCode.isGood() ? (answer.value.value as unknown) : undefined;
  };
  return planBrowseLimits({
    nodesPerBrowse: await read(VariableIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerBrowse),
    attributesPerRead: await read(VariableIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerRead),
    continuationPoints: await read(VariableIds.Server_ServerCapabilities_MaxBrowseContinuationPoints),
  });
}

import {
  AttributeIds,
  BrowseDirection,
  type BrowseResult,
  type ClientSession,
  NodeClass,
  type NodeId,
} from 'node-opcua';

const NODES_PER_BROWSE = 100;
const REFERENCES_PER_NODE = 1_000;
const READS_PER_CALL = 1_000;
const HAS_PROPERTY = 46;
const ATTRIBUTES = [AttributeIds.DataType, AttributeIds.ValueRank, AttributeIds.UserAccessLevel];

/**
 * What the library does alone: browses everything below `root`, level by level, one request after the other, each
 * node once. Nothing is kept but the ids; with `isReading` three attributes of each variable are read, too.
 */
export async function rawBrowse(session: ClientSession, root: NodeId | string, isReading: boolean): Promise<number> {
  session.requestedMaxReferencesPerNode = REFERENCES_PER_NODE;
  const seen = new Set<string>([root.toString()]);
  let level: (NodeId | string)[] = [root];
  while (level.length > 0) {
    const next: NodeId[] = [];
    const variables: NodeId[] = [];
    const take = ({ references }: BrowseResult): void => {
      for (const { nodeId, nodeClass, referenceTypeId } of references ?? []) {
        if (referenceTypeId.namespace === 0 && referenceTypeId.value === HAS_PROPERTY) continue;
        const key = nodeId.toString();
        if (seen.has(key)) continue;
        seen.add(key);
        next.push(nodeId);
        if (nodeClass === NodeClass.Variable) variables.push(nodeId);
      }
    };
    for (let from = 0; from < level.length; from += NODES_PER_BROWSE) {
      let results = await session.browse(level.slice(from, from + NODES_PER_BROWSE).map(toQuestion));
      for (;;) {
        results.forEach(take);
        const points = results.map(({ continuationPoint }) => continuationPoint).filter((point) => point?.length);
        if (points.length === 0) break;
        results = await session.browseNext(points as Buffer[], false);
      }
    }
    if (isReading) await readAttributes(session, variables);
    level = next;
  }
  return seen.size;
}

async function readAttributes(session: ClientSession, variables: readonly NodeId[]): Promise<void> {
  const reads = variables.flatMap((nodeId) => ATTRIBUTES.map((attributeId) => ({ nodeId, attributeId })));
  for (let from = 0; from < reads.length; from += READS_PER_CALL) {
    await session.read(reads.slice(from, from + READS_PER_CALL));
  }
}

const toQuestion = (nodeId: NodeId | string) => ({
  nodeId,
  referenceTypeId: 'HierarchicalReferences',
  browseDirection: BrowseDirection.Forward,
  includeSubtypes: true,
  nodeClassMask: 0,
  resultMask: 29,
});

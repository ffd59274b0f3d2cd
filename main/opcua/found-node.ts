import { NodeClass, type NodeId, type ReferenceDescription } from 'node-opcua';
import { toChildPath } from './node-text.ts';

/** A node a reference leads to; nothing of it was read yet. */
export interface FoundNode {
  readonly nodeId: NodeId;
  readonly browseName: string;
  readonly displayName: string;
  readonly nodeClass: NodeClass;
  readonly parentPath: string;
  readonly depth: number;
  readonly isProperty: boolean;
}

/** A found node and what its references say of it. */
export interface LookedNode {
  readonly found: FoundNode;
  /** Its property EURange. */
  readonly euRange: NodeId | undefined;
  /** Its property EngineeringUnits. */
  readonly units: NodeId | undefined;
}

const HAS_PROPERTY = 46;
/** Longer names are cut. */
const MOST_NAME_LETTERS = 4_096;

export const pathOf = (found: FoundNode): string => toChildPath(found.parentPath, found.browseName);

/** Classes with nothing below but properties, which are told with their parent. */
export const hasChildren = ({ isProperty, nodeClass }: FoundNode): boolean =>
  !isProperty && nodeClass !== NodeClass.Method;

export const isPropertyReference = ({ referenceTypeId }: ReferenceDescription): boolean =>
  referenceTypeId.namespace === 0 && referenceTypeId.value === HAS_PROPERTY;

/** The target of a reference as a node of this server, or undefined when it lies on another. */
export function toFoundNode(
  reference: ReferenceDescription,
  parentPath: string,
  depth: number,
  namespaceArray: readonly string[],
): FoundNode | undefined {
  const { nodeId, browseName, displayName, nodeClass } = reference;
  if (nodeId.serverIndex !== 0) return undefined;
  // An ExpandedNodeId may name its namespace by URI instead of index (OPC 10000-6, 5.2.2.10).
  if (nodeId.namespaceUri) {
    const index = namespaceArray.indexOf(nodeId.namespaceUri);
    if (index < 0) return undefined;
    nodeId.namespace = index;
    nodeId.namespaceUri = null;
  }
  const name = (browseName.name ?? '').slice(0, MOST_NAME_LETTERS);
  return {
    nodeId,
    browseName: name,
    displayName: (displayName.text ?? name).slice(0, MOST_NAME_LETTERS),
    nodeClass,
    parentPath,
    depth,
    isProperty: isPropertyReference(reference),
  };
}

import { coerceNodeId, type NodeId } from 'node-opcua';

export type NodeResolution =
  { readonly isKnown: true; readonly nodeId: NodeId } | { readonly isKnown: false; readonly reason: string };

const NODE_TEXT = /^nsu=([^;]+);([isgb]=.+)$/;

/**
 * A configured node as a node id of this session. The index of a namespace may change with every start of
 * the server, so it is looked up in the NamespaceArray that was read after the connect.
 */
export function resolveNode(node: string, namespaceArray: readonly string[]): NodeResolution {
  const [, uri, identifier] = NODE_TEXT.exec(node) ?? [];
  if (uri === undefined || identifier === undefined) return { isKnown: false, reason: `"${node}" is not a node id` };
  const index = namespaceArray.indexOf(uri);
  if (index < 0) return { isKnown: false, reason: `the server has no namespace ${uri}` };
  try {
    return { isKnown: true, nodeId: coerceNodeId(`ns=${index};${identifier}`) };
  } catch {
    return { isKnown: false, reason: `"${node}" is not a node id` };
  }
}

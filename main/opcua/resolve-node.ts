import { coerceNodeId, NodeId, NodeIdType } from 'node-opcua';
import { unescapeUri } from './node-text.ts';

export type NodeResolution =
  { readonly isKnown: true; readonly nodeId: NodeId } | { readonly isKnown: false; readonly reason: string };

const NODE_TEXT = /^nsu=([^;]+);([isgb]=.+)$/s;

/**
 * A configured node as a node id of this session. The index of a namespace may change with every start of
 * the server, so it is looked up in the NamespaceArray that was read after the connect.
 */
export function resolveNode(node: string, namespaceArray: readonly string[]): NodeResolution {
  const [, uri, identifier] = NODE_TEXT.exec(node) ?? [];
  if (uri === undefined || identifier === undefined) return { isKnown: false, reason: `"${node}" is not a node id` };
  const exact = namespaceArray.indexOf(uri);
  const index = exact < 0 ? namespaceArray.indexOf(unescapeUri(uri)) : exact;
  if (index < 0) return { isKnown: false, reason: `the server has no namespace ${uri}` };
  return toResolution(node, identifier, index);
}

/** As `resolveNode`, but takes the index of a namespace too (`ns=2;s=X`, `i=85`): good for this session only. */
export function resolveRoot(node: string, namespaceArray: readonly string[]): NodeResolution {
  const [, index = '0', identifier] = /^(?:ns=(\d+);)?([isgb]=.+)$/s.exec(node) ?? [];
  if (identifier === undefined) return resolveNode(node, namespaceArray);
  const uri = namespaceArray[Number(index)];
  if (uri === undefined) return { isKnown: false, reason: `the server has no namespace ${index}` };
  return toResolution(node, identifier, Number(index));
}

function toResolution(node: string, identifier: string, index: number): NodeResolution {
  // The library's own parser takes a name with a line break for an empty one.
  if (identifier.startsWith('s=')) {
    return { isKnown: true, nodeId: new NodeId(NodeIdType.STRING, identifier.slice(2), index) };
  }
  try {
    return { isKnown: true, nodeId: coerceNodeId(`ns=${index};${identifier}`) };
  } catch {
    return { isKnown: false, reason: `"${node}" is not a node id` };
  }
}

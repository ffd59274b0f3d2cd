import { type NodeId, NodeIdType } from 'node-opcua';

/** Signs with a meaning of their own in a relative path (OPC 10000-4, A.2). */
const RESERVED = /[/.<>:#!&]/g;

const escapeUri = (uri: string): string => uri.replaceAll('%', '%25').replaceAll(';', '%3B');

/** `;` and `%` of a namespace URI are written as `%3B` and `%25` (OPC 10000-6, 5.1.12). */
export const unescapeUri = (text: string): string => text.replaceAll(/%3B/gi, ';').replaceAll('%25', '%');

/**
 * A node id with its namespace URI, `nsu=<uri>;s=<name>`: the index may change with every start of a server, so
 * it is kept only where the server names no URI for it.
 */
export function toNodeText(nodeId: NodeId, namespaceArray: readonly string[]): string {
  const uri = namespaceArray[nodeId.namespace];
  const namespace = uri === undefined || uri === '' ? `ns=${nodeId.namespace}` : `nsu=${escapeUri(uri)}`;
  return `${namespace};${toIdentifier(nodeId)}`;
}

function toIdentifier({ identifierType, value }: NodeId): string {
  switch (identifierType) {
    case NodeIdType.NUMERIC:
      return `i=${String(value)}`;
    case NodeIdType.GUID:
      return `g=${String(value)}`;
    case NodeIdType.BYTESTRING:
      return `b=${value instanceof Uint8Array ? Buffer.from(value).toString('base64') : ''}`;
    default:
      return `s=${String(value)}`;
  }
}

/** The path of a child, reserved signs of its name behind `&`. */
export function toChildPath(parentPath: string, name: string): string {
  return `${parentPath}/${name.replaceAll(RESERVED, (sign) => `&${sign}`)}`;
}

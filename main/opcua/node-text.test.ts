import fc from 'fast-check';
import { NodeId, NodeIdType } from 'node-opcua';
import { describe, expect, it } from 'vitest';
import { toChildPath, toNodeText } from './node-text.ts';
import { resolveNode } from './resolve-node.ts';

const NAMESPACES = ['http://opcfoundation.org/UA/', 'urn:plain', 'urn:odd;name=50%;%3B'];

const nodeIds = fc.oneof(
  fc
    .tuple(fc.string({ minLength: 1, unit: 'binary' }), fc.nat(2))
    .map(([name, index]) => new NodeId(NodeIdType.STRING, name, index)),
  fc.tuple(fc.nat(), fc.nat(2)).map(([number, index]) => new NodeId(NodeIdType.NUMERIC, number, index)),
  fc
    .tuple(fc.uint8Array({ minLength: 1 }), fc.nat(2))
    .map(([bytes, index]) => new NodeId(NodeIdType.BYTESTRING, Buffer.from(bytes), index)),
  fc.uuid().map((guid) => new NodeId(NodeIdType.GUID, guid.toUpperCase(), 1)),
);

describe('the text of a node id', () => {
  it('leads back to the same node, whatever its name and its namespace hold', () => {
    fc.assert(
      fc.property(nodeIds, (nodeId) => {
        const resolution = resolveNode(toNodeText(nodeId, NAMESPACES), NAMESPACES);
        expect(resolution.isKnown && resolution.nodeId.toString()).toBe(nodeId.toString());
      }),
    );
  });

  it('keeps the index of a namespace without a URI', () => {
    expect(toNodeText(new NodeId(NodeIdType.NUMERIC, 7, 9), NAMESPACES)).toBe('ns=9;i=7');
  });
});

describe('the path of a node', () => {
  it('sets signs with a meaning of their own behind &', () => {
    expect(toChildPath('/Objects', 'Filler/1 & <2>: a.b#!')).toBe('/Objects/Filler&/1 && &<2&>&: a&.b&#&!');
  });

  it('is another for every other row of names', () => {
    const names = fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(names, names, (one, other) => {
        const path = (row: readonly string[]): string => row.reduce(toChildPath, '');
        expect(path(one) === path(other)).toBe(JSON.stringify(one) === JSON.stringify(other));
      }),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { resolveNode } from './resolve-node.ts';

const NAMESPACES = ['http://opcfoundation.org/UA/', 'urn:own', 'urn:plc'];

describe('resolveNode', () => {
  it.each([
    ['nsu=urn:plc;s=Filler.State', 'ns=2;s=Filler.State'],
    ['nsu=urn:plc;s="DB_1";"X"', 'ns=2;s="DB_1";"X"'],
    ['nsu=urn:own;i=1001', 'ns=1;i=1001'],
    ['nsu=http://opcfoundation.org/UA/;i=2258', 'ns=0;i=2258'],
    ['nsu=urn:plc;g=72962b91-fa75-4ae6-8d28-b404dc7daf63', 'ns=2;g=72962B91-FA75-4AE6-8D28-B404DC7DAF63'],
  ])('looks up %s as %s', (node, expected) => {
    const resolution = resolveNode(node, NAMESPACES);
    expect(resolution.isKnown && resolution.nodeId.toString()).toBe(expected);
  });

  it('follows a namespace to its new index', () => {
    const resolution = resolveNode('nsu=urn:plc;s=X', ['a', 'b', 'c', 'urn:plc']);
    expect(resolution.isKnown && resolution.nodeId.namespace).toBe(3);
  });

  it.each([
    ['nsu=urn:gone;s=X', 'the server has no namespace urn:gone'],
    ['ns=2;s=X', '"ns=2;s=X" is not a node id'],
    ['nsu=urn:plc;g=nonsense', '"nsu=urn:plc;g=nonsense" is not a node id'],
  ])('refuses %s', (node, reason) => {
    expect(resolveNode(node, NAMESPACES)).toEqual({ isKnown: false, reason });
  });
});

import {
  BrowseResult,
  ExpandedNodeId,
  NodeClass,
  NodeId,
  NodeIdType,
  type ReferenceDescription,
  resolveNodeId,
  type StatusCode,
  StatusCodes,
} from 'node-opcua';
import { describe, expect, it } from 'vitest';
import type { BrowseFault } from '../../shared/domain/browsed-node.ts';
import { fakeClock } from '../testing/fake-clock.ts';
import type { ItemAnswer } from './batched-request.ts';
import { planBrowseLimits } from './browse-limits.ts';
import { BrowseWalk, type ReferenceSource } from './browse-walk.ts';
import type { FoundNode } from './found-node.ts';

const ORGANIZES = resolveNodeId('Organizes');
const PAGE = 1_000;

const root: FoundNode = {
  nodeId: new NodeId(NodeIdType.NUMERIC, 0, 1),
  browseName: 'Root',
  displayName: 'Root',
  nodeClass: NodeClass.Object,
  parentPath: '',
  depth: 0,
  isProperty: false,
};

/** Only what the walk looks at: a million whole ones would take the test's time. */
const toReference = (id: number, nodeClass: NodeClass): ReferenceDescription =>
  ({
    nodeId: new ExpandedNodeId(NodeIdType.NUMERIC, id, 1, null, 0),
    browseName: { name: `N${id}`, namespaceIndex: 1 },
    displayName: { text: `N${id}` },
    referenceTypeId: ORGANIZES,
    nodeClass,
  }) as unknown as ReferenceDescription;

/** A server whose nodes exist only while they are asked for: the children of a node are a number of ids. */
function makeSource(childrenOf: (id: number) => { from: number; count: number; nodeClass: NodeClass }) {
  const seen = { nextCount: 0, dropNext: false, refuseCount: 0 };
  const page = (id: number, from: number, most: number): BrowseResult => {
    const children = childrenOf(id);
    const count = Math.min(most, children.count - from);
    const result = new BrowseResult({ statusCode: StatusCodes.Good });
    result.references = Array.from({ length: count }, (_unused, index) =>
      toReference(children.from + from + index, children.nodeClass),
    );
    result.continuationPoint = from + count < children.count ? Buffer.from(`${id} ${from + count}`) : Buffer.alloc(0);
    return result;
  };
  const bad = (statusCode: StatusCode): BrowseResult => new BrowseResult({ statusCode });
  const answer = (result: BrowseResult): ItemAnswer<BrowseResult> => ({ isAnswered: true, answer: result });
  const source: ReferenceSource = {
    mostNodes: 200,
    first: async (nodeIds, most) =>
      nodeIds.map((nodeId) => {
        if (seen.refuseCount > 0) {
          seen.refuseCount--;
          return answer(bad(StatusCodes.BadNoContinuationPoints));
        }
        return answer(page(Number(nodeId.value), 0, most));
      }),
    next: async (points) =>
      points.map((point) => {
        seen.nextCount++;
        if (seen.dropNext) return answer(bad(StatusCodes.BadContinuationPointInvalid));
        const [id = 0, from = 0] = point.toString().split(' ').map(Number);
        return answer(page(id, from, PAGE));
      }),
    forget: async () => {},
  };
  return { source, seen };
}

async function walkAll(source: ReferenceSource, maxDepth = 100, onStep = (): void => {}) {
  const clock = fakeClock();
  const walk = new BrowseWalk(
    {
      requests: source,
      limits: planBrowseLimits({}),
      namespaceArray: ['http://opcfoundation.org/UA/', 'urn:own'],
      maxDepth,
      includesProperties: false,
      mostReferencesPerNode: 2_000_000,
      clock,
      signal: new AbortController().signal,
    },
    root,
  );
  const found = { count: 0, mostWaiting: 0, depth: 0, faults: [] as BrowseFault[] };
  while (!walk.isDone) {
    const stepping = walk.step();
    // What waits for the server's room waits on this clock.
    await new Promise((resolve) => setImmediate(resolve));
    clock.advanceMs(200);
    const { looked, faults } = await stepping;
    onStep();
    found.count += looked.length;
    found.depth = looked.reduce((most, one) => Math.max(most, one.found.depth), found.depth);
    found.faults.push(...faults);
    found.mostWaiting = Math.max(found.mostWaiting, walk.waitingCount);
  }
  return found;
}

const none = { from: 0, count: 0, nodeClass: NodeClass.Variable };
const wide = (count: number) =>
  makeSource((id) => (id === 0 ? { from: 1, count, nodeClass: NodeClass.Variable } : none));

describe('the walk down an address space', () => {
  it('takes a million children of one node without ever holding more than a few thousand', async () => {
    const found = await walkAll(wide(1_000_000).source);
    expect(found.count).toBe(1_000_001);
    expect(found.mostWaiting).toBeLessThan(25_000);
    expect(found.faults).toEqual([]);
  });

  it('ends at its depth where every node has another below it', async () => {
    const { source } = makeSource((id) => ({ from: id + 1, count: 1, nodeClass: NodeClass.Object }));
    const found = await walkAll(source, 100);
    expect([found.count, found.depth]).toEqual([101, 100]);
  });

  it('ends where everything refers to everything', async () => {
    const { source } = makeSource(() => ({ from: 0, count: 500, nodeClass: NodeClass.Object }));
    expect((await walkAll(source)).count).toBe(500);
  });

  it('gives a list up that the server drops again and again, after three more tries', async () => {
    const { source, seen } = wide(5_000);
    seen.dropNext = true;
    const found = await walkAll(source);
    expect(found.faults.map(({ code, path }) => [code, path])).toEqual([['opcua/browse-refused', '/Root']]);
    expect(found.count).toBe(1_001);
    expect(seen.nextCount).toBe(4);
  });

  it('asks again when the server has no room for unfinished lists, and names the node that never gets any', async () => {
    const patient = wide(10);
    patient.seen.refuseCount = 3;
    expect(await walkAll(patient.source)).toMatchObject({ count: 11, faults: [] });
    const refused = wide(10);
    refused.seen.refuseCount = Infinity;
    const found = await walkAll(refused.source);
    expect(found.faults.map(({ text }) => text)).toEqual([expect.stringContaining('BadNoContinuationPoints')]);
  });
});

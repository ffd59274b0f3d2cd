import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { BrowseBatch, BrowsedNode, BrowseFault } from '../../shared/domain/browsed-node.ts';
import { systemClock } from '../platform/clock.ts';
import { type BigServer, type BigServerOptions, startBigServer } from '../testing/big-address-space.ts';
import { BIG_NAMESPACE_URI, ODD_NAMES } from '../testing/big-address-space-nodes.ts';
import { browseAddressSpace, type BrowseOptions } from './browse-address-space.ts';
import { openBrowseSession } from './browse-session.ts';
import type { OpcuaEndpointOptions } from './opcua-source-options.ts';
import type { OpenedSession } from './open-session.ts';
import { resolveNode } from './resolve-node.ts';

const bigNode = (name: string): string =>
  `nsu=${BIG_NAMESPACE_URI.replaceAll('%', '%25').replaceAll(';', '%3B')};s=${name}`;
const PLANT = bigNode('Plant');
/** Plant, Wide, Odd, Shapes, Loop, Loop A, Loop B, and the variables below Shapes. */
const FIXED_COUNT = 7 + 12 + ODD_NAMES.length;

let folder: string;
let roomy: BigServer;
const opened: OpenedSession[] = [];
const servers: BigServer[] = [];

const start = (options: Partial<BigServerOptions> = {}): Promise<BigServer> =>
  startBigServer({ variableCount: 100, wideCount: 60, certificateFolder: join(folder, 'server'), ...options });

async function startTight(options: Partial<BigServerOptions> = {}): Promise<BigServer> {
  const limits = { nodesPerBrowse: 7, nodesPerRead: 10, continuationPoints: 1, referencesPerNode: 10 };
  const server = await start({ ...limits, ...options });
  servers.push(server);
  return server;
}

async function open(server: BigServer, changed: Partial<BrowseOptions> = {}): Promise<BrowseOptions> {
  const endpoint: OpcuaEndpointOptions = {
    serverId: 'big',
    endpointUrl: server.endpointUrl,
    securityMode: 'None',
    securityPolicy: 'None',
    identity: { type: 'anonymous' },
    trustFolder: join(folder, 'trust'),
  };
  const around = { clock: systemClock, signal: new AbortController().signal };
  const session = await openBrowseSession({ ...endpoint, ...around });
  opened.push(session);
  return { session: session.session, endpoint, root: PLANT, ...around, ...changed };
}

interface Found {
  readonly nodes: BrowsedNode[];
  readonly faults: BrowseFault[];
  readonly batches: BrowseBatch[];
}

async function browse(options: BrowseOptions): Promise<Found> {
  const found: Found = { nodes: [], faults: [], batches: [] };
  for await (const batch of browseAddressSpace(options)) {
    found.nodes.push(...batch.nodes);
    found.faults.push(...batch.faults);
    found.batches.push(batch);
  }
  return found;
}

const named = (found: Found, name: string): BrowsedNode | undefined =>
  found.nodes.find(({ browseName }) => browseName === name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lineside-browse-'));
  roomy = await start({ variableCount: 2_000, wideCount: 20_000 });
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
  await Promise.all(servers.splice(0).map((one) => one.close()));
});
afterAll(async () => {
  await roomy.close();
  await rm(folder, { recursive: true, force: true });
});

describe('browsing an address space', () => {
  it('tells every node once, 20,000 of them in one folder, and ends where references go round', async () => {
    const found = await browse(await open(roomy));
    expect(found.nodes.length).toBe(FIXED_COUNT + 2_000 + 2 + 20_000);
    expect(new Set(found.nodes.map(({ node }) => node)).size).toBe(found.nodes.length);
    expect(found.nodes.filter(({ path }) => path.startsWith('/Plant/Wide/')).length).toBe(20_000);
    expect(found.batches.at(-1)?.progress).toMatchObject({ phase: 'complete', waitingCount: 0 });
    expect(roomy.continuationPointCount()).toBe(0);
  });

  it('tells datatype, rank, access, range and unit of variables', async () => {
    const found = await browse(await open(roomy, { root: bigNode('Shapes') }));
    const facts = (name: string): unknown[] => {
      const variable = named(found, name)?.variable;
      return [variable?.dataTypeName, variable?.builtInType, variable?.datatype, variable?.unfit, variable?.valueRank];
    };
    expect(facts('Array')).toEqual(['Float', 'Float', null, 'is an array', 1]);
    expect(facts('Structure')).toEqual(['BuildInfo', 'Structure', null, 'is a structure', -1]);
    expect(facts('Enumeration')).toEqual(['ServerState', 'Enumeration', 'Int32', null, -1]);
    expect(facts('Duration')).toEqual(['Duration', 'Double', 'Double', null, -1]);
    expect(facts('Number')).toEqual(['Number', 'BaseDataType', null, 'has no datatype in Sparkplug', -1]);
    expect(facts('Guid')).toEqual(['Guid', 'Guid', 'UUID', null, -1]);
    expect(named(found, 'Matrix')?.variable?.arrayDimensions).toEqual([3, 4]);
    expect(named(found, 'Speed')).toMatchObject({ path: '/Shapes/Motor/Speed', depth: 2 });
    const analog = await browse(await open(roomy, { root: bigNode('Tag 100') }));
    expect(analog.nodes).toHaveLength(1);
    expect(analog.nodes[0]?.variable).toMatchObject({
      euRange: { low: -10, high: 100 },
      units: '°C',
      isReadable: true,
    });
  });

  it('writes node ids that lead back to the node, whatever its name', async () => {
    const options = await open(roomy, { root: bigNode('Odd') });
    const { nodes } = await browse(options);
    const namespaceArray = await options.session.readNamespaceArray();
    expect(nodes.slice(1).map(({ browseName }) => browseName)).toEqual(ODD_NAMES);
    for (const { node, browseName } of nodes) {
      const resolution = resolveNode(node, namespaceArray);
      expect(resolution.isKnown && resolution.nodeId.value).toBe(browseName);
    }
  });

  it('names a node that is refused and tells all others', async () => {
    const { nodes, faults } = await browse(await open(roomy, { root: bigNode('Shapes') }));
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatchObject({ node: bigNode('Refused'), path: '/Shapes/Refused', code: 'opcua/read-refused' });
    expect(faults[0]?.text).toContain('BadUserAccessDenied');
    expect(nodes).toHaveLength(13);
  });

  it('tells properties only when asked', async () => {
    const options = await open(roomy, { root: bigNode('Motor') });
    expect((await browse(options)).nodes.map(({ browseName }) => browseName)).toEqual(['Motor', 'Speed']);
    const all = await browse({ ...options, includesProperties: true });
    expect(named(all, 'Maker')).toMatchObject({ isProperty: true, variable: { datatype: 'String' } });
  });

  it('ends at the depth and after the number of nodes that were asked for', async () => {
    const options = await open(roomy);
    const flat = await browse({ ...options, maxDepth: 1 });
    expect(flat.nodes.map(({ depth }) => depth)).toEqual([0, ...flat.nodes.slice(1).map(() => 1)]);
    expect(flat.nodes).toHaveLength(7);
    expect(flat.batches.at(-1)?.progress.phase).toBe('complete');
    const few = await browse({ ...options, maxNodes: 100 });
    expect(few.nodes).toHaveLength(100);
    expect(few.batches.at(-1)?.progress.phase).toBe('cut-short');
  });

  it('begins at the Objects folder unless told, and refuses a root that is not there', async () => {
    const options = await open(roomy);
    const objects = await browse({ ...options, root: undefined, maxDepth: 1 });
    expect(objects.nodes[0]).toMatchObject({ path: '/Objects', node: 'nsu=http://opcfoundation.org/UA/;i=85' });
    for (const [root, reason] of [
      [bigNode('Nowhere'), 'BadNodeIdUnknown'],
      ['nsu=urn:nowhere;s=X', 'the server has no namespace urn:nowhere'],
      ['nonsense', '"nonsense" is not a node id'],
    ] as const) {
      await expect(browse({ ...options, root })).rejects.toMatchObject({
        code: 'opcua/node-unknown',
        message: expect.stringContaining(reason),
      });
    }
  });
});

describe('browsing a server with little room', () => {
  it('finds the same within its limits', async () => {
    const tight = await startTight();
    const found = await browse(await open(tight));
    expect(found.nodes.length).toBe(FIXED_COUNT + 100 + 1 + 60);
    expect(found.faults.map(({ code }) => code)).toEqual(['opcua/read-refused']);
    expect(tight.seen.browse).toBeLessThanOrEqual(7);
    expect(tight.seen.read).toBeLessThanOrEqual(10);
    expect(tight.seen.points).toBe(1);
    expect(tight.continuationPointCount()).toBe(0);
  });

  it('reads a list from its start again when the server drops its continuation point', async () => {
    const tight = await startTight();
    let nextCount = 0;
    tight.onRequest((name) => {
      if (name === 'BrowseNextRequest' && ++nextCount === 5) tight.dropPoints();
    });
    const found = await browse(await open(tight, { root: bigNode('Wide') }));
    expect(found.faults).toEqual([]);
    expect(found.nodes).toHaveLength(61);
    expect(new Set(found.nodes.map(({ node }) => node)).size).toBe(61);
  });

  it('gives a node up whose list never ends, gives the point back and goes on', async () => {
    const tight = await startTight();
    tight.repeatForEver();
    const found = await browse(await open(tight));
    const endless = found.faults.filter(({ code }) => code === 'opcua/browse-endless');
    expect(endless.map(({ path }) => path)).toContain('/Plant/Wide');
    expect(named(found, 'Loop B')).toBeDefined();
    expect(tight.continuationPointCount()).toBe(0);
    expect(tight.seen.released).toBe(endless.length);
  });

  it('gives up a list that is longer than any real one', async () => {
    const tight = await startTight();
    const found = await browse(await open(tight, { root: bigNode('Wide'), mostReferencesPerNode: 30 }));
    expect(found.faults[0]?.text).toContain('it has more than 30 references');
    expect(tight.continuationPointCount()).toBe(0);
  });

  it('leaves no continuation point at the server when it is aborted', async () => {
    const tight = await startTight({ wideCount: 1_000 });
    const stopping = new AbortController();
    const reason = new Error('enough');
    const options = await open(tight, { root: bigNode('Wide'), signal: stopping.signal });
    tight.onRequest((name) => {
      // The request is under way: its answer brings the point that is to be given back.
      if (name === 'BrowseNextRequest' && !stopping.signal.aborted) stopping.abort(reason);
    });
    await expect(browse(options)).rejects.toBe(reason);
    expect(tight.seen.released).toBe(1);
    expect(tight.continuationPointCount()).toBe(0);
  });

  it('leaves none either when nobody listens any more', async () => {
    const tight = await startTight({ wideCount: 1_000 });
    for await (const batch of browseAddressSpace(await open(tight, { root: bigNode('Wide') }))) {
      expect(batch.nodes.map(({ browseName }) => browseName)).toEqual(['Wide']);
      break;
    }
    expect(tight.seen.released).toBe(1);
    expect(tight.continuationPointCount()).toBe(0);
  });

  it('ends with the reason when the server goes away', async () => {
    const tight = await startTight({ wideCount: 1_000 });
    const options = await open(tight);
    let isClosing = false;
    tight.onRequest((name) => {
      if (name !== 'BrowseNextRequest' || isClosing) return;
      isClosing = true;
      void servers.splice(servers.indexOf(tight), 1)[0]?.close();
    });
    await expect(browse(options)).rejects.toMatchObject({ code: expect.stringMatching(/^opcua\//) });
  });
});

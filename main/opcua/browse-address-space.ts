import { AttributeIds, type ClientSession, NodeClass, type NodeId } from 'node-opcua';
import type { BrowseBatch } from '../../shared/domain/browsed-node.ts';
import type { Clock } from '../platform/clock.ts';
import { EngineError } from '../platform/engine-error.ts';
import { type BrowseLimits, readBrowseLimits } from './browse-limits.ts';
import { BrowseWalk } from './browse-walk.ts';
import type { FoundNode } from './found-node.ts';
import { DetailReader } from './node-details.ts';
import { toOpcuaFailure } from './opcua-failure.ts';
import type { OpcuaEndpointOptions } from './opcua-source-options.ts';
import { ReferenceRequests } from './reference-requests.ts';
import { RequestPacer } from './request-pacer.ts';
import { resolveRoot } from './resolve-node.ts';
import { untilAborted } from './until-aborted.ts';

export interface BrowseOptions {
  readonly session: ClientSession;
  /** For what is told of a lost connection. */
  readonly endpoint: OpcuaEndpointOptions;
  /** Node id, with namespace URI or index. Default: the Objects folder. */
  readonly root?: string | undefined;
  /** 0 = only the root. Default 100. */
  readonly maxDepth?: number | undefined;
  /** Ends after so many nodes. Default 10 million. */
  readonly maxNodes?: number | undefined;
  /** Tells properties as nodes of their own, too. */
  readonly includesProperties?: boolean | undefined;
  /** Requests under way at once. Default 2. */
  readonly mostInFlight?: number | undefined;
  /** Rest after each answer, for servers with little time. Default 0. */
  readonly pauseMs?: number | undefined;
  /** Asks for less at once than the server and our own bounds allow. */
  readonly limits?: Partial<BrowseLimits> | undefined;
  /** Longer lists of references are taken for endless. Default 2 million. */
  readonly mostReferencesPerNode?: number | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const OBJECTS_FOLDER = 'ns=0;i=85';
const MOST_DEPTH = 100;
const MOST_NODES = 10_000_000;
const MOST_REFERENCES_PER_NODE = 2_000_000;

/**
 * Walks down the address space from one node and tells what it finds, a batch at a time. Every node comes once,
 * whatever loops there are; a node that is refused is told by name in `faults` and stops no other. Memory holds the
 * nodes that wait and 32 bytes of each node seen. Whoever stops listening early, or aborts, leaves no continuation
 * point at the server.
 *
 * @throws EngineError `opcua/node-unknown` for the root, or a lost connection; the signal's reason on abort.
 */
export async function* browseAddressSpace(options: BrowseOptions): AsyncGenerator<BrowseBatch, void, undefined> {
  const { signal, session, clock } = options;
  try {
    const limits = { ...(await untilAborted(readBrowseLimits(session), signal)), ...definedOnly(options.limits) };
    const namespaceArray = await untilAborted(session.readNamespaceArray(), signal);
    const root = await untilAborted(findRoot(session, options.root ?? OBJECTS_FOLDER, namespaceArray), signal);
    const pacer = new RequestPacer({
      clock,
      mostInFlight: options.mostInFlight ?? 2,
      pauseMs: options.pauseMs ?? 0,
      signal,
    });
    const isUsable = (): boolean => !signal.aborted && hasChannel(session);
    const requests = new ReferenceRequests({ session, limits, pacer, clock, isUsable });
    const walk = new BrowseWalk(
      {
        requests,
        limits,
        namespaceArray,
        maxDepth: options.maxDepth ?? MOST_DEPTH,
        includesProperties: options.includesProperties ?? false,
        mostReferencesPerNode: options.mostReferencesPerNode ?? MOST_REFERENCES_PER_NODE,
        clock,
        signal,
      },
      root,
    );
    const details = new DetailReader({ session, limits, pacer, namespaceArray, isUsable });
    try {
      yield* tellBatches(walk, details, options.maxNodes ?? MOST_NODES);
    } finally {
      await requests.releaseAll();
    }
  } catch (cause) {
    throw signal.aborted ? cause : toOpcuaFailure(cause, options.endpoint);
  }
}

type Described = Omit<BrowseBatch, 'progress'>;

/** The next references are asked for while the details of those before are read. */
async function* tellBatches(
  walk: BrowseWalk,
  details: DetailReader,
  maxNodes: number,
): AsyncGenerator<BrowseBatch, void, undefined> {
  let nodeCount = 0;
  let faultCount = 0;
  let reading: Promise<Described> | undefined;
  while (reading !== undefined || !walk.isDone) {
    const step = walk.isDone ? undefined : await walk.step();
    const next = step === undefined ? undefined : describe(details, step);
    const described = await reading;
    reading = next;
    if (described === undefined) continue;
    const isCutShort = nodeCount + described.nodes.length > maxNodes;
    const nodes = described.nodes.slice(0, maxNodes - nodeCount);
    nodeCount += nodes.length;
    faultCount += described.faults.length;
    const phase = isCutShort ? 'cut-short' : reading === undefined && walk.isDone ? 'complete' : 'browsing';
    const progress = { nodeCount, faultCount, waitingCount: walk.waitingCount, phase } as const;
    if (nodes.length > 0 || described.faults.length > 0 || phase !== 'browsing') {
      yield { nodes, faults: described.faults, progress };
    }
    if (isCutShort) return;
  }
}

function describe(details: DetailReader, step: Awaited<ReturnType<BrowseWalk['step']>>): Promise<Described> {
  const work = details
    .describe(step.looked)
    .then(({ nodes, faults }) => ({ nodes, faults: [...step.faults, ...faults] }));
  // Awaited one step later; until then its failure is nobody's.
  work.catch(() => {});
  return work;
}

async function findRoot(session: ClientSession, text: string, namespaceArray: readonly string[]): Promise<FoundNode> {
  const resolution = resolveRoot(text, namespaceArray);
  if (!resolution.isKnown) throw rootUnknown(text, resolution.reason);
  const { nodeId } = resolution;
  const read = (attributeId: AttributeIds) => session.read({ nodeId, attributeId });
  const nodeClass = await read(AttributeIds.NodeClass);
  if (!nodeClass.statusCode.isGood()) throw rootUnknown(text, nodeClass.statusCode.name);
  const browseName = (await read(AttributeIds.BrowseName)).value?.value as { name?: string | null } | null;
  const displayName = (await read(AttributeIds.DisplayName)).value?.value as { text?: string | null } | null;
  const name = browseName?.name ?? text;
  return {
    nodeId: nodeId as NodeId,
    browseName: name,
    displayName: displayName?.text ?? name,
    nodeClass: typeof nodeClass.value.value === 'number' ? nodeClass.value.value : NodeClass.Unspecified,
    parentPath: '',
    depth: 0,
    isProperty: false,
  };
}

function rootUnknown(text: string, reason: string): EngineError {
  return new EngineError(
    'opcua/node-unknown',
    `There is nothing to browse at ${text}: ${reason}. Next: compare the node id with the server, or leave it out ` +
      'to begin at the Objects folder.',
    { node: text },
  );
}

/** The library leaves this out of the type of its session. */
const hasChannel = (session: ClientSession): boolean =>
  (session as ClientSession & { isChannelValid(): boolean }).isChannelValid();

/** An `undefined` of the caller is no limit. */
function definedOnly(limits: Partial<BrowseLimits> | undefined): Partial<BrowseLimits> {
  return Object.fromEntries(Object.entries(limits ?? {}).filter(([, value]) => value !== undefined));
}

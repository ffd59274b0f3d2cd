import { join } from 'node:path';
import {
  BrowseNextRequest,
  BrowseRequest,
  LogLevel,
  MessageSecurityMode,
  OPCUACertificateManager,
  OPCUAServer,
  RegisterServerMethod,
  SecurityPolicy,
  setLogLevel,
} from 'node-opcua';
import { addBigNodes, type BigAddressSpaceSize } from './big-address-space-nodes.ts';

export interface BigServerOptions extends BigAddressSpaceSize {
  /** Folder for the server's own certificate and key; made when absent. */
  readonly certificateFolder: string;
  /** Offers Basic256Sha256 with encryption instead of None. Default false. */
  readonly isSecure?: boolean;
  readonly nodesPerBrowse?: number;
  readonly nodesPerRead?: number;
  readonly continuationPoints?: number;
  /** Sends no longer lists in one answer, whatever the client allows. */
  readonly referencesPerNode?: number;
}

export interface BigServer {
  readonly endpointUrl: string;
  /** Continuation points the server holds at this moment, over all sessions. */
  continuationPointCount(): number;
  /** Most nodes a Browse and a Read asked for, most points held after a Browse, and releases seen. */
  readonly seen: { browse: number; read: number; points: number; released: number; requests: number };
  /** Called when a request of this name comes in, before it is answered. */
  onRequest(listener: (name: string) => void): () => void;
  /** From now on every list of references goes on for ever, with the same part. */
  repeatForEver(): void;
  /** Drops every continuation point, as a server may that needs the room. */
  dropPoints(): void;
  close(): Promise<void>;
}

/** What the engine of the library keeps of each session; its type hides it. */
interface ServerInsides {
  readonly _sessions: Record<string, { readonly continuationPointManager: PointKeeper }>;
}
interface PointKeeper {
  readonly _map: Map<string, { values: unknown[] }>;
}

/** A real OPC UA server with many nodes, and as little room as a small controller when asked for. */
export async function startBigServer(options: BigServerOptions): Promise<BigServer> {
  setLogLevel(LogLevel.Emergency);
  const server = await createServer(options);
  await server.initialize();
  const { addressSpace } = server.engine;
  if (addressSpace === null) throw new Error('the server has no address space');
  addBigNodes(addressSpace, options);
  await server.start();

  const seen = { browse: 0, read: 0, points: 0, released: 0, requests: 0 };
  const listeners = new Set<(name: string) => void>();
  let isEndless = false;
  const keepers = (): PointKeeper[] =>
    Object.values((server.engine as unknown as ServerInsides)._sessions).map((one) => one.continuationPointManager);
  const continuationPointCount = (): number => keepers().reduce((sum, keeper) => sum + keeper._map.size, 0);
  server.on('request', (request: unknown) => {
    seen.requests++;
    seen.points = Math.max(seen.points, continuationPointCount());
    if (request instanceof BrowseRequest) {
      seen.browse = Math.max(seen.browse, request.nodesToBrowse?.length ?? 0);
      const most = options.referencesPerNode ?? Infinity;
      request.requestedMaxReferencesPerNode = Math.min(most, request.requestedMaxReferencesPerNode);
    }
    if (request instanceof BrowseNextRequest) {
      if (request.releaseContinuationPoints) seen.released += request.continuationPoints?.length ?? 0;
      else if (isEndless) for (const keeper of keepers()) repeatParts(keeper);
    }
    const name = (request as { schema: { name: string } }).schema.name;
    if (name === 'ReadRequest') {
      seen.read = Math.max(seen.read, (request as { nodesToRead?: unknown[] }).nodesToRead?.length ?? 0);
    }
    for (const listener of listeners) listener(name);
  });
  return {
    endpointUrl: server.getEndpointUrl(),
    continuationPointCount,
    seen,
    onRequest(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    repeatForEver() {
      isEndless = true;
    },
    dropPoints() {
      for (const keeper of keepers()) keeper._map.clear();
    },
    close: () => server.shutdown(10),
  };
}

/** Taking a part out of a list leaves the list as it was. */
function repeatParts(keeper: PointKeeper): void {
  for (const data of keeper._map.values()) {
    const { values } = data;
    values.splice = (from: number, count?: number) => values.slice(from, from + (count ?? 0));
  }
}

async function createServer(options: BigServerOptions): Promise<OPCUAServer> {
  const certificates = new OPCUACertificateManager({
    rootFolder: join(options.certificateFolder, 'server'),
    automaticallyAcceptUnknownCertificate: true,
    disableFileWatchers: true,
  });
  await certificates.initialize();
  return new OPCUAServer({
    port: 0,
    host: '127.0.0.1',
    hostname: '127.0.0.1',
    serverInfo: { applicationUri: 'urn:lineside:big-server', applicationName: { text: 'Big server' } },
    serverCertificateManager: certificates,
    userCertificateManager: certificates,
    registerServerMethod: RegisterServerMethod.HIDDEN,
    allowAnonymous: true,
    securityPolicies: [options.isSecure === true ? SecurityPolicy.Basic256Sha256 : SecurityPolicy.None],
    securityModes: [options.isSecure === true ? MessageSecurityMode.SignAndEncrypt : MessageSecurityMode.None],
    serverCapabilities: {
      maxBrowseContinuationPoints: options.continuationPoints ?? 0,
      operationLimits: {
        maxNodesPerBrowse: options.nodesPerBrowse ?? 0,
        maxNodesPerRead: options.nodesPerRead ?? 0,
      },
    },
  });
}

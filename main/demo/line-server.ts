import { join } from 'node:path';
import {
  LogLevel,
  MessageSecurityMode,
  OPCUACertificateManager,
  OPCUAServer,
  RegisterServerMethod,
  SecurityPolicy,
  setLogLevel,
} from 'node-opcua';
import type { Clock } from '../platform/clock.ts';
import { EngineError } from '../platform/engine-error.ts';
import { Lifetime } from '../platform/lifetime.ts';
import type { DemoFault } from './demo-faults.ts';
import { type LoadOptions, LoadRamp } from './line-server-load.ts';
import { addLineNodes, type LineNodes } from './line-server-nodes.ts';
import { applyFault, createLine, readLine, stepLine } from './packaging-line.ts';
import { DEMO_NAMESPACE_URI, loadTagName } from './packaging-line-tags.ts';

export interface LineServerOptions {
  /** 0 or absent = a free one. */
  readonly port?: number;
  /** Default 127.0.0.1: the demo line is for this machine only. */
  readonly host?: string;
  readonly seed: number;
  readonly speedFactor?: number;
  /** Line time that has passed before the server starts, see `createLine`. */
  readonly warmUpMs?: number;
  readonly load?: LoadOptions;
  /** Folder for the server's own certificate and key; made when absent. */
  readonly certificateFolder: string;
  /** Offers Basic256Sha256 with encryption beside None. Default true. */
  readonly isSecure?: boolean;
  /** Who may log in with a password, beside anonymous. */
  readonly users?: readonly { readonly userName: string; readonly password: string }[];
}

export interface LineServer {
  readonly endpointUrl: string;
  readonly namespaceUri: string;
  /** @throws EngineError `demo/pause-needs-thread` for a pause of a server that shares its thread. */
  command(fault: DemoFault): void;
  /** Last value given to each load tag, by node name such as `Load.0001`; final after a `load-stop`. */
  rampCounts(): Readonly<Record<string, number>>;
  close(): Promise<void>;
}

export interface LineServerSurroundings {
  readonly clock: Clock;
  /** Stops the whole thread; only given where the server has one of its own. */
  readonly blockThread?: (durationMs: number) => void;
}

const LINE_EVERY_MS = 50;
const LOAD_EVERY_MS = 10;
const SHUTDOWN_WAIT_MS = 50;

/**
 * An OPC UA server with the simulated line behind it. Source times are those of the simulation; an item
 * with sampling interval 0 is told every value.
 */
export async function startLineServer(
  options: LineServerOptions,
  surroundings: LineServerSurroundings,
): Promise<LineServer> {
  setLogLevel(LogLevel.Emergency);
  const lifetime = new Lifetime();
  try {
    const server = await createServer(options);
    lifetime.own('OPC UA server', () => server.shutdown(SHUTDOWN_WAIT_MS));
    await server.initialize();
    const addressSpace = server.engine.addressSpace;
    if (!addressSpace) throw new EngineError('demo/line-server-failed', 'The demo server has no address space.');
    let command: LineServer['command'] = () => {};
    const nodes = addLineNodes(addressSpace, options.load?.tagCount ?? 0, (fault) => command(fault));
    await server.start();
    const line = runLine(options, surroundings, nodes, lifetime);
    command = line.command;
    return {
      endpointUrl: server.getEndpointUrl(),
      namespaceUri: DEMO_NAMESPACE_URI,
      command: line.command,
      rampCounts: line.rampCounts,
      close: () => lifetime.end(),
    };
  } catch (cause) {
    await lifetime.end().catch(() => {});
    throw cause;
  }
}

async function createServer(options: LineServerOptions): Promise<OPCUAServer> {
  const isSecure = options.isSecure ?? true;
  const host = options.host ?? '127.0.0.1';
  const users = options.users ?? [];
  // A demo server takes any client: what is shown is how the client judges the server.
  const certificates = new OPCUACertificateManager({
    rootFolder: join(options.certificateFolder, 'server'),
    automaticallyAcceptUnknownCertificate: true,
    disableFileWatchers: true,
  });
  const userCertificates = new OPCUACertificateManager({
    rootFolder: join(options.certificateFolder, 'users'),
    automaticallyAcceptUnknownCertificate: true,
    disableFileWatchers: true,
  });
  await certificates.initialize();
  await userCertificates.initialize();
  return new OPCUAServer({
    port: options.port ?? 0,
    host,
    hostname: host,
    serverInfo: { applicationUri: 'urn:lineside:demo-line-server', applicationName: { text: 'Lineside demo line' } },
    buildInfo: { productName: 'Lineside demo line', manufacturerName: 'Lineside' },
    serverCertificateManager: certificates,
    userCertificateManager: userCertificates,
    registerServerMethod: RegisterServerMethod.HIDDEN,
    allowAnonymous: true,
    securityPolicies: isSecure ? [SecurityPolicy.None, SecurityPolicy.Basic256Sha256] : [SecurityPolicy.None],
    securityModes: isSecure
      ? [MessageSecurityMode.None, MessageSecurityMode.SignAndEncrypt]
      : [MessageSecurityMode.None],
    userManager: {
      isValidUser: (userName: string, password: string) =>
        users.some((user) => user.userName === userName && user.password === password),
    },
    serverCapabilities: {
      // 0: an item that asks for sampling interval 0 is told every change (OPC 10000-4, 5.12.1.2).
      minSupportedSampleRate: 0,
      // A client that was killed leaves its session for a minute; ten, the library's limit, are soon used up.
      maxSessions: 100,
      operationLimits: { maxMonitoredItemsPerCall: 1_000, maxNodesPerRead: 1_000, maxNodesPerHistoryReadData: 100 },
    },
  });
}

function runLine(
  options: LineServerOptions,
  { clock, blockThread }: LineServerSurroundings,
  nodes: LineNodes,
  lifetime: Lifetime,
): Pick<LineServer, 'command' | 'rampCounts'> {
  const load = options.load ?? { tagCount: 0, changesPerSPerTag: 1 };
  const ramp = new LoadRamp(load, clock.nowMs());
  let line = createLine({ ...options, startMs: clock.nowMs() });
  readLine(line).forEach((value) => nodes.setLine(value));
  const stopLine = clock.every(LINE_EVERY_MS, () => {
    const step = stepLine(line, clock.nowMs());
    line = step.line;
    step.changes.forEach((change) => nodes.setLine(change));
  });
  lifetime.own('line timer', stopLine);
  const stopLoad = clock.every(LOAD_EVERY_MS, () => {
    ramp.advance(clock.nowMs(), (change) => nodes.setRamp(change.tagIndex, change.value, change.timestampMs));
  });
  lifetime.own('load timer', stopLoad);
  return {
    command(fault) {
      if (fault.kind === 'load-stop') {
        stopLoad();
        return;
      }
      if (fault.kind !== 'server-pause') {
        line = applyFault(line, fault);
        return;
      }
      if (blockThread === undefined) {
        throw new EngineError('demo/pause-needs-thread', 'Only a server in a thread of its own can be paused.');
      }
      // After the answer to this command has left.
      clock.after(LINE_EVERY_MS, () => blockThread(fault.durationS * 1_000));
    },
    rampCounts: () =>
      Object.fromEntries(
        Array.from({ length: load.tagCount }, (_unused, index) => [loadTagName(index), ramp.lastValue(index)]),
      ),
  };
}

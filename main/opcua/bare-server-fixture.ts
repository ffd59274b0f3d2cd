import { join } from 'node:path';
import {
  DataType,
  LogLevel,
  OPCUACertificateManager,
  OPCUAServer,
  type OPCUAServerOptions,
  type ServerSession,
  setLogLevel,
  StatusCodes,
  type UAVariable,
} from 'node-opcua';
import type { TagId } from '../../shared/domain/metric.ts';
import { systemClock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import type { OpcuaSourceOptions, OpcuaTag } from './opcua-source-options.ts';

/** For tests: an OPC UA server without history, whose tags `Ramp.0000` … count 1, 2, 3 … each. */
export interface BareServer {
  readonly server: OPCUAServer;
  readonly port: number;
  readonly endpointUrl: string;
  readonly ramps: readonly UAVariable[];
  /** Ends the counting; returns the last value of every ramp. */
  stopRamps(): number;
  close(): Promise<void>;
}

export interface BareServerOptions {
  readonly folder: string;
  readonly port?: number;
  readonly rampCount?: number;
  /** Default: the ramps stand still. */
  readonly changeEveryMs?: number;
  /** Namespaces registered before ours: they move its index. */
  readonly otherNamespaces?: readonly string[];
  readonly settings?: OPCUAServerOptions;
  /** Called before the server starts. */
  readonly prepare?: (server: OPCUAServer) => void;
}

export const BARE_NAMESPACE = 'urn:lineside:bare';

const rampName = (index: number): string => `Ramp.${String(index).padStart(4, '0')}`;

export const rampTagId = (index: number): TagId => rampName(index) as TagId;

/** The ramps as tags; `changes` replaces fields of each. */
export const rampTags = (count: number, changes: Partial<OpcuaTag> = {}): OpcuaTag[] =>
  Array.from({ length: count }, (_unused, index) => ({
    tagId: rampTagId(index),
    node: `nsu=${BARE_NAMESPACE};s=${rampName(index)}`,
    datatype: 'UInt32',
    samplingIntervalMs: 0,
    queueSize: 100,
    isExempt: true,
    ...changes,
  }));

/** Options of a source for such a server, without security. */
export const bareSourceOptions = (
  endpointUrl: string,
  folder: string,
  tags: readonly OpcuaTag[],
): OpcuaSourceOptions => ({
  serverId: 'bare',
  endpointUrl,
  securityMode: 'None',
  securityPolicy: 'None',
  identity: { type: 'anonymous' },
  publishingIntervalMs: 100,
  slowSamplingIntervalMs: 2_000,
  tags,
  trustFolder: join(folder, 'trust'),
  clock: systemClock,
  log: silentLog,
});

/** The sessions as the server has them; its list of them is private. */
export const sessionsOf = ({ server }: BareServer): ServerSession[] =>
  Object.values((server.engine as unknown as { _sessions: Record<string, ServerSession> })._sessions);

export async function startBareServer(options: BareServerOptions): Promise<BareServer> {
  setLogLevel(LogLevel.Emergency);
  const certificates = new OPCUACertificateManager({
    rootFolder: join(options.folder, 'bare-server'),
    automaticallyAcceptUnknownCertificate: true,
    disableFileWatchers: true,
  });
  await certificates.initialize();
  const server = new OPCUAServer({
    port: options.port ?? 0,
    host: '127.0.0.1',
    hostname: '127.0.0.1',
    serverCertificateManager: certificates,
    userCertificateManager: certificates,
    ...options.settings,
    serverCapabilities: { minSupportedSampleRate: 0, ...options.settings?.serverCapabilities },
  });
  await server.initialize();
  const { addressSpace } = server.engine;
  if (!addressSpace) throw new Error('no address space');
  for (const uri of options.otherNamespaces ?? []) addressSpace.registerNamespace(uri);
  const namespace = addressSpace.registerNamespace(BARE_NAMESPACE);
  const ramps = Array.from({ length: options.rampCount ?? 0 }, (_unused, index) =>
    namespace.addVariable({
      organizedBy: addressSpace.rootFolder.objects,
      browseName: rampName(index),
      nodeId: `s=${rampName(index)}`,
      dataType: DataType.UInt32,
      value: { dataType: DataType.UInt32, value: 0 },
    }),
  );
  options.prepare?.(server);
  await server.start();
  let value = 0;
  const stopRamps =
    options.changeEveryMs === undefined
      ? () => {}
      : systemClock.every(options.changeEveryMs, () => {
          value += 1;
          const variant = { dataType: DataType.UInt32, value };
          for (const ramp of ramps) ramp.setValueFromSource(variant, StatusCodes.Good, new Date(systemClock.nowMs()));
        });
  const endpointUrl = server.getEndpointUrl();
  return {
    server,
    port: Number(new URL(endpointUrl.replace(/^opc\.tcp:/, 'http:')).port),
    endpointUrl,
    ramps,
    stopRamps() {
      stopRamps();
      return value;
    },
    async close() {
      stopRamps();
      await server.shutdown(10);
    },
  };
}

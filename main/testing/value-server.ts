import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type DataType,
  LogLevel,
  OPCUACertificateManager,
  OPCUAServer,
  RegisterServerMethod,
  setLogLevel,
  StatusCodes,
  type UAVariable,
  type VariantArrayType,
} from 'node-opcua';

export const VALUE_NAMESPACE = 'urn:lineside:values';

/** A variable of a given type; `value` is what node-opcua takes for it. */
export interface ValueNode {
  readonly name: string;
  readonly dataType: DataType;
  readonly arrayType: VariantArrayType;
  /** Lengths of the dimensions of a matrix. */
  readonly dimensions?: readonly number[];
}

export interface ValueServer {
  readonly endpointUrl: string;
  /** Gives a node a value with its source time. */
  set(name: string, value: unknown, sourceTimeMs: number): void;
  close(): Promise<void>;
}

/** A real OPC UA server without security on 127.0.0.1, whose nodes (`s=<name>`) have the values a test gives them. */
export async function startValueServer(nodes: readonly ValueNode[]): Promise<ValueServer> {
  setLogLevel(LogLevel.Emergency);
  const folder = await mkdtemp(join(tmpdir(), 'lineside-values-'));
  const certificates = new OPCUACertificateManager({
    rootFolder: folder,
    automaticallyAcceptUnknownCertificate: true,
    disableFileWatchers: true,
  });
  await certificates.initialize();
  const server = new OPCUAServer({
    port: 0,
    host: '127.0.0.1',
    hostname: '127.0.0.1',
    serverInfo: { applicationUri: 'urn:lineside:value-server' },
    serverCertificateManager: certificates,
    userCertificateManager: certificates,
    registerServerMethod: RegisterServerMethod.HIDDEN,
    allowAnonymous: true,
    // Every change is told, however soon it follows the one before.
    serverCapabilities: { minSupportedSampleRate: 0 },
  });
  await server.initialize();
  const variables = addVariables(server, nodes);
  await server.start();
  return {
    endpointUrl: server.getEndpointUrl(),
    set(name, value, sourceTimeMs) {
      const entry = variables.get(name);
      if (entry === undefined) throw new Error(`there is no node ${name}`);
      const { dataType, arrayType, dimensions } = entry.node;
      const shape = dimensions === undefined ? {} : { dimensions: [...dimensions] };
      // The tests hold the values against what arrives, so their type is theirs to get right.
      const variant = { dataType, arrayType, value, ...shape } as Parameters<UAVariable['setValueFromSource']>[0];
      entry.variable.setValueFromSource(variant, StatusCodes.Good, new Date(sourceTimeMs));
    },
    async close() {
      await server.shutdown(50);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function addVariables(
  server: OPCUAServer,
  nodes: readonly ValueNode[],
): Map<string, { readonly node: ValueNode; readonly variable: UAVariable }> {
  const addressSpace = server.engine.addressSpace;
  if (!addressSpace) throw new Error('the server has no address space');
  const namespace = addressSpace.registerNamespace(VALUE_NAMESPACE);
  return new Map(
    nodes.map((node) => [
      node.name,
      {
        node,
        variable: namespace.addVariable({
          organizedBy: addressSpace.rootFolder.objects,
          browseName: node.name,
          nodeId: `s=${node.name}`,
          dataType: node.dataType,
          valueRank: node.arrayType === 0 ? -1 : node.arrayType,
          minimumSamplingInterval: 0,
        }),
      },
    ]),
  );
}

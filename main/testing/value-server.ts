import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type DataType,
  DataValue,
  LogLevel,
  OPCUACertificateManager,
  OPCUAServer,
  RegisterServerMethod,
  setLogLevel,
  type StatusCode,
  StatusCodes,
  type UAVariable,
  Variant,
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
  /** Clients may not write it. */
  readonly isReadOnly?: boolean;
  /** A write of it is never answered. */
  readonly isStuck?: boolean;
  /** What is written is brought into these bounds, as many controllers do, and answered well. */
  readonly clamp?: { readonly least: number; readonly most: number };
}

export interface ValueServer {
  readonly endpointUrl: string;
  /** Gives a node a value with its source time; good unless told. */
  set(name: string, value: unknown, sourceTimeMs: number, statusCode?: StatusCode): void;
  /** What the node has. */
  get(name: string): unknown;
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
    set(name, value, sourceTimeMs, statusCode = StatusCodes.Good) {
      const entry = variables.get(name);
      if (entry === undefined) throw new Error(`there is no node ${name}`);
      const { dataType, arrayType, dimensions } = entry.node;
      const shape = dimensions === undefined ? {} : { dimensions: [...dimensions] };
      // The tests hold the values against what arrives, so their type is theirs to get right.
      const variant = { dataType, arrayType, value, ...shape } as Parameters<UAVariable['setValueFromSource']>[0];
      if (entry.node.clamp !== undefined || entry.node.isStuck === true)
        entry.held = new DataValue({ value: variant, sourceTimestamp: new Date(sourceTimeMs) });
      else entry.variable.setValueFromSource(variant, statusCode, new Date(sourceTimeMs));
    },
    get: (name) => variables.get(name)?.variable.readValue().value.value as unknown,
    async close() {
      await server.shutdown(50);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface ServedNode {
  readonly node: ValueNode;
  readonly variable: UAVariable;
  /** What a clamped or stuck node has. */
  held: DataValue;
  /** What a stuck node was written. */
  readonly unanswered: DataValue[];
}

const POLLED_MS = 50;

function addVariables(server: OPCUAServer, nodes: readonly ValueNode[]): Map<string, ServedNode> {
  const addressSpace = server.engine.addressSpace;
  if (!addressSpace) throw new Error('the server has no address space');
  const namespace = addressSpace.registerNamespace(VALUE_NAMESPACE);
  return new Map(
    nodes.map((node) => {
      const variable = namespace.addVariable({
        organizedBy: addressSpace.rootFolder.objects,
        browseName: node.name,
        nodeId: `s=${node.name}`,
        dataType: node.dataType,
        valueRank: node.arrayType === 0 ? -1 : node.arrayType,
        minimumSamplingInterval: node.clamp === undefined && node.isStuck !== true ? 0 : POLLED_MS,
        ...(node.isReadOnly === true ? { accessLevel: 'CurrentRead', userAccessLevel: 'CurrentRead' } : {}),
      });
      const served: ServedNode = { node, variable, held: new DataValue(), unanswered: [] };
      if (node.clamp !== undefined) bindClamped(served, node.clamp);
      if (node.isStuck === true) bindStuck(served);
      return [node.name, served];
    }),
  );
}

/** The commanded value is never there, not even for a moment. */
function bindClamped(served: ServedNode, { least, most }: { readonly least: number; readonly most: number }): void {
  served.variable.bindVariable({
    timestamped_get: () => served.held,
    timestamped_set(written, done) {
      const value = Math.min(most, Math.max(least, Number(written.value.value)));
      const { dataType } = served.node;
      served.held = new DataValue({ value: new Variant({ dataType, value }), sourceTimestamp: new Date() });
      done(null, StatusCodes.Good);
    },
  });
}

function bindStuck(served: ServedNode): void {
  served.variable.bindVariable({
    timestamped_get: () => served.held,
    timestamped_set: (written: DataValue) => new Promise<StatusCode>(() => served.unanswered.push(written)),
  });
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AttributeIds,
  ClientMonitoredItemGroup,
  LogLevel,
  OPCUACertificateManager,
  OPCUAClient,
  setLogLevel,
  TimestampsToReturn,
} from 'node-opcua';

const RUN_MS = 3_000;
const ITEMS_PER_SUBSCRIPTION = 1_000;

export interface WatchedNodes {
  readonly namespaceUri: string;
  readonly nodeNames: readonly string[];
  /** 0 = every change. */
  readonly samplingIntervalMs: number;
}

/** Changes a second that the OPC UA library alone receives: nothing is mapped or kept. */
export async function rawOpcuaChangesPerS(endpointUrl: string, watched: WatchedNodes): Promise<number> {
  // The library writes to standard output, where the figures go.
  setLogLevel(LogLevel.Emergency);
  const folder = mkdtempSync(join(tmpdir(), 'lineside-bench-'));
  // The channel has no security and stays on this computer: the store is only there because the client wants one.
  const clientCertificateManager = new OPCUACertificateManager({ rootFolder: folder });
  await clientCertificateManager.initialize();
  const client = OPCUAClient.create({ clientCertificateManager, requestedSessionTimeout: 60_000 });
  await client.connect(endpointUrl);
  const session = await client.createSession();
  const namespace = (await session.readNamespaceArray()).indexOf(watched.namespaceUri);
  let changes = 0;
  for (let from = 0; from < watched.nodeNames.length; from += ITEMS_PER_SUBSCRIPTION) {
    const subscription = await session.createSubscription2({
      requestedPublishingInterval: 100,
      requestedLifetimeCount: 600,
      requestedMaxKeepAliveCount: 10,
      maxNotificationsPerPublish: 0,
      publishingEnabled: true,
      priority: 1,
    });
    const items = watched.nodeNames.slice(from, from + ITEMS_PER_SUBSCRIPTION).map((name) => ({
      nodeId: `ns=${namespace};s=${name}`,
      attributeId: AttributeIds.Value,
    }));
    const group = ClientMonitoredItemGroup.create(
      subscription,
      items,
      { samplingInterval: watched.samplingIntervalMs, queueSize: 1_000, discardOldest: true },
      TimestampsToReturn.Both,
    );
    group.on('changed', () => changes++);
    await new Promise((resolve) => group.once('initialized', resolve));
  }
  const before = changes;
  const startedMs = performance.now();
  await new Promise((resolve) => setTimeout(resolve, RUN_MS));
  const perS = ((changes - before) * 1_000) / (performance.now() - startedMs);
  await session.close(true);
  await client.disconnect();
  await clientCertificateManager.dispose();
  rmSync(folder, { recursive: true, force: true });
  return perS;
}

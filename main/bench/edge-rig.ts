import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { SiteConfig } from '../../shared/config/site.ts';
import { writeSiteFile } from '../config/write-site-file.ts';
import { type Mosquitto, startMosquitto } from '../testing/mosquitto.ts';
import { type ChildLines, startChild } from './child-lines.ts';
import type { GatewayReport } from './gateway-process.ts';
import { LOAD_NAMESPACE_URI, loadNodeName } from './load-nodes.ts';

export const SAMPLING_MS = 250;
/** Shorter than the sampling: each sample finds another value. */
const CHANGE_EVERY_MS = 200;
const START_LIMIT_S = 60;
/** As `npm run service` starts it: the young generation of each thread stays small, and the old one near what is alive. */
const NODE_WORDS = ['--max-semi-space-size=8', '--heap-growing-percent=30'];

/** Load server, mosquitto and gateway, each in a process of its own; the gateway sends already. */
export interface EdgeRig {
  readonly endpointUrl: string;
  readonly broker: Mosquitto;
  readonly server: ChildLines;
  /** Starts the gateway and waits until it sends. */
  startGateway(): Promise<ChildLines>;
  close(): Promise<void>;
}

function toSite(endpointUrl: string, brokerUrl: string, tagCount: number): SiteConfig {
  const tags = Array.from({ length: tagCount }, (_unused, index) => ({
    node: `nsu=${LOAD_NAMESPACE_URI};s=${loadNodeName(index)}`,
    metric: `Load/${index + 1}`,
    datatype: 'Double',
  }));
  return SiteConfig.parse({
    site: { enterprise: 'Bench', site: 'BENCH', area: 'Edge', line: 'LINE', timeZone: 'Etc/UTC' },
    sparkplug: { groupId: 'BENCH', edgeNodeId: 'EDGE' },
    brokers: [{ url: brokerUrl }],
    samplingClasses: { normal: { samplingIntervalMs: SAMPLING_MS, queueSize: 10 } },
    // One second of this load is more than the number of rows at which the sampling would be slowed.
    backpressure: { activateAtRows: 100_000, deactivateAtRows: 50_000 },
    opcuaServers: [{ id: 'load', endpointUrl, securityMode: 'None', securityPolicy: 'None' }],
    machines: [{ id: 'Machine', server: 'load', tags }],
  });
}

/** The host says once that it is online; what the gateway sends is not looked at here. */
async function sayHostOnline(broker: Mosquitto): Promise<void> {
  const host = await connectAsync(broker.url);
  await host.publishAsync('spBv1.0/STATE/lineside', JSON.stringify({ online: true, timestamp: Date.now() }), {
    qos: 1,
    retain: true,
  });
  await host.endAsync();
}

async function nextReport(gateway: ChildLines): Promise<GatewayReport> {
  const [line] = (await once(gateway.lines, 'line')) as [string];
  return JSON.parse(line) as GatewayReport;
}

/** Reports of `seconds` seconds, one each. */
export async function takeReports(gateway: ChildLines, seconds: number): Promise<GatewayReport[]> {
  const reports: GatewayReport[] = [];
  while (reports.length <= seconds) reports.push(await nextReport(gateway));
  return reports;
}

async function untilSending(gateway: ChildLines): Promise<void> {
  for (let waitedS = 0; waitedS < START_LIMIT_S; waitedS++) {
    if (((await nextReport(gateway)).snapshot?.broker.sentPerS ?? 0) > 0) return;
  }
  throw new Error(`the gateway sends nothing within ${START_LIMIT_S} s`);
}

/** Starts load server and broker; every process is ended by `close`. */
export async function startEdgeRig(tagCount: number): Promise<EdgeRig> {
  const folder = await mkdtemp(join(tmpdir(), 'lineside-bench-'));
  const broker = await startMosquitto({ config: ['set_tcp_nodelay true'] });
  const server = startChild('load-server.ts', [String(tagCount), String(CHANGE_EVERY_MS), folder], 'inherit');
  const [line] = (await once(server.lines, 'line')) as [string];
  const { endpointUrl } = JSON.parse(line) as { endpointUrl: string };
  await sayHostOnline(broker);
  return {
    endpointUrl,
    broker,
    server,
    async startGateway() {
      const siteFile = join(folder, 'site.yaml');
      await writeSiteFile(siteFile, toSite(endpointUrl, broker.url, tagCount));
      const gateway = startChild('gateway-process.ts', [siteFile, join(folder, 'gateway')], 'ignore', NODE_WORDS);
      await untilSending(gateway);
      return gateway;
    },
    async close() {
      await server.end('kill');
      await broker.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

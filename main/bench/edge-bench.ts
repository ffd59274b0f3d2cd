import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { SiteConfig } from '../../shared/config/site.ts';
import { writeSiteFile } from '../config/write-site-file.ts';
import { type Mosquitto, startMosquitto } from '../testing/mosquitto.ts';
import { type ChildLines, cpuSeconds, startChild } from './child-lines.ts';
import type { GatewayReport } from './gateway-process.ts';
import { LOAD_NAMESPACE_URI, loadNodeName } from './load-nodes.ts';
import { rawMqttMessagesPerS, rawSparkplugMetricsPerS, rawSqliteRowsPerS } from './raw-ceilings.ts';
import { rawOpcuaChangesPerS } from './raw-opcua.ts';
import { type BenchResult, result } from './result.ts';

const SAMPLING_MS = 250;
/** Shorter than the sampling: each sample finds another value. */
const CHANGE_EVERY_MS = 200;
const CASES = [5_000, 10_000];
/** After the first values: births, the first garbage collections and the compiler are over. */
const SETTLE_S = 15;
const START_LIMIT_S = 60;

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
async function takeReports(gateway: ChildLines, seconds: number): Promise<GatewayReport[]> {
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

interface Measured {
  readonly reports: readonly GatewayReport[];
  readonly elapsedS: number;
  readonly serverCores: number | null;
}

async function measure(gateway: ChildLines, server: ChildLines, seconds: number): Promise<Measured> {
  await untilSending(gateway);
  await takeReports(gateway, SETTLE_S);
  const serverBefore = cpuSeconds(server.process.pid);
  const startedMs = performance.now();
  const reports = await takeReports(gateway, seconds);
  const elapsedS = (performance.now() - startedMs) / 1_000;
  const serverAfter = cpuSeconds(server.process.pid);
  const serverCores = serverBefore === null || serverAfter === null ? null : (serverAfter - serverBefore) / elapsedS;
  return { reports, elapsedS, serverCores };
}

interface RawCeilings {
  readonly opcua: number;
  readonly sqlite: number;
  readonly mqtt: number;
  readonly sparkplug: number;
}

function toResults({ reports, elapsedS, serverCores }: Measured, raw: RawCeilings, tagCount: number): BenchResult[] {
  const [first, last] = [reports[0], reports.at(-1)];
  if (first?.snapshot == null || last?.snapshot == null) throw new Error('the gateway took no snapshot');
  const offered = (tagCount * 1_000) / SAMPLING_MS;
  const figure = (metric: string, value: number, unit: string, baseline?: number): BenchResult =>
    result('edge', `${tagCount} tags @ ${SAMPLING_MS} ms`, metric, value, unit, baseline);
  const sentPerS = reports.reduce((sum, report) => sum + (report.snapshot?.broker.sentPerS ?? 0), 0) / reports.length;
  const toBroker = last.snapshot.latency.toBroker;
  return [
    figure('offered', offered, 'changes/s'),
    figure('sent, beside offered', sentPerS, 'changes/s', offered),
    figure('sent, beside raw node-opcua client', sentPerS, 'changes/s', raw.opcua),
    figure('sent, beside raw better-sqlite3 FULL', sentPerS, 'rows/s', raw.sqlite),
    figure('sent, beside raw protobuf module', sentPerS, 'metrics/s', raw.sparkplug),
    figure('sent, beside raw mqtt (x 100 metrics)', sentPerS, 'metrics/s', raw.mqtt * 100),
    figure('lost in server queues', last.snapshot.servers[0]?.overflowCount ?? 0, 'overflows'),
    figure('waiting rows at the end', last.snapshot.buffer.waitingCount, 'rows'),
    ...(toBroker === null
      ? []
      : [
          figure('change to broker p50', toBroker.p50Ms, 'ms'),
          figure('change to broker p95', toBroker.p95Ms, 'ms'),
          figure('change to broker p99', toBroker.p99Ms, 'ms'),
        ]),
    figure('gateway process', (last.cpuS - first.cpuS) / elapsedS, 'cores'),
    ...(serverCores === null ? [] : [figure('load server process', serverCores, 'cores')]),
    figure('gateway memory, highest', Math.max(...reports.map((report) => report.rssBytes)) / 1e6, 'MB'),
    figure('gateway memory, end beside begin', last.rssBytes / 1e6, 'MB', first.rssBytes / 1e6),
  ];
}

async function runCase(tagCount: number, seconds: number): Promise<BenchResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'lineside-bench-'));
  const broker = await startMosquitto({ config: ['set_tcp_nodelay true'] });
  const server = startChild('load-server.ts', [String(tagCount), String(CHANGE_EVERY_MS), folder], 'inherit');
  try {
    const [line] = (await once(server.lines, 'line')) as [string];
    const { endpointUrl } = JSON.parse(line) as { endpointUrl: string };
    const raw: RawCeilings = {
      opcua: await rawOpcuaChangesPerS(endpointUrl, {
        namespaceUri: LOAD_NAMESPACE_URI,
        nodeNames: Array.from({ length: tagCount }, (_unused, index) => loadNodeName(index)),
        samplingIntervalMs: SAMPLING_MS,
      }),
      sqlite: await rawSqliteRowsPerS(),
      mqtt: await rawMqttMessagesPerS(broker.url),
      sparkplug: await rawSparkplugMetricsPerS(),
    };
    await sayHostOnline(broker);
    const siteFile = join(folder, 'site.yaml');
    await writeSiteFile(siteFile, toSite(endpointUrl, broker.url, tagCount));
    const gateway = startChild('gateway-process.ts', [siteFile, join(folder, 'gateway')], 'ignore');
    const measured = await measure(gateway, server, seconds);
    await gateway.end('input-end');
    return toResults(measured, raw, tagCount);
  } finally {
    await server.end('kill');
    await broker.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * From the OPC UA server to the broker for `seconds`, with synchronous=FULL on this disk; the gateway alone in its
 * process, each library alone beside it in the same run.
 */
export async function benchEdge(seconds: number): Promise<BenchResult[]> {
  const results: BenchResult[] = [];
  for (const tagCount of CASES) results.push(...(await runCase(tagCount, seconds)));
  return results;
}

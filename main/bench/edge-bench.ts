import { type ChildLines, cpuSeconds } from './child-lines.ts';
import { SAMPLING_MS, startEdgeRig, takeReports } from './edge-rig.ts';
import type { GatewayReport } from './gateway-process.ts';
import { LOAD_NAMESPACE_URI, loadNodeName } from './load-nodes.ts';
import { rawMqttMessagesPerS, rawSparkplugMetricsPerS, rawSqliteRowsPerS } from './raw-ceilings.ts';
import { rawOpcuaChangesPerS } from './raw-opcua.ts';
import { type BenchResult, result } from './result.ts';

const CASES = [5_000, 10_000];
/** After the first values: births, the first garbage collections and the compiler are over. */
const SETTLE_S = 15;

interface Measured {
  readonly reports: readonly GatewayReport[];
  readonly elapsedS: number;
  readonly serverCores: number | null;
}

async function measure(gateway: ChildLines, server: ChildLines, seconds: number): Promise<Measured> {
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
  const rig = await startEdgeRig(tagCount);
  try {
    const raw: RawCeilings = {
      opcua: await rawOpcuaChangesPerS(rig.endpointUrl, {
        namespaceUri: LOAD_NAMESPACE_URI,
        nodeNames: Array.from({ length: tagCount }, (_unused, index) => loadNodeName(index)),
        samplingIntervalMs: SAMPLING_MS,
      }),
      sqlite: await rawSqliteRowsPerS(),
      mqtt: await rawMqttMessagesPerS(rig.broker.url),
      sparkplug: await rawSparkplugMetricsPerS(),
    };
    const gateway = await rig.startGateway();
    const measured = await measure(gateway, rig.server, seconds);
    await gateway.end('input-end');
    return toResults(measured, raw, tagCount);
  } finally {
    await rig.close();
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

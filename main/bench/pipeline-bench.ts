import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { EngineSnapshot } from '../../shared/domain/engine-snapshot.ts';
import { composeEngine } from '../compose.ts';
import { readSiteFile } from '../config/read-site-file.ts';
import { startEmbeddedBroker } from '../demo/embedded-broker.ts';
import { DEMO_NAMESPACE_URI, loadTagName } from '../demo/packaging-line-tags.ts';
import type { Engine } from '../engine/engine.ts';
import { silentLog } from '../platform/log.ts';
import { cpuSeconds } from './child-lines.ts';
import {
  rawHistorianRowsPerS,
  rawMqttMessagesPerS,
  rawSparkplugMetricsPerS,
  rawSqliteRowsPerS,
} from './raw-ceilings.ts';
import { rawOpcuaChangesPerS } from './raw-opcua.ts';
import { type BenchResult, result } from './result.ts';

const SETTLE_MS = 10_000;
const CHANGES_PER_S_PER_TAG = 10;
/** Tags of each case: what a line has, and what a big one has. */
const CASES = [500, 2_000];

interface PlantProcess {
  readonly child: ChildProcess;
  readonly siteFile: string;
  readonly endpointUrl: string;
  readonly historianUrl: string;
}

async function startPlant(dataFolder: string, brokerUrl: string, tags: number): Promise<PlantProcess> {
  const cli = fileURLToPath(new URL('../cli.ts', import.meta.url));
  const args = ['--data', dataFolder, '--load', String(tags), '--load-rate', String(CHANGES_PER_S_PER_TAG)];
  const child = spawn(process.execPath, [cli, 'plant', ...args, '--broker', brokerUrl], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  if (child.stdout === null) throw new Error('the plant has no output');
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { child, ...(JSON.parse(line) as { siteFile: string; endpointUrl: string; historianUrl: string }) };
}

const pause = (delayMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, delayMs));

function toResults(
  before: EngineSnapshot,
  after: EngineSnapshot,
  elapsedS: number,
  cores: { gateway: number; plant: number | null },
  raw: RawCeilings,
  tags: number,
): BenchResult[] {
  const name = `${tags} tags x ${CHANGES_PER_S_PER_TAG}/s`;
  const rowsPerS = (after.historian.insertedCount - before.historian.insertedCount) / elapsedS;
  const figure = (metric: string, value: number, unit: string, baseline?: number): BenchResult =>
    result('pipeline', name, metric, value, unit, baseline);
  const latency = (way: string, percentiles: EngineSnapshot['latency']['toBroker']): BenchResult[] =>
    percentiles === null
      ? []
      : [
          figure(`${way} p50`, percentiles.p50Ms, 'ms'),
          figure(`${way} p95`, percentiles.p95Ms, 'ms'),
          figure(`${way} p99`, percentiles.p99Ms, 'ms'),
        ];
  return [
    figure('offered', tags * CHANGES_PER_S_PER_TAG, 'changes/s'),
    figure('sustained, beside raw node-opcua client', rowsPerS, 'changes/s', raw.opcua),
    figure('sustained, beside raw better-sqlite3 FULL', rowsPerS, 'rows/s', raw.sqlite),
    figure('sustained, beside raw protobuf module', rowsPerS, 'metrics/s', raw.sparkplug),
    figure('sustained, beside raw mqtt (x 100 metrics)', rowsPerS, 'metrics/s', raw.mqtt * 100),
    figure('sustained, beside raw pg unnest', rowsPerS, 'rows/s', raw.historian),
    figure('waiting rows at the end', after.buffer.waitingCount, 'rows'),
    ...latency('source to broker', after.latency.toBroker),
    ...latency('source to row', after.latency.toHistorian),
    figure('gateway process', cores.gateway, 'cores'),
    ...(cores.plant === null ? [] : [figure('plant process (server, historian)', cores.plant, 'cores')]),
    figure('gateway memory', process.memoryUsage().rss / 1e6, 'MB'),
  ];
}

/** Resolves when the first rows are in the database. */
function untilRowsAreStored(engine: Engine): Promise<void> {
  return new Promise((resolve) => {
    const stop = engine.onSnapshot((snapshot) => {
      if (snapshot.historian.insertedCount === 0) return;
      stop();
      resolve();
    });
  });
}

async function measure(engine: Engine, plant: PlantProcess, seconds: number) {
  await untilRowsAreStored(engine);
  await pause(SETTLE_MS);
  const before = engine.readSnapshot();
  const cpuBefore = process.cpuUsage();
  const plantBefore = cpuSeconds(plant.child.pid);
  const startedMs = performance.now();
  await pause(seconds * 1_000);
  const after = engine.readSnapshot();
  const elapsedS = (performance.now() - startedMs) / 1_000;
  const cpu = process.cpuUsage(cpuBefore);
  const plantAfter = cpuSeconds(plant.child.pid);
  if (before === null || after === null) throw new Error('the engine took no snapshot');
  const gateway = (cpu.user + cpu.system) / 1e6 / elapsedS;
  const plantCores = plantBefore === null || plantAfter === null ? null : (plantAfter - plantBefore) / elapsedS;
  return { before, after, elapsedS, cores: { gateway, plant: plantCores } };
}

interface RawCeilings {
  readonly opcua: number;
  readonly sqlite: number;
  readonly mqtt: number;
  readonly historian: number;
  readonly sparkplug: number;
}

/** The whole way for `seconds`: OPC UA server → … → row in TimescaleDB, beside each library alone. */
export async function benchPipeline(seconds: number): Promise<BenchResult[]> {
  const results: BenchResult[] = [];
  for (const tags of CASES) results.push(...(await runCase(tags, seconds)));
  return results;
}

async function runCase(tags: number, seconds: number): Promise<BenchResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'lineside-bench-'));
  const broker = await startEmbeddedBroker();
  const plant = await startPlant(join(folder, 'plant'), broker.url, tags);
  try {
    const raw: RawCeilings = {
      opcua: await rawOpcuaChangesPerS(plant.endpointUrl, {
        namespaceUri: DEMO_NAMESPACE_URI,
        nodeNames: Array.from({ length: tags }, (_unused, index) => loadTagName(index)),
        samplingIntervalMs: 0,
      }),
      sqlite: await rawSqliteRowsPerS(),
      mqtt: await rawMqttMessagesPerS(broker.url),
      historian: await rawHistorianRowsPerS(plant.historianUrl),
      sparkplug: await rawSparkplugMetricsPerS(),
    };
    const engine = await composeEngine({
      site: await readSiteFile(plant.siteFile),
      siteFile: plant.siteFile,
      dataFolder: join(folder, 'gateway'),
      isDemo: false,
      log: silentLog,
      logFd: 2,
    });
    await engine.start();
    const measured = await measure(engine, plant, seconds);
    await engine.stop();
    return toResults(measured.before, measured.after, measured.elapsedS, measured.cores, raw, tags);
  } finally {
    plant.child.kill();
    await once(plant.child, 'exit');
    await broker.close();
    await rm(folder, { recursive: true, force: true });
  }
}

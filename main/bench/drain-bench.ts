import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { MetricChange } from '../../shared/domain/metric.ts';
import { toOpenLink } from '../compose-links.ts';
import { systemClock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import { encodePayload, toWireMetric } from '../sparkplug/encode-payload.ts';
import type { BufferedChange } from '../store-and-forward/forward-buffer.ts';
import type { ForwarderOptions } from '../store-and-forward/forwarder.ts';
import { openGatewayRig } from '../testing/gateway-rig.ts';
import { startMosquitto } from '../testing/mosquitto.ts';
import { type BenchResult, result } from './result.ts';

const BACKLOG_ROWS = 1_000_000;
const METRICS = 100;
const FILL_ROWS = 5_000;
const LIVE_ROWS_PER_S = 2_000;
const LIVE_EVERY_MS = 50;
/** What a site gets that says nothing, and one that opens the road. */
const CASES = [
  { name: 'share of the road as it comes', historyRowsPerS: 20_000, drainRows: 100_000 },
  { name: 'share of the road opened', historyRowsPerS: 10_000_000, drainRows: BACKLOG_ROWS },
];

const metricName = (index: number): string => `Load/${String(index % METRICS).padStart(4, '0')}`;

const changeOf = (index: number, timestampMs: number): MetricChange => ({
  deviceId: 'press',
  metricName: metricName(index),
  datatype: 'Double',
  value: index,
  quality: 'good',
  statusCode: 0,
  timestampMs,
});

const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

/** Notes when a barrier has shown that live rows are at the broker, and how many late rows are. */
class Watch {
  lateCount = 0;
  isMeasuring = false;
  readonly liveLatenciesMs: number[] = [];
  #unproven: { readonly lateCount: number; readonly liveMs: readonly number[] }[] = [];

  wrap(inner: ForwarderOptions['sender']): ForwarderOptions['sender'] {
    return {
      send: async (rows, isHistorical) => {
        const outcome = await inner.send(rows, isHistorical);
        const liveMs = isHistorical ? [] : rows.map((row) => row.timestampMs);
        this.#unproven.push({ lateCount: isHistorical ? rows.length : 0, liveMs });
        return outcome;
      },
      barrier: async () => {
        const proven = this.#unproven;
        this.#unproven = [];
        await inner.barrier();
        const nowMs = Date.now();
        for (const { lateCount, liveMs } of proven) {
          this.lateCount += lateCount;
          if (this.isMeasuring) for (const atMs of liveMs) this.liveLatenciesMs.push(nowMs - atMs);
        }
      },
    };
  }
}

/** The same rows encoded and published by the same code, without buffer and forwarder: what the road can carry. */
async function rawValuesPerS(brokerUrl: string): Promise<number> {
  const rows: BufferedChange[] = Array.from({ length: 100_000 }, (_, index) => ({
    ...changeOf(index, Date.now()),
    rowId: index + 1,
    storedAtMs: Date.now(),
  }));
  const link = await toOpenLink(
    () => Promise.resolve({ url: brokerUrl }),
    systemClock,
    silentLog,
  )(0, {
    clientId: 'bench-raw',
    keepAliveS: 60,
    will: { topic: 'bench/will', payload: '', qos: 1, retain: false },
  });
  const startedMs = performance.now();
  let sentCount = 0;
  while (performance.now() - startedMs < 3_000) {
    for (let from = 0; from < rows.length; from += 200) {
      const metrics = rows
        .slice(from, from + 200)
        .map((row) =>
          toWireMetric({ alias: Number(row.value) % METRICS, hasDatatype: false, isHistorical: true }, row),
        );
      await link.publish('bench/raw', encodePayload(Date.now(), from % 256, metrics), { qos: 0, retain: false });
    }
    await link.barrier();
    sentCount += rows.length;
  }
  const perS = (sentCount * 1_000) / (performance.now() - startedMs);
  await link.close();
  return perS;
}

async function runCase(brokerUrl: string, drain: (typeof CASES)[number], rawPerS: number): Promise<BenchResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'lineside-drain-'));
  const watch = new Watch();
  const gateway = await openGatewayRig({
    brokerUrl,
    folder,
    historyRowsPerS: drain.historyRowsPerS,
    metrics: Array.from({ length: METRICS }, (_, index) => ({ ...changeOf(index, 0), metricName: metricName(index) })),
    wrapSender: (sender) => watch.wrap(sender),
  });
  try {
    const fillStartedMs = performance.now();
    const firstMs = Date.now() - BACKLOG_ROWS;
    for (let from = 0; from < BACKLOG_ROWS; from += FILL_ROWS) {
      const rows = Array.from({ length: FILL_ROWS }, (_, index) => changeOf(from + index, firstMs + from + index));
      gateway.forwarder.rowsCommitted((await gateway.buffer.append(rows, false)).lastRowId);
    }
    const fillPerS = (BACKLOG_ROWS * 1_000) / (performance.now() - fillStartedMs);
    let liveIndex = 0;
    const live = setInterval(() => {
      const count = (LIVE_ROWS_PER_S * LIVE_EVERY_MS) / 1_000;
      gateway.commit.add(Array.from({ length: count }, () => changeOf(liveIndex++, Date.now())));
    }, LIVE_EVERY_MS);
    const cpuBefore = process.cpuUsage();
    const startedMs = performance.now();
    gateway.edge.onBorn(() => (watch.isMeasuring = true));
    gateway.edge.start();
    while (watch.lateCount < drain.drainRows) await pause(20);
    const elapsedS = (performance.now() - startedMs) / 1_000;
    watch.isMeasuring = false;
    clearInterval(live);
    const cpu = process.cpuUsage(cpuBefore);
    const sorted = watch.liveLatenciesMs.toSorted((a, b) => a - b);
    const figure = (metric: string, value: number, unit: string, baseline?: number): BenchResult =>
      result('drain', drain.name, metric, value, unit, baseline);
    return [
      figure('backlog stored', fillPerS, 'values/s'),
      figure('drained, beside encode and publish alone', watch.lateCount / elapsedS, 'values/s', rawPerS),
      figure('live change to broker p50', percentile(sorted, 0.5), 'ms'),
      figure('live change to broker p99', percentile(sorted, 0.99), 'ms'),
      figure('live changes meanwhile', sorted.length / elapsedS, 'values/s', LIVE_ROWS_PER_S),
      figure('drained for each core that was busy', (watch.lateCount * 1e6) / (cpu.user + cpu.system), 'values/s'),
      figure('gateway process', (cpu.user + cpu.system) / 1e6 / elapsedS, 'cores'),
    ];
  } finally {
    await gateway.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A broker that comes back after an outage: how fast a million rows drain, and what the live values feel of it. */
export async function benchDrain(): Promise<BenchResult[]> {
  const broker = await startMosquitto();
  try {
    const results: BenchResult[] = [];
    for (const drain of CASES) {
      const rawPerS = await rawValuesPerS(broker.url);
      results.push(...(await runCase(broker.url, drain, rawPerS)));
    }
    return results;
  } finally {
    await broker.close();
  }
}

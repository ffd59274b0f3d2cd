import { setTimeout as pause } from 'node:timers/promises';
import { startEdgeRig, takeReports } from './edge-rig.ts';
import type { GatewayReport } from './gateway-process.ts';
import { type BenchResult, result } from './result.ts';

const TAGS = 2_000;
const OUTAGE_EVERY_S = 300;
const OUTAGE_S = 20;
/** Share of the run in which caches, compiler and heap find their size; what comes after it must stay flat. */
const WARM_SHARE = 1 / 3;

/** Slope of the least-squares line through one value a second, per hour. */
function slopePerHour(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let above = 0;
  let below = 0;
  values.forEach((value, second) => {
    above += (second - middle) * (value - mean);
    below += (second - middle) ** 2;
  });
  return below === 0 ? 0 : (above / below) * 3_600;
}

function toResults(reports: readonly GatewayReport[], outageCount: number): BenchResult[] {
  const last = reports.at(-1)?.snapshot;
  if (last == null) throw new Error('the gateway took no snapshot');
  const steady = reports.slice(Math.floor(reports.length * WARM_SHARE));
  const megabytes = steady.map((report) => report.rssBytes / 1e6);
  const figure = (metric: string, value: number, unit: string): BenchResult =>
    result('soak', `${TAGS} tags, ${reports.length - 1} s`, metric, value, unit);
  return [
    figure('broker outages', outageCount, `of ${OUTAGE_S} s`),
    figure('sent again as history', last.buffer.messagesReplayed, 'rows'),
    figure('dropped', last.buffer.droppedCount, 'rows'),
    figure('waiting rows at the end', last.buffer.waitingCount, 'rows'),
    figure('gateway memory, lowest', Math.min(...megabytes), 'MB'),
    figure('gateway memory, highest', Math.max(...megabytes), 'MB'),
    figure('gateway memory, slope', slopePerHour(megabytes), 'MB/h'),
    figure('heap in use, slope', slopePerHour(steady.map((report) => report.heapBytes / 1e6)), 'MB/h'),
  ];
}

/** A gateway that runs for `seconds` while its broker dies every few minutes: its memory stays what it is. */
export async function benchSoak(seconds: number): Promise<BenchResult[]> {
  const rig = await startEdgeRig(TAGS);
  try {
    const gateway = await rig.startGateway();
    const reports: GatewayReport[] = [];
    let outageCount = 0;
    while (reports.length < seconds) {
      reports.push(...(await takeReports(gateway, Math.min(OUTAGE_EVERY_S, seconds - reports.length))));
      if (reports.length >= seconds) break;
      outageCount += 1;
      // STATE is retained by a broker that keeps what it has: this one only hangs.
      rig.broker.freeze();
      await pause(OUTAGE_S * 1_000);
      rig.broker.thaw();
    }
    await gateway.end('input-end');
    return toResults(reports, outageCount);
  } finally {
    await rig.close();
  }
}

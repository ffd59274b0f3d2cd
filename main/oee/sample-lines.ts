import type { SampleLine, SamplesQuery } from '../../shared/domain/oee-explanation.ts';
import { parseQualityCode } from '../../shared/domain/quality.ts';
import type { TelemetryRow } from '../../shared/domain/telemetry-row.ts';
import type { OeeReader } from './live-oee.ts';

/** Raw rows behind a figure: those of its time by time, and before them the ones that held at its start. */
export async function readSampleLines(
  reader: OeeReader,
  machineIds: readonly string[],
  { metricNames, fromMs, toMs, limit }: SamplesQuery,
): Promise<SampleLine[]> {
  const found: TelemetryRow[] = [];
  for (const machineId of machineIds) {
    for (const metricName of metricNames) {
      let count = 0;
      for await (const rows of reader.readSamples({ machineId, metricNames: [metricName], fromMs, toMs })) {
        found.push(...rows.slice(0, limit - count));
        count += rows.length;
        if (count >= limit) break;
      }
    }
  }
  const byTime = found.sort((a, b) => a.timeMs - b.timeMs || a.metricName.localeCompare(b.metricName));
  return byTime.slice(0, limit).map(toSampleLine);
}

const toSampleLine = (row: TelemetryRow): SampleLine => ({
  timeMs: row.timeMs,
  receivedAtMs: row.receivedAtMs,
  machineId: row.machineId,
  metricName: row.metricName,
  value: toText(row),
  quality: parseQualityCode(row.quality),
  isHistorical: row.isHistorical,
});

function toText({ value, meta }: TelemetryRow): string {
  const text = meta?.['text'] ?? meta?.['exact'];
  if (typeof text === 'string') return text;
  if (value !== null) return String(value);
  return meta === null ? '–' : JSON.stringify(meta);
}

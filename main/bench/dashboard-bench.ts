import { POLICY_JOBS } from '../historian/policy-jobs.ts';
import type { HistorianRig } from './historian-rig.ts';
import { type BenchResult, result } from './result.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const DAYS = 30;
const MACHINES = 10;
const METRICS = 10;
/** Trends of one dashboard, of as many metrics of one machine, and how wide each is. */
const TRENDS = 4;
const PIXELS = 800;
const ASKED_TIMES = 20;
const RANGES = [
  ['1 h', HOUR_MS],
  ['24 h', DAY_MS],
  ['30 d', DAYS * DAY_MS],
] as const;

// A slow wave with the noise of a sensor that shows tenths, as most analogue values of a machine are.
const FILL_DAY = `
  INSERT INTO telemetry (time, machine_id, metric_name, value, received_at)
  SELECT at, 'plant/edge/machine-' || machine, 'Load/' || metric,
         round((50 + 40 * sin(extract(epoch FROM at) / 600 + machine + metric) + random())::numeric, 1), at
  FROM generate_series($1::timestamptz, $1::timestamptz + INTERVAL '1 day' - INTERVAL '1 microsecond', $2::interval) AS at,
       generate_series(1, ${MACHINES}) AS machine, generate_series(1, ${METRICS}) AS metric
  ON CONFLICT DO NOTHING`;

const secondsSince = (startedMs: number): number => (performance.now() - startedMs) / 1_000;

/** `rowCount` rows of the last 30 days and their aggregates. */
async function fill({ historian, pool }: HistorianRig, rowCount: number, endMs: number): Promise<[number, number]> {
  const stepS = (DAYS * 86_400) / (rowCount / MACHINES / METRICS);
  const startedMs = performance.now();
  for (let day = DAYS; day > 0; day--) {
    await pool.query(FILL_DAY, [new Date(endMs - day * DAY_MS).toISOString(), `${stepS} seconds`]);
  }
  const filledS = secondsSince(startedMs);
  const aggregatedMs = performance.now();
  await historian.maintain();
  return [filledS, secondsSince(aggregatedMs)];
}

/** Median and 95th percentile of one dashboard: its trends one after another, of another machine each time. */
async function ask({ historian }: HistorianRig, rangeMs: number, endMs: number): Promise<{ p50: number; p95: number }> {
  const times: number[] = [];
  for (let time = 0; time < ASKED_TIMES; time++) {
    const startedMs = performance.now();
    for (let metric = 1; metric <= TRENDS; metric++) {
      const { points } = await historian.readTrend({
        machineId: `plant/edge/machine-${1 + (time % MACHINES)}`,
        metricName: `Load/${metric}`,
        fromMs: endMs - rangeMs,
        toMs: endMs,
        pixelCount: PIXELS,
      });
      if (points.length === 0) throw new Error('the dashboard is empty');
    }
    times.push(performance.now() - startedMs);
  }
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? 0;
  return { p50: at(0.5), p95: at(0.95) };
}

async function askAll(rig: HistorianRig, name: string, endMs: number): Promise<BenchResult[]> {
  const results: BenchResult[] = [];
  for (const [range, rangeMs] of RANGES) {
    const { p50, p95 } = await ask(rig, rangeMs, endMs);
    results.push(result('historian', name, `dashboard of ${range}, median`, p50, 'ms'));
    results.push(result('historian', name, `dashboard of ${range}, p95`, p95, 'ms'));
  }
  return results;
}

/** The compression policy of the site, as the server would run it. */
async function compress({ pool }: HistorianRig): Promise<{ beforeBytes: number; afterBytes: number; seconds: number }> {
  const { rows: jobs } = await pool.query<{ job_id: number }>(
    `SELECT job_id FROM (${POLICY_JOBS}) AS job WHERE proc_name = 'policy_compression' AND relation = 'telemetry'`,
  );
  const startedMs = performance.now();
  for (const { job_id: jobId } of jobs) await pool.query(`CALL run_job(${Number(jobId)})`);
  const seconds = secondsSince(startedMs);
  const { rows } = await pool.query<{ beforeBytes: number; afterBytes: number }>(
    `SELECT sum(before_compression_total_bytes)::float8 AS "beforeBytes", sum(after_compression_total_bytes)::float8 AS "afterBytes"
     FROM hypertable_compression_stats('telemetry')`,
  );
  const { beforeBytes = 0, afterBytes = 0 } = rows[0] ?? {};
  return { beforeBytes, afterBytes, seconds };
}

/** Dashboards over `rowCount` rows of 30 days, before and after the compression policy has run, and what that saves. */
export async function benchDashboards(rig: HistorianRig, rowCount: number): Promise<BenchResult[]> {
  const endMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  const [filledS, aggregatedS] = await fill(rig, rowCount, endMs);
  const name = `${(rowCount / 1e6).toLocaleString('en')} million rows, ${rig.serverName}`;
  const before = await askAll(rig, name, endMs);
  const { beforeBytes, afterBytes, seconds } = await compress(rig);
  return [
    result('historian', name, 'made by the server itself', rowCount / filledS, '1/s'),
    result('historian', name, 'aggregates of it all', aggregatedS, 's'),
    ...before,
    result('historian', name, 'compression policy', seconds, 's'),
    result('historian', name, 'compressed, raw is before', afterBytes / 1e6, 'MB', beforeBytes / 1e6),
    result('historian', name, 'times smaller', beforeBytes / afterBytes, '×'),
    ...(await askAll(rig, `${name}, compressed`, endMs)),
  ];
}

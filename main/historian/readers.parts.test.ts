import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TelemetryRow } from '../../shared/domain/telemetry-row.ts';
import { systemClock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import { startTestHistorian } from '../testing/test-historian.ts';
import { type Historian, openHistorian } from './open-historian.ts';
import type { StateInterval, StateQuery } from './state-reader.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const START_MS = Math.floor(systemClock.nowMs() / DAY_MS) * DAY_MS - 4 * DAY_MS;
const KEY = { machineId: 'filler', metricName: 'Temperature' };

let server: Awaited<ReturnType<typeof startTestHistorian>>;
let historian: Historian;
let admin: Client;

const row = (timeMs: number, value: number | null, change: Partial<TelemetryRow> = {}): TelemetryRow => ({
  timeMs,
  ...KEY,
  value,
  quality: 192,
  meta: null,
  isHistorical: false,
  receivedAtMs: timeMs,
  ...change,
});

beforeAll(async () => {
  server = await startTestHistorian();
  admin = new Client({ connectionString: server.url });
  await admin.connect();
  historian = openHistorian({ url: server.url, maxConnections: 2, clock: systemClock, log: silentLog });
  await historian.migrate();
  // Three days, each ten seconds a value; on the second day two hours are stale, then nothing comes for one.
  const rows: TelemetryRow[] = [];
  for (let atMs = START_MS; atMs < START_MS + 3 * DAY_MS; atMs += 10_000) {
    const hour = (atMs - START_MS) / HOUR_MS;
    if (hour >= 32 && hour < 33) continue;
    const isStale = hour >= 30 && hour < 32;
    rows.push(row(atMs, Math.sin(hour) * 100, isStale ? { quality: 500 } : {}));
  }
  await historian.insert(rows);
  await historian.maintain();
});

afterAll(async () => {
  await historian.close();
  await admin.end();
  await server.close();
});

describe('readTrend', () => {
  it.each([
    ['telemetry', HOUR_MS, 1_000],
    ['telemetry_1min', 6 * HOUR_MS, 100],
    ['telemetry_5min', DAY_MS, 100],
    ['telemetry_1hour', 3 * DAY_MS, 20],
  ])('from %s tells of a range what its rows tell', async (source, rangeMs, pixelCount) => {
    const fromMs = START_MS + HOUR_MS;
    const toMs = fromMs + rangeMs;
    const trend = await historian.readTrend({ ...KEY, fromMs, toMs, pixelCount });
    expect(trend.source).toBe(source);
    const { rows } = await admin.query<{ n: number; least: number; most: number; mean: number; bad: number }>(
      `SELECT count(*) FILTER (WHERE quality = 192)::int AS n, count(*) FILTER (WHERE quality <> 192)::int AS bad,
              min(value) FILTER (WHERE quality = 192) AS least, max(value) FILTER (WHERE quality = 192) AS most,
              avg(value) FILTER (WHERE quality = 192) AS mean
       FROM telemetry WHERE time >= $1 AND time < $2`,
      [new Date(fromMs), new Date(toMs)],
    );
    const [wanted] = rows;
    const { points } = trend;
    const sum = (read: (point: (typeof points)[number]) => number): number =>
      points.reduce((total, point) => total + read(point), 0);
    expect(points.length).toBeLessThanOrEqual(pixelCount + 1);
    expect(sum((point) => point.sampleCount)).toBe(wanted?.n);
    expect(sum((point) => point.badCount)).toBe(wanted?.bad);
    expect(Math.min(...points.flatMap(({ min }) => min ?? []))).toBe(wanted?.least);
    expect(Math.max(...points.flatMap(({ max }) => max ?? []))).toBe(wanted?.most);
    const mean = sum((point) => (point.avg ?? 0) * point.sampleCount) / (wanted?.n ?? 0);
    expect(mean).toBeCloseTo(wanted?.mean ?? Number.NaN, 8);
  });

  it('shows stale values as a gap until the next good one, also where nothing comes at all', async () => {
    const fromMs = START_MS + 29 * HOUR_MS;
    const gap = { fromMs: START_MS + 30 * HOUR_MS, toMs: START_MS + 33 * HOUR_MS };
    for (const pixelCount of [6, 72, 360, 2_000]) {
      const trend = await historian.readTrend({ ...KEY, fromMs, toMs: fromMs + 6 * HOUR_MS, pixelCount });
      // Of raw rows a bucket may begin before the stale row and end after.
      const inexactMs = trend.source === 'telemetry' ? trend.bucketMs : 0;
      expect(trend.gaps).toHaveLength(1);
      expect(Math.abs((trend.gaps[0]?.fromMs ?? 0) - gap.fromMs)).toBeLessThanOrEqual(inexactMs);
      expect(Math.abs((trend.gaps[0]?.toMs ?? 0) - gap.toMs)).toBeLessThanOrEqual(inexactMs);
      const stale = trend.points.filter(({ fromMs: atMs }) => atMs >= gap.fromMs && atMs < gap.toMs - HOUR_MS);
      expect(stale.every(({ avg, badCount }) => avg === null && badCount > 0)).toBe(true);
      expect(stale.length).toBeGreaterThan(0);
    }
  });

  it('knows what held before the range, and that before the first row there was nothing', async () => {
    const silent = { machineId: 'silent', metricName: 'Setpoint' };
    await historian.insert([row(START_MS + HOUR_MS, 7, silent)]);
    await historian.maintain();
    for (const pixelCount of [12, 6_000]) {
      const ask = (hour: number) =>
        historian.readTrend({
          ...silent,
          fromMs: START_MS + hour * HOUR_MS,
          toMs: START_MS + (hour + 12) * HOUR_MS,
          pixelCount,
        });
      expect(await ask(24)).toMatchObject({ points: [], gaps: [] });
      expect((await ask(0)).gaps).toEqual([{ fromMs: START_MS, toMs: START_MS + HOUR_MS }]);
    }
  });
});

describe('readPercentiles', () => {
  it.each([
    ['5 minutes', 2 * HOUR_MS, 1_000],
    ['1 hour', 2 * DAY_MS, 50],
  ])('of %s are those of the raw rows', async (width, rangeMs, pixelCount) => {
    const fromMs = START_MS + 2 * HOUR_MS;
    const found = await historian.readPercentiles({ ...KEY, fromMs, toMs: fromMs + rangeMs, pixelCount });
    const { rows } = await admin.query<Record<'p50' | 'p95' | 'p99' | 'fromMs', number>>(
      `SELECT (extract(epoch FROM time_bucket($1::interval, time)) * 1000)::float8 AS "fromMs",
         percentile_cont(0.5) WITHIN GROUP (ORDER BY value) AS p50, percentile_cont(0.95) WITHIN GROUP (ORDER BY value) AS p95,
         percentile_cont(0.99) WITHIN GROUP (ORDER BY value) AS p99
       FROM telemetry WHERE time >= $2 AND time < $3 AND quality = 192 AND machine_id = 'filler' GROUP BY 1 ORDER BY 1`,
      [width, new Date(fromMs), new Date(fromMs + rangeMs)],
    );
    expect(found.points.map(({ p50, p95 }) => ({ p50, p95 }))).toEqual(rows.map(({ p50, p95 }) => ({ p50, p95 })));
    if (width === '1 hour') expect(found.points.map(({ p99 }) => p99)).toEqual(rows.map(({ p99 }) => p99));
    expect(found.points.map((point) => point.fromMs)).toEqual(rows.map((row) => row.fromMs));
  });
});

describe('readStates', () => {
  const readAll = async (query: StateQuery): Promise<StateInterval[]> => {
    const intervals: StateInterval[] = [];
    for await (const interval of historian.readStates(query)) intervals.push(interval);
    return intervals;
  };

  it('fill the range, join what is the same, and know nothing while the source is stale', async () => {
    const state = (minute: number, text: string, quality = 192): TelemetryRow =>
      row(START_MS + minute * MINUTE_MS, null, { machineId: 'capper', metricName: 'State', meta: { text }, quality });
    await historian.insert([
      state(-5, 'Execute'),
      state(10, 'Held'),
      state(12, 'Held'),
      state(20, 'Held', 500),
      state(30, 'Execute'),
    ]);
    const query = { machineId: 'capper', metricName: 'State', fromMs: START_MS, toMs: START_MS + HOUR_MS };
    const at = (minute: number): number => START_MS + minute * MINUTE_MS;
    expect(await readAll(query)).toEqual([
      { fromMs: at(0), toMs: at(10), state: 'Execute', quality: 192 },
      { fromMs: at(10), toMs: at(20), state: 'Held', quality: 192 },
      { fromMs: at(20), toMs: at(30), state: null, quality: 500 },
      { fromMs: at(30), toMs: at(60), state: 'Execute', quality: 192 },
    ]);
    expect(await readAll({ ...query, fromMs: at(-60), toMs: at(-30) })).toEqual([
      { fromMs: at(-60), toMs: at(-30), state: null, quality: null },
    ]);
    expect(await readAll({ ...query, toMs: query.fromMs })).toEqual([]);
  });
});

import { Pool } from 'pg';
import { CalendarConfig, OeeConfig } from '../../shared/config/calendar.ts';
import { MachineConfig, ShiftConfig } from '../../shared/config/equipment.ts';
import { HistorianStorage } from '../../shared/config/historian.ts';
import type { TelemetryRow } from '../../shared/domain/telemetry-row.ts';
import { startEmbeddedHistorian } from '../demo/embedded-historian.ts';
import { openHistorian } from '../historian/open-historian.ts';
import { loadInTurn } from '../oee/evidence-loader.ts';
import { createLiveOee } from '../oee/live-oee.ts';
import { historianIdOf, type OeeSite } from '../oee/oee-site.ts';
import { accountShift, around, toAccountedMachines } from '../oee/shift-accounts.ts';
import { ShiftKeeper } from '../oee/shift-keeper.ts';
import { plannedShifts } from '../oee/shift-search.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import { type BenchResult, result } from './result.ts';

const MACHINES = 20;
const CHANGE_EVERY_S = 10;
/** So many days are measured: the memory of the embedded database holds no month of them. */
const DAYS = 3;
const MONTH_DAYS = 30;
const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 0, 5);
const LIVE_CHANGES = 1_000;

const SITE: OeeSite = {
  groupId: 'bench',
  edgeNodeId: 'edge',
  machines: Array.from({ length: MACHINES }, (_, index) =>
    MachineConfig.parse({
      id: `M${index}`,
      server: 'plc',
      idealCycleMs: 1_000,
      tags: [{ node: 'nsu=urn:x;s=State', metric: 'State', role: 'state', datatype: 'String' }],
    }),
  ),
  shifts: ['06:00', '14:00', '22:00'].map((from, index, all) =>
    ShiftConfig.parse({
      name: `Shift ${index + 1}`,
      days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
      from,
      to: all[(index + 1) % all.length],
    }),
  ),
  timeZone: 'UTC',
  lineName: 'Line',
  calendar: CalendarConfig.parse({}),
  oee: OeeConfig.parse({}),
  samplingClasses: {},
};

/** The clock stands at the end of the days that are measured; durations are real. */
const CLOCK: Clock = { ...systemClock, nowMs: () => START_MS + DAYS * DAY_MS };

async function timed(work: () => Promise<unknown>): Promise<number> {
  const fromMs = performance.now();
  await work();
  return (performance.now() - fromMs) / 1_000;
}

/**
 * Recompute of all shifts of 20 machines with a state change each 10 s, told for a month; the raw figure is the plain
 * driver that reads the same rows and does nothing with them. Then what live changes cost.
 */
export async function benchOee(): Promise<BenchResult[]> {
  const server = await startEmbeddedHistorian();
  const storage = HistorianStorage.parse({ retentionDays: 36_500 });
  const historian = openHistorian({ url: server.url, maxConnections: 3, storage, clock: CLOCK, log: silentLog });
  const pool = new Pool({ connectionString: server.url, max: 1 });
  try {
    await historian.migrate();
    await fill(pool);
    const toMonth = (seconds: number): number => (seconds * MONTH_DAYS) / DAYS;
    const live = createLiveOee({ ...SITE, reader: historian, clock: CLOCK });
    const keeper = new ShiftKeeper({ site: SITE, store: historian.oee, live, clock: CLOCK, log: silentLog });
    const whole = await timed(() => keeper.runOnce());
    const { readS, pureS } = await readAndAccount(historian);
    const rawS = await timed(() => readRaw(pool));
    const say = (name: string, seconds: number, baseline?: number): BenchResult =>
      result('oee', name, 'a month of 20 machines, from 3 days', toMonth(seconds), 's', baseline && toMonth(baseline));
    return [
      say('recompute and store', whole, rawS),
      say('read and account', readS, rawS),
      say('account alone', pureS),
      result('oee', 'live', '1,000 changes and one account of all machines', liveMs(live), 'ms'),
    ];
  } finally {
    await pool.end();
    await historian.close();
    await server.close();
  }
}

async function fill(pool: Pool): Promise<void> {
  const perDay = 86_400 / CHANGE_EVERY_S;
  for (let day = 0; day < DAYS; day += 1) {
    await pool.query(
      `INSERT INTO telemetry (time, machine_id, metric_name, value, quality, meta)
       SELECT to_timestamp($1) + i * interval '${CHANGE_EVERY_S} s', 'bench/edge/M' || m, 'State', NULL, 192,
         jsonb_build_object('text', CASE WHEN i % 2 = 0 THEN 'Execute' ELSE 'Held' END)
       FROM generate_series(0, ${perDay - 1}) i, generate_series(0, ${MACHINES - 1}) m ORDER BY i`,
      [START_MS / 1_000 + day * 86_400],
    );
  }
}

async function readRaw(pool: Pool): Promise<void> {
  for (let day = 0; day < DAYS; day += 1) {
    await pool.query(
      `SELECT time, machine_id, metric_name, value, quality, meta FROM telemetry
       WHERE time >= to_timestamp($1) AND time < to_timestamp($1) + interval '1 day'`,
      [START_MS / 1_000 + day * 86_400],
    );
  }
}

async function readAndAccount({ oee }: ReturnType<typeof openHistorian>): Promise<{ readS: number; pureS: number }> {
  const machines = toAccountedMachines(SITE);
  const endMs = START_MS + DAYS * DAY_MS;
  const shifts = plannedShifts(SITE, { fromMs: START_MS, toMs: endMs });
  let pureS = 0;
  const readS = await timed(async () => {
    const wanted = shifts.map((item) => ({ item, range: around(item, machines) }));
    for await (const { item: shift, machines: loaded } of loadInTurn(SITE, oee, wanted)) {
      const facts = { site: SITE, shift, nowMs: Math.min(endMs, around(shift, machines).toMs), words: new Map() };
      pureS += await timed(() => Promise.resolve(accountShift(loaded, { ...facts, deadSinceMs: () => null })));
    }
  });
  return { readS, pureS };
}

/** Milliseconds of a thousand changes into a running shift that has some hours behind it. */
function liveMs(live: ReturnType<typeof createLiveOee>): number {
  const [first] = SITE.machines;
  if (first === undefined) return 0;
  const nowMs = CLOCK.nowMs();
  const toRow = (timeMs: number, index: number): TelemetryRow => ({
    timeMs,
    machineId: historianIdOf(SITE, SITE.machines[index % MACHINES] ?? first),
    metricName: 'State',
    value: null,
    quality: 192,
    meta: { text: Math.floor(index / MACHINES) % 2 === 0 ? 'Execute' : 'Held' },
    isHistorical: false,
    receivedAtMs: timeMs,
  });
  const before = Array.from({ length: 720 * MACHINES }, (_, index) =>
    toRow(nowMs - 7_200_000 + Math.floor(index / MACHINES) * CHANGE_EVERY_S * 1_000, index),
  );
  live.accept(before);
  live.accounts();
  const fromMs = performance.now();
  live.accept(Array.from({ length: LIVE_CHANGES }, (_, index) => toRow(nowMs - LIVE_CHANGES + index, index)));
  live.accounts();
  return performance.now() - fromMs;
}

import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ShiftConfig } from '../../shared/config/equipment.ts';
import { HistorianStorage } from '../../shared/config/historian.ts';
import type { ShiftRevised } from '../../shared/domain/oee-action.ts';
import type { TelemetryRow } from '../../shared/domain/telemetry-row.ts';
import type { Historian } from '../historian/open-historian.ts';
import { openHistorian } from '../historian/open-historian.ts';
import { silentLog } from '../platform/log.ts';
import { type FakeClock, fakeClock } from '../testing/fake-clock.ts';
import { startTestHistorian } from '../testing/test-historian.ts';
import { createLiveOee, type LiveOee } from './live-oee.ts';
import { OeeDesk } from './oee-desk.ts';
import { machine, MIN, PLAIN, row, SHIFT_MS } from './oee-fixture.ts';
import type { OeeSite } from './oee-site.ts';
import { ShiftKeeper } from './shift-keeper.ts';

const HOUR = 60 * MIN;
const SHIFTS = [
  { name: 'Early', days: ['mon'], from: '06:00', to: '08:00', breaks: [{ name: 'Break', from: '07:00', to: '07:10' }] },
  { name: 'Late', days: ['mon'], from: '08:00', to: '10:00' },
].map((shift) => ShiftConfig.parse(shift));

let server: Awaited<ReturnType<typeof startTestHistorian>>;
let historian: Historian;
let sql: Client;
let siteCount = 0;

interface Rig {
  readonly site: OeeSite;
  readonly clock: FakeClock;
  readonly live: LiveOee;
  readonly keeper: ShiftKeeper;
  readonly desk: OeeDesk;
  readonly told: ShiftRevised[];
  readonly prefix: string;
}

/** A site of its own in the shared database; `like` is started again on the same rows. */
function start(nowMs: number, like?: OeeSite): Rig {
  siteCount += 1;
  const site: OeeSite = like ?? {
    groupId: `g${siteCount}`,
    edgeNodeId: 'edge',
    machines: [machine('Filler'), machine('Packer', { idealCycleMs: 2_000, isBottleneck: true })],
    shifts: SHIFTS,
    timeZone: 'UTC',
    lineName: 'Line 1',
    ...PLAIN,
  };
  const clock = fakeClock(nowMs);
  const live = createLiveOee({ ...site, reader: historian, clock });
  const keeper = new ShiftKeeper({ site, store: historian.oee, live, clock, log: silentLog });
  const desk = new OeeDesk({
    site,
    reader: historian,
    store: historian.oee,
    live,
    clock,
    wordsAdded: () => undefined,
    toReadable: (error) => error,
  });
  const told: ShiftRevised[] = [];
  keeper.onRevised((revised) => told.push(revised));
  return { site, clock, live, keeper, desk, told, prefix: `${site.groupId}/edge` };
}

/** The same plant under the ids of a rig. */
const at = (rig: Rig, rows: readonly TelemetryRow[], isHistorical = false): TelemetryRow[] =>
  rows.map((one) => ({ ...one, isHistorical, machineId: one.machineId.replace('plant/edge', rig.prefix) }));

/** Four hours: parts each 10 s while it runs, a jam in each hour, one across the change of shifts. */
const FILLER = [
  row('Filler', 'Connection/Online', -HOUR, true),
  row('Filler', 'State', -30 * MIN, 'Execute'),
  ...[20, 75, 118, 190].flatMap((minute, index) => [
    row('Filler', 'State', minute * MIN, 'Held'),
    row('Filler', 'StopReason', minute * MIN + 40, `Jam ${index}`),
    row('Filler', 'State', (minute + 6) * MIN, 'Execute'),
    row('Filler', 'StopReason', (minute + 6) * MIN, ''),
  ]),
  ...Array.from({ length: 240 }, (_, index) => row('Filler', 'Processed', index * MIN, index * 30)),
  ...Array.from({ length: 24 }, (_, index) => row('Filler', 'Defective', index * 10 * MIN, index)),
];
const PACKER = FILLER.map((one) => ({ ...one, machineId: one.machineId.replace('Filler', 'Packer') }));
const PLANT = [...FILLER, ...PACKER];

/** All that is stored of a rig, without ids and times of computing. */
async function stored(rig: Rig): Promise<unknown> {
  const texts = async (query: string): Promise<string[]> =>
    (await sql.query<{ text: string }>(query, [`${rig.prefix}%`])).rows.map(({ text }) =>
      text.replaceAll(rig.prefix, ''),
    );
  return {
    accounts: await texts(
      `SELECT (to_jsonb(a) - 'computed_at' - 'shift_instance_id' - 'revision')::text AS text FROM oee_account a
       WHERE machine_id LIKE $1 ORDER BY machine_id, hour_start, product_id, shift_instance_id`,
    ),
    events: await texts(
      `SELECT (to_jsonb(e) - 'event_id')::text AS text FROM events e WHERE machine_id LIKE $1 ORDER BY machine_id, ts_start`,
    ),
    figures: await texts(
      `SELECT DISTINCT ON (starts_at, equipment_id)
         (to_jsonb(r) - 'shift_instance_id' - 'revision' - 'because' - 'made_at')::text AS text
       FROM shift_revision r JOIN shift_instance USING (shift_instance_id)
       WHERE equipment_id LIKE $1 ORDER BY starts_at, equipment_id, r.revision DESC`,
    ),
  };
}

beforeAll(async () => {
  server = await startTestHistorian();
  // The plant of the fixture ran long ago.
  const storage = HistorianStorage.parse({ retentionDays: 36_500 });
  historian = openHistorian({ url: server.url, maxConnections: 3, storage, clock: fakeClock(), log: silentLog });
  await historian.migrate();
  sql = new Client({ connectionString: server.url });
  await sql.connect();
});
afterAll(async () => {
  await historian.close();
  await sql.end();
  await server.close();
});

it('late data of two hours make of a settled shift what they would have made on time, as revisions', async () => {
  const onTime = start(SHIFT_MS + 5 * HOUR);
  await historian.insert(at(onTime, PLANT));
  await onTime.keeper.runOnce();
  const wanted = await stored(onTime);
  expect(wanted).toMatchObject({ figures: { length: 6 }, accounts: { length: 8 } });

  const late = start(SHIFT_MS + 5 * HOUR);
  const isLate = ({ timeMs }: TelemetryRow): boolean => timeMs >= SHIFT_MS + HOUR && timeMs < SHIFT_MS + 3 * HOUR;
  await historian.insert(
    at(
      late,
      PLANT.filter((one) => !isLate(one)),
    ),
  );
  await late.keeper.runOnce();
  expect(await stored(late)).not.toEqual(wanted);
  expect(late.told).toEqual([]);
  await historian.insert(at(late, PLANT.filter(isLate), true).reverse());
  await historian.insert(at(late, PLANT.filter(isLate), true));
  await historian.maintain();
  await late.keeper.runOnce();
  expect(await stored(late)).toEqual(wanted);
  expect(
    late.told.map(({ equipmentId, shiftFromMs, revision, because }) => [equipmentId, shiftFromMs, revision, because]),
  ).toEqual(
    [SHIFT_MS, SHIFT_MS + 2 * HOUR].flatMap((fromMs) =>
      ['Filler', 'Packer', 'Line 1'].map((id) => [id, fromMs, 2, 'data came late']),
    ),
  );
  const { shift } = await late.desk.shift({ equipmentId: 'Filler', shiftFromMs: SHIFT_MS });
  expect(shift).toMatchObject({ phase: 'revised', revision: 2, revisedBecause: 'data came late' });
  late.told.length = 0;
  await late.keeper.runOnce();
  expect(late.told).toEqual([]);
});

it('what was signed stays, is refused new words, and is signed again after late data', async () => {
  const rig = start(SHIFT_MS + 5 * HOUR);
  const late = row('Filler', 'State', 100 * MIN, 'Held');
  await historian.insert(at(rig, PLANT));
  await rig.keeper.runOnce();
  const sign = (revision: number) =>
    rig.desk.act({
      kind: 'sign-shift',
      equipmentId: 'Filler',
      shiftFromMs: SHIFT_MS,
      revision,
      comment: null,
      by: 'Ada',
    });
  const key = { equipmentId: 'Filler', shiftFromMs: SHIFT_MS };
  const before = await rig.desk.shift(key);
  expect(await sign(2)).toMatchObject({ phase: 'refused', code: 'oee/not-newest' });
  expect(await sign(1)).toEqual({ phase: 'done' });
  expect(await sign(1)).toMatchObject({ phase: 'refused', code: 'oee/signed' });
  const split = { kind: 'split-stop', equipmentId: 'Filler', atMs: SHIFT_MS + 22 * MIN, by: 'Ben' } as const;
  expect(await rig.desk.act(split)).toMatchObject({ phase: 'refused', code: 'oee/signed' });

  await historian.insert(at(rig, [late], true));
  await historian.maintain();
  await rig.keeper.runOnce();
  const { shift, factors } = await rig.desk.shift(key);
  expect(factors.availability.value).not.toBe(before.factors.availability.value);
  expect(shift).toMatchObject({
    phase: 'revised',
    revision: 2,
    signature: { by: 'Ada', revision: 1, oee: before.factors.oee.value },
  });
  expect(await rig.desk.act(split)).toEqual({ phase: 'done' });
  expect(await sign(2)).toEqual({ phase: 'done' });
});

it('a planned reason takes the stop out of the planned time, and taking it back brings it in again', async () => {
  const rig = start(SHIFT_MS + 5 * HOUR);
  const reasons = [{ reason_id: 'tool-change', name: 'Tool change', time_class: 'planned', is_planned: true }];
  await sql.query(`SELECT copy_configuration('[]', '[]', $1::jsonb)`, [JSON.stringify(reasons)]);
  await historian.insert(at(rig, PLANT));
  await rig.keeper.runOnce();
  const key = { equipmentId: 'Filler', shiftFromMs: SHIFT_MS };
  const before = await rig.desk.shift(key);
  const give = (reasonId: string | null, fromMin: number, toMin: number, equipmentId = 'Filler') =>
    rig.desk.act({
      kind: 'assign-reason',
      equipmentId,
      fromMs: SHIFT_MS + fromMin * MIN,
      toMs: SHIFT_MS + toMin * MIN,
      reasonId,
      comment: null,
      by: 'Ben',
    });
  expect(await give('tool-change', 30, 40)).toMatchObject({ code: 'oee/ran' });
  expect(await give('no-such', 20, 26)).toMatchObject({ code: 'oee/no-reason' });
  expect(await give('tool-change', 26, 20)).toMatchObject({ code: 'oee/empty-range' });
  expect(await give('tool-change', 400, 410)).toMatchObject({ code: 'oee/in-future' });
  expect(await give('tool-change', 250, 260)).toMatchObject({ code: 'oee/no-shift' });
  expect(await give('tool-change', 20, 26, 'Line 1')).toMatchObject({ code: 'oee/is-line' });
  await expect(give('tool-change', 20, 26, 'Nix')).rejects.toMatchObject({ code: 'oee/no-equipment' });
  expect(await give('tool-change', 20, 26)).toEqual({ phase: 'done' });
  await rig.keeper.runOnce();
  const given = await rig.desk.shift(key);
  expect(given.plannedMs).toBe(before.plannedMs - 6 * MIN);
  expect(given.shift).toMatchObject({ revision: 2, revisedBecause: 'Ben gave a reason' });
  const [listed] = await rig.desk.shifts({ equipmentId: 'Filler', beforeMs: SHIFT_MS + MIN, limit: 1 });
  expect(listed?.oee.value).toBe(given.factors.oee.value);
  expect(await give(null, 20, 26)).toEqual({ phase: 'done' });
  await rig.keeper.runOnce();
  const { factors, plannedMs, shift } = await rig.desk.shift(key);
  expect({ factors, plannedMs }).toEqual({ factors: before.factors, plannedMs: before.plannedMs });
  expect(shift?.revision).toBe(3);
});

it('a program that ends in the middle of a recompute leaves whole shifts, and the next one does the rest', async () => {
  const wanted = start(SHIFT_MS + 5 * HOUR);
  await historian.insert(at(wanted, PLANT));
  await wanted.keeper.runOnce();
  const rig = start(SHIFT_MS + 5 * HOUR);
  await historian.insert(at(rig, PLANT));
  let commitCount = 0;
  const dying = new ShiftKeeper({
    site: rig.site,
    live: rig.live,
    clock: rig.clock,
    log: silentLog,
    store: {
      ...historian.oee,
      commitShift: (commit) => {
        commitCount += 1;
        return commitCount === 1 ? historian.oee.commitShift(commit) : Promise.reject(new Error('killed'));
      },
    },
  });
  await expect(dying.runOnce()).rejects.toThrow('killed');
  expect(await stored(rig)).toMatchObject({ figures: { length: 3 } });
  await start(SHIFT_MS + 5 * HOUR, rig.site).keeper.runOnce();
  expect(await stored(rig)).toEqual(await stored(wanted));
});

it('the running shift has its open stop as an event, which ends when the machine runs again', async () => {
  const rig = start(SHIFT_MS + 22 * MIN);
  const rows = at(rig, FILLER);
  const upTo = (minute: number) => rows.filter(({ timeMs }) => timeMs <= SHIFT_MS + minute * MIN);
  const events = async () =>
    (
      await sql.query(
        `SELECT event_type, (extract(epoch FROM ts_end - ts_start))::int AS seconds FROM events WHERE machine_id LIKE $1`,
        [`${rig.prefix}%`],
      )
    ).rows as unknown[];
  await historian.insert(upTo(22));
  rig.live.accept(upTo(22));
  await rig.keeper.runOnce();
  expect(await events()).toEqual([{ event_type: 'fault', seconds: null }]);
  rig.clock.advanceMs(8 * MIN);
  rig.live.accept(upTo(30));
  await rig.keeper.runOnce();
  expect(await events()).toEqual([{ event_type: 'fault', seconds: 360 }]);
});

it('a backlog brings shifts from before all that was known, as if it had come on time', async () => {
  const [onTime, rig] = [start(SHIFT_MS + 5 * HOUR), start(SHIFT_MS + 5 * HOUR)];
  await historian.insert(at(onTime, PLANT));
  await onTime.keeper.runOnce();
  await rig.keeper.runOnce();
  await historian.insert(at(rig, PLANT, true));
  rig.clock.advanceMs(20_000);
  await rig.keeper.runOnce();
  expect(await stored(rig)).toEqual(await stored(onTime));
});

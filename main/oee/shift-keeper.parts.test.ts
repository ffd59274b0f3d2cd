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

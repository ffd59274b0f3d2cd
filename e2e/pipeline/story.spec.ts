import { join } from 'node:path';
import { expect, test } from 'playwright/test';
import { Gateway } from '../fixtures/gateway.ts';
import { ScriptedLine } from '../fixtures/scripted-line.ts';
import { byTime, MachineStory } from '../fixtures/story.ts';
import { query } from '../fixtures/telemetry.ts';

const MINUTE_MS = 60_000;
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

test('a shift of two machines that was told in seconds is in the historian with its own times', async () => {
  const startMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - 480 * MINUTE_MS;
  const filler = new MachineStory('Filler', startMs)
    .run(200 * MINUTE_MS, 30_000, 20)
    .stop(10 * MINUTE_MS, { reason: 'Cap jam' })
    .run(200 * MINUTE_MS, 30_000);
  const packer = new MachineStory('Packer', startMs)
    .run(201 * MINUTE_MS, 30_000)
    .stop(9 * MINUTE_MS, { state: 'Suspended', isStarved: true })
    .run(200 * MINUTE_MS, 30_000);
  const line = await ScriptedLine.start({
    machines: [{ id: 'Filler', fields: { idealCycleMs: 24_000 } }, { id: 'Packer' }],
    shifts: [{ name: 'Day', days: DAYS, from: '06:00', to: '14:00' }],
    timeZone: 'UTC',
  });
  try {
    const gateway = Gateway.start(line.siteFile, join(line.folder, 'gateway'));
    await line.untilWatched();
    await line.play(byTime([filler, packer]));

    const rows = await query<{ metric_name: string; at_ms: number; told: string }>(
      line.historianUrl,
      `SELECT metric_name, (extract(epoch FROM time) * 1000)::float8 AS at_ms, coalesce(meta->>'text', value::text) AS told
         FROM telemetry WHERE machine_id = 'SITE01/LINE01/Filler' AND quality = 192 AND metric_name = 'Status/StateCurrent'
        ORDER BY time`,
    );
    expect(rows.map(({ at_ms: atMs, told }) => [(atMs - startMs) / MINUTE_MS, told])).toEqual([
      [0, 'Execute'],
      [200, 'Aborted'],
      [210, 'Execute'],
    ]);
    expect((await gateway.stop()).exitCode).toBe(0);
  } finally {
    await Gateway.endAll();
    await line.close();
  }
});

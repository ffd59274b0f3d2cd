import { expect, it } from 'vitest';
import { startEmbeddedHistorian } from '../demo/embedded-historian.ts';
import { openHistorian } from '../historian/open-historian.ts';
import { silentLog } from '../platform/log.ts';
import { fakeClock } from '../testing/fake-clock.ts';
import { builder, machine, MIN, parts, row, S } from './oee-fixture.ts';

it('a restart in the middle of the shift reads the same figures back from the historian', async () => {
  const server = await startEmbeddedHistorian();
  const clock = fakeClock();
  const historian = openHistorian({ url: server.url, maxConnections: 2, clock, log: silentLog });
  const build = builder(fakeClock);
  const rows = [
    row('Filler', 'Connection/Online', -60 * MIN, true),
    row('Filler', 'State', -30 * MIN, 'Execute'),
    row('Filler', 'Processed', -10 * MIN, 7),
    row('Filler', 'Processed', -9 * MIN, 0, 0),
    ...parts('Filler', S, 10 * MIN, 9),
    row('Filler', 'State', 5 * MIN, 'Held'),
    row('Filler', 'StopReason', 5 * MIN + 40, 'Jam'),
    row('Filler', 'State', 8 * MIN, 'Execute'),
  ];
  try {
    await historian.migrate();
    expect(await historian.insert(rows)).toMatchObject({ insertedCount: rows.length });
    const restarted = build([machine('Filler')], 10 * MIN, historian).oee;
    await restarted.load();
    const running = build([machine('Filler')], 10 * MIN).oee;
    running.accept(rows);
    expect(restarted.snapshot()).toEqual(running.snapshot());
    expect(restarted.snapshot().machines[0]).toMatchObject({ totalCount: 600, accountMs: { failure: 3 * MIN } });
  } finally {
    await historian.close();
    await server.close();
  }
});

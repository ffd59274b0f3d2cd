import { expect } from '../fixtures/line.ts';
import { RampServer } from '../fixtures/ramp-server.ts';
import { query } from '../fixtures/telemetry.ts';
import { fault } from './fault.ts';
import { startRamps } from './ramp-run.ts';

const OPCUA = { stage: 'opcua.ramps' };
const TOLD_MS = 2_000;

fault(
  {
    number: 31,
    title: 'a node that is removed, and one that comes back with another type, cost the other tags nothing',
    injection: 'one node deleted; one deleted and added again as a String',
  },
  async (run) => {
    const { server, gateway } = await startRamps(run);
    await server.stopLoad();
    await run.lasts(TOLD_MS);
    await server.command({ kind: 'remove', ramp: 3 });
    await server.command({ kind: 'remove', ramp: 5 });
    await server.command({ kind: 'add', ramp: 5, isText: true });
    await server.command({ kind: 'load-start' });
    await run.lasts(5_000);
    await server.stopLoad();
    await run.lasts(TOLD_MS);
    // A download to the controller ends with a restart: everything is looked up anew.
    await server.kill();
    await server.startAgain();
    await gateway.untilLogged('connected', OPCUA);
    run.over();
    await run.settle(gateway);
    await server.close();
  },
);

fault(
  {
    number: 32,
    title: 'a server that takes seven items a call and five nodes a read gives all its tags',
    injection: 'MaxMonitoredItemsPerCall 7, MaxNodesPerRead 5',
    isFast: true,
  },
  async (run) => {
    const { folder, plant } = run.line;
    const server = await RampServer.start(folder, plant.historianUrl, { itemsPerCall: 7, nodesPerRead: 5 });
    const { gateway } = await startRamps(run, { server });
    await run.lasts(3_000);
    run.over();
    await run.settle(gateway);
    await server.close();
  },
);

fault(
  {
    number: 34,
    title: 'a burst of 100,000 changes within about a second arrives whole',
    injection: '100 ramps, 1,000 values each as fast as their times allow',
  },
  async (run) => {
    const { folder, plant } = run.line;
    const server = await RampServer.start(folder, plant.historianUrl, { ramps: 100, changesPerS: 1 });
    const { gateway } = await startRamps(run, { server, inSite: { queueSize: 10_000 } });
    await server.command({ kind: 'burst', rounds: 1_000 });
    run.over();
    await run.settle(gateway, { recoveryLimitMs: 60_000 });
    await server.close();
  },
);

fault(
  {
    number: 35,
    title: 'bad and uncertain values are stored with their quality, and the good ones around them cost nothing',
    injection: 'all nodes bad, then uncertain, then counting again',
  },
  async (run) => {
    const { server, gateway } = await startRamps(run);
    await server.stopLoad();
    await run.lasts(TOLD_MS);
    for (const status of ['BadSensorFailure', 'UncertainLastUsableValue'] as const) {
      await server.command({ kind: 'status', status });
      await run.lasts(1_000);
    }
    await server.command({ kind: 'load-start' });
    run.over();
    await run.settle(gateway);
    const rows = await query<{ quality: number; n: string }>(
      run.line.plant.historianUrl,
      `SELECT quality, count(*) AS n FROM telemetry WHERE metric_name LIKE 'Load/%' AND machine_id LIKE '%Ramps%' GROUP BY quality ORDER BY quality`,
    );
    expect(rows.map(({ quality }) => quality)).toEqual(expect.arrayContaining([0, 64, 192]));
    await server.close();
  },
);

for (const [words, offsetMs] of [
  ['in 1970', -Date.now() + 86_400_000],
  ['ten years ahead', 10 * 365.25 * 86_400_000],
] as const) {
  fault(
    {
      number: 36,
      title: `a server whose clock is ${words} costs nothing: its values are stored, or kept aside by name`,
      injection: `source times ${words}`,
    },
    async (run) => {
      const { folder, plant } = run.line;
      const server = await RampServer.start(folder, plant.historianUrl);
      const { gateway } = await startRamps(run, { server });
      await server.stopLoad();
      await run.lasts(TOLD_MS);
      await server.kill();
      // Before it is watched its values are in a history of another time, where nobody looks for them.
      await server.startUnheard({ clockOffsetMs: offsetMs, isIdle: true });
      gateway.skipLog();
      await gateway.untilLogged('connected', OPCUA);
      await server.command({ kind: 'load-start' });
      await run.lasts(10_000);
      run.over();
      await run.balance(gateway, 0);
      await server.close();
    },
  );
}

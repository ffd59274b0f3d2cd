import { BadNetwork } from '../fixtures/bad-network.ts';
import { expect } from '../fixtures/line.ts';
import { RampServer } from '../fixtures/ramp-server.ts';
import { fault } from './fault.ts';
import { startRamps } from './ramp-run.ts';

const OPCUA = { stage: 'opcua.ramps' };
/** Publishing interval, group commit and sending are over. */
const TOLD_MS = 2_000;

for (const [number, awayS] of [
  [25, 3],
  [26, 70],
] as const) {
  fault(
    {
      number,
      title: `an OPC UA server killed and back after ${awayS} s costs nothing of what it told`,
      injection: `SIGKILL to the server after it has told its values, started again after ${awayS} s`,
      isFast: awayS < 10,
      limitS: 300,
    },
    async (run) => {
      const { server, gateway } = await startRamps(run);
      await server.stopLoad();
      await run.lasts(TOLD_MS);
      await server.kill();
      await run.lasts(awayS * 1_000);
      await server.startAgain();
      run.over();
      await run.settle(gateway);
      await server.close();
    },
  );
}

fault(
  {
    number: 26,
    title: 'a server out of reach for longer than its session lives is read from its history afterwards',
    injection: 'road to a server with history cut for 75 s (session timeout 60 s), the server counts on',
    limitS: 400,
  },
  async (run) => {
    const { folder, plant } = run.line;
    const server = await RampServer.start(folder, plant.historianUrl);
    const network = await BadNetwork.before(server.endpointUrl);
    const { gateway } = await startRamps(run, {
      server,
      change: (text) => text.replace(server.endpointUrl, network.through(server.endpointUrl)),
    });
    network.cut();
    await run.lasts(75_000);
    network.mend();
    run.over();
    await run.settle(gateway, { recoveryLimitMs: 60_000 });
    await network.close();
    await server.close();
  },
);

fault(
  {
    number: 26,
    title: 'a short break of the road to a server without history costs nothing: its session is taken up again',
    injection: 'connection reset and refused for 3 s, server without history, the server counts on',
    isFast: true,
  },
  async (run) => {
    const { folder, plant } = run.line;
    const server = await RampServer.start(folder, plant.historianUrl, { hasHistory: false });
    const network = await BadNetwork.before(server.endpointUrl);
    const { gateway } = await startRamps(run, {
      server,
      change: (text) => text.replace(server.endpointUrl, network.through(server.endpointUrl)),
    });
    network.cut();
    await run.lasts(3_000);
    network.mend();
    run.over();
    await run.settle(gateway);
    await network.close();
    await server.close();
  },
);

fault(
  {
    number: 27,
    title: 'a server that hangs is noticed within three keep-alives and costs nothing',
    injection: 'SIGSTOP to the server process for 12 s, then SIGCONT',
  },
  async (run) => {
    const { server, gateway } = await startRamps(run);
    const sinceMs = performance.now();
    process.kill(server.processId, 'SIGSTOP');
    await gateway.untilLogged('connection lost', OPCUA);
    const noticedMs = performance.now() - sinceMs;
    run.note(`noticed after ${(noticedMs / 1_000).toFixed(1)} s`);
    expect(noticedMs).toBeLessThan(12_000);
    await run.lasts(Math.max(0, 12_000 - noticedMs));
    process.kill(server.processId, 'SIGCONT');
    run.over();
    await run.settle(gateway);
    await server.close();
  },
);

fault(
  {
    number: 30,
    title: 'a server that comes back with another namespace index gives the same tags',
    injection: 'server killed and started with three more namespaces before that of the tags',
  },
  async (run) => {
    const { server, gateway } = await startRamps(run);
    await server.stopLoad();
    await run.lasts(TOLD_MS);
    await server.kill();
    await server.startAgain({ foreignNamespaces: 3 });
    run.over();
    await run.settle(gateway);
    await server.close();
  },
);

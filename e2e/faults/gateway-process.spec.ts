import { BadNetwork } from '../fixtures/bad-network.ts';
import { expect } from '../fixtures/line.ts';
import { fault } from './fault.ts';

fault(
  {
    number: 39,
    title: 'a gateway killed with a backlog while the broker is away sends it all when both are back',
    injection: 'SIGKILL with more than 1,000 rows waiting, the broker away',
    isFast: true,
  },
  async (run) => {
    const { gateway, start } = await run.startGateway();
    await run.line.broker.takeAway();
    // More than 1,000 rows wait: a backlog that only the file remembers.
    await gateway.untilLogged('sampling is slowed');
    await gateway.kill();
    const again = start();
    await again.untilLogged('history is read', { stage: 'opcua.line' });
    await run.line.broker.bringBack();
    run.over();
    await run.settle(again);
  },
);

fault(
  {
    number: 39,
    title: 'a gateway killed while its server is away reads the whole gap from the history, not only since the kill',
    injection: 'SIGKILL 6 s after the server was cut off; the server back after the next start',
  },
  async (run) => {
    const { endpointUrl } = run.line.plant;
    const network = await BadNetwork.before(endpointUrl);
    const { gateway, start } = await run.startGateway({ urls: { [endpointUrl]: network.through(endpointUrl) } });
    network.cut();
    await gateway.untilLogged('away', { stage: 'opcua.line' });
    await run.lasts(6_000);
    await gateway.kill();
    const again = start();
    await again.untilLogged('engine runs');
    network.mend();
    run.over();
    await run.settle(again);
    await network.close();
  },
);

fault(
  {
    number: 39,
    title: 'a gateway killed again before it has read the history still reads the whole gap at the third start',
    injection: 'SIGKILL, 5 s later a start killed as soon as it runs, then a third start',
  },
  async (run) => {
    const { gateway, start } = await run.startGateway();
    await gateway.kill();
    await run.lasts(5_000);
    const again = start();
    await again.untilLogged('engine runs');
    await again.kill();
    const third = start();
    run.over();
    await run.settle(third);
  },
);

fault(
  {
    number: 58,
    title: 'SIGTERM ends the service within 5 s while broker, historian and server hang; the next start brings it all',
    injection: 'SIGTERM while broker (SIGSTOP), historian (proxy cut) and server (silent) hang',
    isFast: true,
  },
  async (run) => {
    const { historianUrl } = run.line.plant;
    const network = await BadNetwork.before(historianUrl);
    const { gateway, start } = await run.startGateway({ urls: { [historianUrl]: network.through(historianUrl) } });
    await run.line.plant.command({ kind: 'server-pause', durationS: 8 });
    run.line.broker.pause();
    network.cut();
    await run.lasts(2_000);
    const { exitCode, tookMs } = await gateway.stop();
    expect(exitCode).toBe(0);
    expect(tookMs).toBeLessThan(5_000);
    run.line.broker.resume();
    network.mend();
    const again = start();
    run.over();
    await run.settle(again);
    await network.close();
  },
);

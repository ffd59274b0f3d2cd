import { BadNetwork } from '../fixtures/bad-network.ts';
import { BrokerEar } from '../fixtures/broker-ear.ts';
import { expect } from '../fixtures/line.ts';
import { fault } from './fault.ts';

fault(
  {
    number: 68,
    title: 'a historian that is away for 15 s makes STATE offline; everything kept is stored afterwards',
    injection: 'every connection to the database reset and refused for 15 s by a TCP proxy',
    isFast: true,
  },
  async (run) => {
    const { historianUrl } = run.line.plant;
    const network = await BadNetwork.before(historianUrl);
    const ear = await BrokerEar.listen(run.line.broker.url);
    const { gateway } = await run.startGateway({ urls: { [historianUrl]: network.through(historianUrl) } });
    expect(ear.isHostOnline()).toBe(true);

    network.cut();
    const sinceMs = performance.now();
    await expect.poll(() => ear.isHostOnline(), { timeout: 10_000, intervals: [100] }).toBe(false);
    await run.lasts(15_000 - (performance.now() - sinceMs));
    expect(ear.isHostOnline()).toBe(false);
    network.mend();
    run.over();
    await expect.poll(() => ear.isHostOnline(), { timeout: 15_000, intervals: [100] }).toBe(true);
    await run.settle(gateway);
    await ear.close();
    await network.close();
  },
);

import { BadNetwork } from '../fixtures/bad-network.ts';
import { fault } from './fault.ts';

fault(
  {
    number: 5,
    title: 'a road to the broker that is reset every second for 10 s costs nothing',
    injection: 'RST on every connection once a second, ten times, by a TCP proxy',
  },
  async (run) => {
    const { url } = run.line.broker;
    const network = await BadNetwork.before(url);
    const { gateway } = await run.startGateway({ urls: { [url]: network.through(url) } });
    for (let second = 0; second < 10; second++) {
      network.reset();
      await run.lasts(1_000);
    }
    run.over();
    await run.settle(gateway);
    await network.close();
  },
);

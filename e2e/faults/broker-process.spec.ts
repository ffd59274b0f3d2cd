import { BrokerEar } from '../fixtures/broker-ear.ts';
import { expect } from '../fixtures/line.ts';
import { fault } from './fault.ts';
import { KEEP_ALIVE_S } from './fault-run.ts';

fault(
  {
    number: 1,
    title: 'a broker killed and back after 30 s costs nothing',
    injection: 'SIGKILL to mosquitto, started again on its port after 30 s',
  },
  async (run) => {
    const { gateway } = await run.startGateway();
    await run.line.broker.takeAway();
    await run.lasts(30_000);
    await run.line.broker.bringBack();
    run.over();
    await run.settle(gateway);
  },
);

fault(
  {
    number: 1,
    title: 'a broker that dies three times in short order costs nothing',
    injection: 'SIGKILL three times, 1 s away each, back for seeded 0.3 to 4 s',
    isFast: true,
  },
  async (run) => {
    const { gateway } = await run.startGateway();
    for (const atMostMs of [500, 2_000, 4_000]) {
      await run.line.broker.takeAway();
      await run.lasts(1_000);
      await run.line.broker.bringBack();
      await run.lasts(run.random.int(300, atMostMs));
    }
    run.over();
    await run.settle(gateway);
  },
);

fault(
  {
    number: 2,
    title: 'a broker that restarts at once and has forgotten everything meets a new session',
    injection:
      'SIGKILL to a mosquitto with `persistence false` and an immediate start, three times, seeded 3 to 6 s apart',
  },
  async (run) => {
    const ear = await BrokerEar.listen(run.line.broker.url);
    run.line.own(() => ear.close());
    const { gateway } = await run.startGateway();
    for (let round = 0; round < 3; round++) {
      gateway.skipLog();
      await run.line.broker.takeAway();
      await run.line.broker.bringBack();
      await gateway.untilLogged('the edge node is born');
      await run.lasts(run.random.int(3_000, 6_000));
    }
    run.over();
    const births = ear.birthSequence();
    run.note(`bdSeq of the births: ${births.join(' ')}`);
    expect(births.length).toBeGreaterThanOrEqual(4);
    expect([...new Set(births)].length).toBe(births.length);
    await run.settle(gateway);
  },
);

fault(
  {
    number: 3,
    title: 'a broker that hangs for 25 s is noticed within 1.5 keep-alive times and costs nothing',
    injection: 'SIGSTOP to mosquitto, SIGCONT after 25 s, keep-alive 4 s',
  },
  async (run) => {
    const { gateway } = await run.startGateway();
    run.line.broker.pause();
    const sinceMs = performance.now();
    await gateway.untilLogged('the edge node is offline', { stage: 'edge-node' });
    const noticedMs = performance.now() - sinceMs;
    run.note(`noticed after ${(noticedMs / 1_000).toFixed(1)} s`);
    expect(noticedMs).toBeLessThan(1_500 * KEEP_ALIVE_S);
    await run.lasts(25_000 - noticedMs);
    run.line.broker.resume();
    run.over();
    await run.settle(gateway);
  },
);

fault(
  {
    number: 3,
    title: 'a broker that hangs for 11 s unnoticed by the keep-alive costs nothing',
    injection: 'SIGSTOP for 11 s, keep-alive 60 s',
    isFast: true,
  },
  async (run) => {
    const { gateway } = await run.startGateway({ keepAliveS: 60 });
    run.line.broker.pause();
    await run.lasts(11_000);
    run.line.broker.resume();
    run.over();
    await run.settle(gateway);
  },
);

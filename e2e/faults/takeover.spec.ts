import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { BrokerEar } from '../fixtures/broker-ear.ts';
import { Gateway } from '../fixtures/gateway.ts';
import { HaProxy } from '../fixtures/haproxy.ts';
import { expect } from '../fixtures/line.ts';
import { Mosquitto } from '../fixtures/plant.ts';
import { fault } from './fault.ts';

const BORN = 'the edge node is born';

fault(
  {
    number: 21,
    title: 'a second gateway of the same names for 40 s makes no fight without end, and costs nothing',
    injection: 'a second gateway with the same site file and a data folder of its own, for 40 s',
  },
  async (run) => {
    const { gateway, siteFile } = await run.startGateway();
    const connectCount = (): number =>
      gateway.log.filter(({ text }) => text === 'the edge node is connecting').length - 1;
    gateway.skipLog();
    const second = Gateway.start(siteFile, join(run.line.folder, 'second-gateway'));
    await gateway.untilLogged('the edge node is offline');
    await run.lasts(40_000);
    run.note(`${connectCount()} new connections of the first gateway in 40 s`);
    // The waiting time doubles from 1 s, also when the connection itself succeeds.
    expect(connectCount()).toBeLessThanOrEqual(10);
    const codes = gateway.log.filter(({ stage }) => stage === 'edge-node').map(({ code }) => code);
    expect(codes).toContain('sparkplug/node-id-taken');
    expect((await second.stop()).exitCode).toBe(0);
    run.over();
    await run.settle(gateway);
  },
);

fault(
  {
    number: 22,
    title: 'brokers behind HAProxy that die one after the other are followed to the next one, with births there',
    injection:
      'HAProxy before three mosquittos, all clients on the first that lives; SIGKILL to the first, then to the second',
    needs: ['haproxy', 'mosquitto'],
  },
  async (run) => {
    const nodes = [run.line.broker];
    for (let extra = 0; extra < 2; extra++) {
      const node = await Mosquitto.start(run.line.folder);
      run.line.own(() => node.takeAway());
      nodes.push(node);
    }
    const proxy = await HaProxy.before(
      run.line.folder,
      nodes.map(({ port }) => port),
    );
    run.line.own(() => proxy.close());
    const { gateway } = await run.startGateway({ urls: { [run.line.broker.url]: proxy.url } });
    for (const next of [1, 2]) {
      const ear = await BrokerEar.listen(nodes[next]!.url);
      run.line.own(() => ear.close());
      gateway.skipLog();
      await nodes[next - 1]!.takeAway();
      const sinceMs = performance.now();
      await gateway.untilLogged(BORN);
      run.note(`born on node ${next + 1} after ${((performance.now() - sinceMs) / 1_000).toFixed(1)} s`);
      await expect.poll(() => ear.count('NBIRTH')).toBe(1);
      await run.lasts(run.random.int(3_000, 8_000));
    }
    run.over();
    await run.settle(gateway);
  },
);

fault(
  {
    number: 24,
    title: 'STATE messages that are bogus or older change nothing; a false offline is outlived',
    injection:
      'a foreign client publishes six bogus STATEs, an older offline, one of the same time, one of an hour ahead',
    isFast: true,
  },
  async (run) => {
    const ear = await BrokerEar.listen(run.line.broker.url);
    run.line.own(() => ear.close());
    const { gateway } = await run.startGateway();
    const foreign = await connectAsync(run.line.broker.url);
    run.line.own(() => foreign.endAsync(true));
    const publish = (payload: string | Buffer): Promise<unknown> =>
      foreign.publishAsync('spBv1.0/STATE/lineside', payload, { qos: 1, retain: true });
    const { timestamp } = ear.hostState()!;
    const birthCount = (): number => gateway.log.filter(({ text }) => text === BORN).length;

    const bogus = [
      'OFFLINE',
      '',
      '{}',
      '[]',
      `{"online":"false","timestamp":${timestamp}}`,
      Buffer.from([0xff, 0, 0x80]),
    ];
    for (const payload of bogus) await publish(payload);
    await publish(`{"online":false,"timestamp":${timestamp - run.random.int(1, 60_000)}}`);
    await run.lasts(3_000);
    expect(birthCount()).toBe(1);

    gateway.skipLog();
    await publish(`{"online":false,"timestamp":${timestamp}}`);
    await gateway.untilLogged('the edge node is offline', { because: 'host-state' });
    await gateway.untilLogged(BORN);
    gateway.skipLog();
    await publish(`{"online":false,"timestamp":${Date.now() + 3_600_000}}`);
    await gateway.untilLogged('the edge node is offline');
    await gateway.untilLogged(BORN);
    run.over();
    await run.settle(gateway);
  },
);

import { expect } from '../fixtures/line.ts';
import { MqttRoad } from '../fixtures/mqtt-road.ts';
import { UNBOUNDED } from '../fixtures/plant.ts';
import { fault } from './fault.ts';
import type { FaultRun } from './fault-run.ts';

async function restartBroker(run: FaultRun, lines: string): Promise<void> {
  await run.line.broker.configure(lines);
  await run.line.broker.takeAway();
  await run.line.broker.bringBack();
}

fault(
  {
    number: 14,
    title:
      'a broker that takes no packet above 2 kB is retried ever more rarely; nothing is lost when it takes them again',
    injection: 'mosquitto restarted with `max_packet_size 2000` for 30 s, then without; births are larger',
  },
  async (run) => {
    const { gateway } = await run.startGateway();
    await restartBroker(run, `${UNBOUNDED}max_packet_size 2000\n`);
    await run.lasts(30_000);
    const attempts = gateway.log.filter(({ text }) => text === 'the edge node is connecting').length - 1;
    const lastReason = gateway.log.findLast(({ text }) => text === 'the connection to the broker is lost');
    run.note(
      `${attempts} attempts in 30 s, each ended by the broker (${String(lastReason?.['code'])}): a birth cannot be split`,
    );
    expect(attempts).toBeLessThanOrEqual(7);
    await restartBroker(run, UNBOUNDED);
    run.over();
    await run.settle(gateway);
  },
);

/** How long the broker took for each PINGREQ, in milliseconds, ascending. */
async function pingTimes(run: FaultRun, road: MqttRoad, durationMs: number): Promise<readonly number[]> {
  const asked = new Map<number, number[]>();
  const tookMs: number[] = [];
  road.fromClient = ({ frame, connection, pass }) => {
    if (frame.kind === 'pingreq') asked.set(connection, [...(asked.get(connection) ?? []), performance.now()]);
    pass();
  };
  road.fromBroker = ({ frame, connection, pass }) => {
    const sinceMs = frame.kind === 'pingresp' ? asked.get(connection)?.shift() : undefined;
    if (sinceMs !== undefined) tookMs.push(performance.now() - sinceMs);
    pass();
  };
  await run.lasts(durationMs);
  return tookMs.sort((a, b) => a - b);
}

fault(
  {
    number: 23,
    title: 'a broker that waits for acknowledgements before it sends small packets costs time, and no values',
    injection: 'mosquitto without `set_tcp_nodelay`; the proxy measures each PINGREQ for 20 s, with it and without',
  },
  async (run) => {
    const road = await MqttRoad.before(run.line.broker.url);
    run.line.own(() => road.close());
    const { gateway } = await run.startGateway({ urls: { [run.line.broker.url]: road.url } });
    const describe = (times: readonly number[]): string => {
      const at = (share: number): string => (times[Math.floor((times.length - 1) * share)] ?? 0).toFixed(1);
      return `${times.length} barriers, median ${at(0.5)} ms, p99 ${at(0.99)} ms`;
    };
    run.note(`with nodelay: ${describe(await pingTimes(run, road, 20_000))}`);
    gateway.skipLog();
    await restartBroker(run, 'max_queued_messages 0\n');
    await gateway.untilLogged('the edge node is offline');
    await gateway.untilLogged('the edge node is born');
    run.note(`without: ${describe(await pingTimes(run, road, 20_000))}`);
    run.over();
    await run.settle(gateway);
  },
);

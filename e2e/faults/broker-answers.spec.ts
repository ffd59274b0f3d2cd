import { connack, PINGRESP, puback } from '../../main/testing/mqtt-frames.ts';
import { expect } from '../fixtures/line.ts';
import { MqttRoad, type Passage } from '../fixtures/mqtt-road.ts';
import { fault } from './fault.ts';
import type { FaultRun } from './fault-run.ts';

/** Said whenever the session of the node ends: its own connection went, or that of the host before it. */
const LOST = 'the edge node is offline';
const BORN = 'the edge node is born';

/** A gateway whose broker is reached over a proxy that understands MQTT. */
async function startOnRoad(run: FaultRun) {
  const road = await MqttRoad.before(run.line.broker.url);
  run.line.own(() => road.close());
  const started = await run.startGateway({ urls: { [run.line.broker.url]: road.url } });
  const countLogged = (wanted: string): number => started.gateway.log.filter(({ text }) => text === wanted).length;
  return { road, countLogged, ...started };
}

fault(
  {
    number: 6,
    title: 'connections cut after the first, a middle and the last byte but one of a data message cost nothing',
    injection: 'the proxy passes on N bytes of a DDATA message and hangs up: N = 1, 2, two seeded ones, all but one',
  },
  async (run) => {
    const { road, gateway } = await startOnRoad(run);
    const first = 1 + run.random.int(2, 40);
    const cuts: readonly ((sizeBytes: number) => number)[] = [
      () => 1,
      () => 2,
      () => first,
      (sizeBytes) => run.random.int(41, sizeBytes - 2),
      (sizeBytes) => sizeBytes - 1,
    ];
    for (const cutAt of cuts) {
      gateway.skipLog();
      const isCut = new Promise<void>((resolve) => {
        road.fromClient = ({ frame, pass, hangUp }) => {
          if (frame.topic?.includes('/DDATA/') !== true) return pass();
          pass(frame.bytes.subarray(0, cutAt(frame.bytes.length)));
          hangUp();
          // Everything else of this connection goes nowhere; the next one is whole again.
          road.fromClient = ({ pass: passOn }) => passOn();
          resolve();
        };
      });
      await isCut;
      await gateway.untilLogged(LOST, { stage: 'edge-node' });
      await gateway.untilLogged(BORN, { stage: 'edge-node' });
    }
    run.over();
    await run.settle(gateway);
  },
);

fault(
  {
    number: 7,
    title: 'a broker that withholds PINGRESP for 20 s is given up each time, and nothing counts as arrived',
    injection: 'the proxy withholds every PINGRESP for 20 s, everything else passes',
  },
  async (run) => {
    const { road, gateway, countLogged } = await startOnRoad(run);
    road.fromBroker = ({ frame, pass }) => void (frame.kind === 'pingresp' || pass());
    await gateway.untilLogged(LOST, { stage: 'edge-node' });
    await run.lasts(15_000);
    road.fromBroker = ({ pass }) => pass();
    run.over();
    run.note(`${countLogged(LOST)} sessions ended`);
    await run.settle(gateway);
  },
);

fault(
  {
    number: 8,
    title: 'a broker that answers every PINGREQ 2 s late for 40 s keeps its connection and costs nothing',
    injection: 'the proxy holds every PINGRESP back for 2 s, in order, for 40 s',
  },
  async (run) => {
    const { road, gateway, countLogged } = await startOnRoad(run);
    road.fromBroker = ({ frame, pass }) => void (frame.kind === 'pingresp' ? setTimeout(pass, 2_000) : pass());
    await run.lasts(40_000);
    run.note(`${countLogged(LOST)} sessions ended meanwhile`);
    expect(countLogged(LOST)).toBe(0);
    road.fromBroker = ({ pass }) => pass();
    run.over();
    await run.settle(gateway);
  },
);

/** After each PINGRESP something nobody asked for; then, once, the connection is cut with rows on the road. */
async function answerOddly(run: FaultRun, oddAnswer: (passage: Passage) => Buffer): Promise<void> {
  const { road, gateway, countLogged } = await startOnRoad(run);
  for (let round = 0; round < 2; round++) {
    road.fromBroker = (passage) => {
      passage.pass();
      if (passage.frame.kind === 'pingresp') passage.pass(oddAnswer(passage));
    };
    await run.lasts(run.random.int(4_000, 6_000));
    // What the client sends now reaches nobody: whatever an odd answer has confirmed of it would be lost.
    road.fromClient = () => {};
    await run.lasts(run.random.int(500, 1_500));
    road.fromBroker = ({ pass }) => pass();
    road.fromClient = ({ hangUp }) => hangUp();
    await run.lasts(500);
    road.fromClient = ({ pass }) => pass();
    await run.lasts(3_000);
  }
  run.over();
  run.note(`${countLogged(LOST)} sessions ended`);
  await run.settle(gateway);
}

fault(
  {
    number: 9,
    title: 'a broker that answers every PINGREQ twice confirms nothing that did not arrive',
    injection: 'the proxy doubles every PINGRESP, then swallows data for up to 1.5 s and hangs up, twice',
  },
  (run) => answerOddly(run, () => PINGRESP),
);

fault(
  {
    number: 9,
    title: 'PUBACKs for messages that were never sent are ignored',
    injection:
      'the proxy adds a PUBACK with a seeded packet id to every PINGRESP, then swallows data and hangs up, twice',
  },
  (run) => answerOddly(run, () => puback(run.random.int(1, 65_535))),
);

fault(
  {
    number: 12,
    title: 'a broker that refuses CONNECT for 25 s is asked again ever more rarely, with its reason in the log',
    injection: 'the proxy answers CONNECT with the return codes 2, 3 and 5 in turn and hangs up, for 25 s',
  },
  async (run) => {
    const { road, gateway } = await startOnRoad(run);
    const codes = [2, 3, 5];
    let refusals = 0;
    road.fromClient = ({ frame, answer, hangUp }) => {
      if (frame.kind === 'connect') answer(connack(codes[refusals++ % codes.length] ?? 3));
      hangUp();
    };
    await gateway.untilLogged(LOST, { stage: 'edge-node' });
    await run.lasts(25_000);
    road.fromClient = ({ pass }) => pass();
    run.over();
    run.note(`${refusals} attempts of node and host together in 25 s`);
    // Two clients whose waiting time doubles from 1 s: at most 6 attempts each.
    expect(refusals).toBeLessThanOrEqual(12);
    const reasons = gateway.log.filter(({ text }) => text === 'no connection to the broker').map(({ code }) => code);
    expect(reasons).toEqual(expect.arrayContaining([expect.stringMatching(/^mqtt\/refused-/)]));
    await run.settle(gateway);
  },
);

fault(
  {
    number: 17,
    title: 'a road with 800 ms of latency keeps its connection and costs nothing',
    injection: 'the proxy holds every chunk back for 400 ms in each direction for 40 s',
  },
  async (run) => {
    const { road, gateway, countLogged } = await startOnRoad(run);
    road.delayMs = 400;
    await run.lasts(40_000);
    run.note(`${countLogged(LOST)} sessions ended meanwhile`);
    expect(countLogged(LOST)).toBe(0);
    run.over();
    // The latency stays: what is promised has to hold with it.
    await run.settle(gateway);
  },
);

import type { Engine } from '../../engine/engine.ts';
import { encodeCommand } from '../payload-witness.ts';
import type { Recording } from '../recording.ts';
import type { Message } from '../select.ts';
import { GROUP, HOST, NODE, openPlant, type PlantUnderTest, PRESS, ROBOT, setBadValues } from './plant.ts';
import { askRebirth, untilClosed, untilIdle, untilPublished, untilSubscribed } from './steps.ts';

/** Longer than the engine takes for anything that it does at once. */
const QUIET_MS = 300;
const SETPOINT = 42.625;

/** The gateway with its servers through a long day: waiting, births, data, rebirths, losses, outage, stop. */
export async function recordGateway(): Promise<Recording> {
  const test = await openPlant('gateway');
  try {
    await waitForHost(test);
    await sendData(test);
    await bearAgain(test);
    await command(test);
    await loseRobot(test);
    await obeyHost(test);
    await loseLink(test);
    test.recorder.did('stop-asked');
    await test.engine.stop();
    await untilClosed(test.recorder);
    return test.recorder.recording;
  } finally {
    await test.close();
  }
}

/** A value that must come out again, now or as history; resolves when the gateway has read it. */
async function giveSpeed({ recorder, plant, engine }: PlantUnderTest, value: number): Promise<void> {
  recorder.gave(PRESS, 'Status/Speed', value);
  plant.press.set('Speed', value, Date.now());
  const query = { fromIndex: 0, maxRows: 1, search: `${PRESS}.Status/Speed` };
  for (;;) {
    const { rows } = await engine.tagPage(query);
    if (rows[0]?.last?.value === String(value)) return;
    await recorder.pause(10);
  }
}

const untilServersConnected = (engine: Engine): Promise<void> =>
  new Promise((resolve) => {
    const stop = engine.onSnapshot(({ servers }) => {
      if (!servers.every(({ state }) => state.phase === 'connected')) return;
      stop();
      resolve();
    });
  });

/** Nothing is born for another host, for words that are no STATE, for one that is offline or older than the last. */
async function waitForHost({ recorder, broker, engine }: PlantUnderTest): Promise<void> {
  const nowMs = Date.now();
  await broker.sayState('other', { online: true, timestamp: nowMs });
  await broker.sayState(HOST, { online: false, timestamp: nowMs - 5_000 });
  await engine.start();
  await untilSubscribed(recorder);
  // Whoever is late would be born alone.
  await untilServersConnected(engine);
  for (const device of [PRESS, ROBOT]) recorder.did('device-back', device);
  await recorder.pause(QUIET_MS);
  await broker.sayState(HOST, { online: 'true', timestamp: nowMs });
  await broker.sayState(HOST, 'ONLINE');
  await broker.sayState(HOST, { online: true, timestamp: nowMs - 6_000 });
  await recorder.pause(QUIET_MS);
  await broker.sayState(HOST, { online: true, timestamp: nowMs - 4_000 });
  await untilPublished(recorder, { verb: 'NBIRTH' });
  await untilPublished(recorder, { verb: 'DBIRTH', deviceId: PRESS });
  await untilPublished(recorder, { verb: 'DBIRTH', deviceId: ROBOT });
}

async function sendData({ recorder, plant }: PlantUnderTest): Promise<void> {
  for (let round = 1; round < plant.roundCount; round += 1) {
    const since = recorder.mark;
    plant.setRound(round);
    // Out of their order in time, and one that has not changed.
    plant.press.set('Speed', round, Date.now());
    plant.press.set('Count', round, Date.now() - 500);
    plant.robot.set('Count', 1, Date.now());
    await untilPublished(recorder, { verb: 'DDATA', deviceId: PRESS, since });
    await untilIdle(recorder, 150);
  }
  const since = recorder.mark;
  setBadValues(plant, Date.now());
  await untilPublished(recorder, { verb: 'DDATA', deviceId: PRESS, since });
}

async function bearAgain(test: PlantUnderTest): Promise<void> {
  const { recorder, broker } = test;
  const { recording } = recorder;
  const ask = (options: Parameters<typeof askRebirth>[2] = {}): Promise<void> => askRebirth(broker, recording, options);
  let since = recorder.mark;
  await ask({ value: false });
  await recorder.pause(QUIET_MS);
  await ask();
  await untilPublished(recorder, { verb: 'NBIRTH', since });
  // A burst, and then values change: they wait for the births that answer the last request.
  since = recorder.mark;
  for (let index = 0; index < 6; index += 1) await ask({ isBare: index % 2 === 0, qos: index === 3 ? 0 : 1 });
  for (let index = 0; index < 6; index += 1) await giveSpeed(test, 1_000 + index);
  await untilPublished(recorder, { verb: 'NBIRTH', since });
  await untilPublished(recorder, { verb: 'DBIRTH', deviceId: ROBOT, since });
  await untilIdle(recorder, QUIET_MS);
}

/** By name, without timestamps: what a host needs not send must not be missed. */
async function command({ recorder, broker }: PlantUnderTest): Promise<void> {
  const since = recorder.mark;
  const payload = encodeCommand({ metrics: [{ name: 'Settings/Setpoint', datatype: 10, doubleValue: SETPOINT }] });
  await broker.publish(`spBv1.0/${GROUP}/DCMD/${NODE}/${PRESS}`, payload, { qos: 0 });
  const isBack = ({ payload: data }: Message): boolean =>
    data?.metrics.some(({ value }) => value === SETPOINT) ?? false;
  await untilPublished(recorder, { verb: 'DDATA', deviceId: PRESS, since, fits: isBack });
}

async function loseRobot({ recorder, plant }: PlantUnderTest): Promise<void> {
  let since = recorder.mark;
  recorder.did('device-lost', ROBOT);
  plant.network.cut();
  await untilPublished(recorder, { verb: 'DDEATH', deviceId: ROBOT, since });
  plant.robot.set('Speed', 55, Date.now());
  since = recorder.mark;
  plant.network.resume();
  recorder.did('device-back', ROBOT);
  await untilPublished(recorder, { verb: 'DBIRTH', deviceId: ROBOT, since });
  plant.robot.set('Speed', 56, Date.now());
  await untilPublished(recorder, { verb: 'DDATA', deviceId: ROBOT, since });
}

/** An older word of the host changes nothing; a newer one ends the session, and values wait until it is back. */
async function obeyHost(test: PlantUnderTest): Promise<void> {
  const { recorder, broker } = test;
  const nowMs = Date.now();
  await broker.sayState(HOST, { online: false, timestamp: nowMs - 60_000 });
  await recorder.pause(QUIET_MS);
  let since = recorder.mark;
  await broker.sayState(HOST, { online: false, timestamp: nowMs });
  await untilPublished(recorder, { verb: 'NDEATH', since });
  for (let index = 0; index < 5; index += 1) {
    await giveSpeed(test, 2_000 + index);
  }
  await untilSubscribed(recorder, since);
  // Still older than its last word.
  await broker.sayState(HOST, { online: true, timestamp: nowMs - 1 });
  await recorder.pause(QUIET_MS);
  since = recorder.mark;
  await broker.sayState(HOST, { online: true, timestamp: nowMs + 1 });
  await untilPublished(recorder, { verb: 'DDATA', deviceId: PRESS, since });
  await untilIdle(recorder, QUIET_MS);
}

async function loseLink(test: PlantUnderTest): Promise<void> {
  const { recorder, broker } = test;
  const since = recorder.mark;
  recorder.did('link-cut');
  broker.cut();
  for (let index = 0; index < 5; index += 1) {
    await giveSpeed(test, 3_000 + index);
  }
  await untilPublished(recorder, { verb: 'DDATA', deviceId: PRESS, since });
  await giveSpeed(test, 4_000);
  await untilIdle(recorder, QUIET_MS);
}

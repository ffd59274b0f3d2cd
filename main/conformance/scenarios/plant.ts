import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataType, StatusCodes, VariantArrayType } from 'node-opcua';
import { SiteConfig } from '../../../shared/config/site.ts';
import { composeEngine } from '../../compose.ts';
import type { Engine } from '../../engine/engine.ts';
import { systemClock } from '../../platform/clock.ts';
import { Lifetime } from '../../platform/lifetime.ts';
import { silentLog } from '../../platform/log.ts';
import { startTcpProxy, type TcpProxy } from '../../testing/tcp-proxy.ts';
import { VALUE_CASES } from '../../testing/value-limits.ts';
import { startValueServer, VALUE_NAMESPACE, type ValueNode, type ValueServer } from '../../testing/value-server.ts';
import { RecordedBroker } from '../recorded-broker.ts';
import { Recorder } from '../recorder.ts';

export const GROUP = 'Werk Süd';
export const NODE = 'Linie 1';
export const HOST = 'scada';
/** Has every datatype. */
export const PRESS = 'Press';
/** On a server of its own, which goes away. */
export const ROBOT = 'Robot';

const scalar = (name: string, dataType: DataType): ValueNode => ({
  name,
  dataType,
  arrayType: VariantArrayType.Scalar,
});
const RUNNING = [scalar('Speed', DataType.Double), scalar('Count', DataType.UInt32)];
const ROUND_COUNT = Math.max(...VALUE_CASES.map(({ steps }) => steps.length));

/** Two real OPC UA servers, one of them behind a network that can break. */
export interface Plant {
  readonly network: TcpProxy;
  readonly robot: ValueServer;
  readonly press: ValueServer;
  /** Gives every node of the press its value of this round. */
  setRound(round: number): void;
  readonly roundCount: number;
}

export async function startPlant(lifetime: Lifetime): Promise<Plant> {
  const press = await startValueServer([
    ...VALUE_CASES,
    ...RUNNING,
    scalar('NeverSet', DataType.Double),
    scalar('Setpoint', DataType.Double),
  ]);
  lifetime.own('press', () => press.close());
  const robot = await startValueServer(RUNNING);
  lifetime.own('robot', () => robot.close());
  const network = await startTcpProxy(Number(new URL(robot.endpointUrl.replace('opc.tcp', 'http')).port), systemClock);
  lifetime.own('network', () => network.close());
  const startMs = Date.now() - 60_000;
  const setRound = (round: number): void => {
    for (const { name, steps } of VALUE_CASES) {
      const step = steps[round];
      if (step !== undefined) press.set(name, step[0], startMs + round * 1_000);
    }
  };
  setRound(0);
  return { network, robot, press, setRound, roundCount: ROUND_COUNT };
}

const tag = (name: string, metric: string, datatype: string): object => ({
  node: `nsu=${VALUE_NAMESPACE};s=${name}`,
  metric,
  datatype,
});
const RUNNING_TAGS = [tag('Speed', 'Status/Speed', 'Double'), tag('Count', 'Counts/Total', 'UInt32')];

export function toSite(plant: Plant, brokers: readonly RecordedBroker[]): SiteConfig {
  const server = { securityMode: 'None', securityPolicy: 'None', publishingIntervalMs: 50 };
  return SiteConfig.parse({
    site: { enterprise: 'Acme', site: 'S', area: 'A', line: 'L', timeZone: 'UTC' },
    sparkplug: { groupId: GROUP, edgeNodeId: NODE, primaryHostId: HOST, keepAliveS: 5 },
    brokers: brokers.map(({ url }) => ({ url })),
    storeAndForward: { groupCommitMs: 20 },
    samplingClasses: { normal: { samplingIntervalMs: 0, queueSize: 100 } },
    opcuaServers: [
      { id: 'press', endpointUrl: plant.press.endpointUrl, ...server },
      { id: 'robot', endpointUrl: `opc.tcp://127.0.0.1:${plant.network.port}`, ...server },
    ],
    machines: [
      {
        id: PRESS,
        server: 'press',
        tags: [
          ...VALUE_CASES.map(({ name, datatype }) => tag(name, `Values/${name}`, datatype)),
          ...RUNNING_TAGS,
          tag('NeverSet', 'Status/NeverSet', 'Double'),
          { ...tag('Setpoint', 'Settings/Setpoint', 'Double'), writable: true },
        ],
      },
      { id: ROBOT, server: 'robot', tags: RUNNING_TAGS },
    ],
  });
}

/** The whole gateway, put together as the service does, with everything around it real. */
export interface PlantUnderTest {
  readonly recorder: Recorder;
  readonly broker: RecordedBroker;
  readonly plant: Plant;
  readonly engine: Engine;
  close(): Promise<void>;
}

export async function openPlant(scenario: string): Promise<PlantUnderTest> {
  const recorder = new Recorder({ scenario, groupId: GROUP, edgeNodeId: NODE, primaryHostId: HOST });
  const lifetime = new Lifetime();
  try {
    const folder = await mkdtemp(join(tmpdir(), 'lineside-conformance-'));
    lifetime.own('folder', () => rm(folder, { recursive: true, force: true }));
    const broker = await RecordedBroker.start(recorder);
    lifetime.own('broker', () => broker.close());
    const plant = await startPlant(lifetime);
    const engine = await composeEngine({
      site: toSite(plant, [broker]),
      siteFile: join(folder, 'site.yaml'),
      dataFolder: folder,
      isDemo: false,
      log: silentLog,
      logFd: 2,
    });
    lifetime.own('engine', () => engine.stop());
    return { recorder, broker, plant, engine, close: () => lifetime.end() };
  } catch (error) {
    await lifetime.end();
    throw error;
  }
}

/** A value with quality bad, then one that is uncertain. */
export function setBadValues({ press }: Plant, atMs: number): void {
  press.set('Speed', 17, atMs, StatusCodes.BadSensorFailure);
  press.set('Count', 17, atMs, StatusCodes.UncertainLastUsableValue);
}

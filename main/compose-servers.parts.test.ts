import { DataType, VariantArrayType } from 'node-opcua';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { EngineSnapshot } from '../shared/domain/engine-snapshot.ts';
import { SiteChangeResult } from '../shared/domain/site-change.ts';
import { runApply } from './commands/run-apply.ts';
import { composeEngine } from './compose.ts';
import type { Engine } from './engine/engine.ts';
import { systemClock } from './platform/clock.ts';
import { Lifetime } from './platform/lifetime.ts';
import { silentLog } from './platform/log.ts';
import { type ChangingSite, startChangingSite } from './testing/changing-site.ts';
import { startValueServer, VALUE_NAMESPACE, type ValueServer } from './testing/value-server.ts';

let plant: ChangingSite;
let second: ValueServer;
let lifetime: Lifetime;
beforeEach(async () => {
  lifetime = new Lifetime();
  plant = await startChangingSite();
  lifetime.own('plant', () => plant.close());
  second = await startValueServer([
    { name: 'Labeller.A', dataType: DataType.Double, arrayType: VariantArrayType.Scalar },
  ]);
  lifetime.own('second server', () => second.close());
  let count = 0;
  const ramp = (): void => second.set('Labeller.A', (count += 1), systemClock.nowMs());
  ramp();
  lifetime.own('ramp', systemClock.every(20, ramp));
});
afterEach(() => lifetime.end());

const OPEN = { securityMode: 'None', securityPolicy: 'None', publishingIntervalMs: 50 };
const toServer = (endpointUrl: string) => ({ id: 'second', endpointUrl, ...OPEN });
const LABELLER = {
  id: 'Labeller',
  server: 'second',
  tags: [{ metric: 'A', node: `nsu=${VALUE_NAMESPACE};s=Labeller.A`, datatype: 'Double', sampling: 'event' }],
};

const countOf = (what: string): number => plant.messages.filter((message) => message.what === what).length;
const valuesOf = (device: string): number[] =>
  plant.values
    .filter((heard) => heard.device === device && heard.metric === 'A' && !heard.isHistorical)
    .map(({ value }) => Number(value));

async function start(more: object): Promise<Engine> {
  const site = await plant.write({}, more);
  const { siteFile, dataFolder } = plant;
  const engine = await composeEngine({ site, siteFile, dataFolder, isDemo: false, log: silentLog, logFd: 2 });
  lifetime.own('engine', () => engine.stop());
  await engine.start();
  return engine;
}

async function apply(): Promise<SiteChangeResult> {
  const printed: string[] = [];
  expect(await runApply(['--data', plant.dataFolder, '--json'], (text) => printed.push(text))).toBe(0);
  return SiteChangeResult.parse(JSON.parse(printed.join('')));
}

const untilSnapshot = (engine: Engine, holds: (snapshot: EngineSnapshot) => boolean): Promise<void> =>
  new Promise((resolve) => {
    const end = engine.onSnapshot((snapshot) => {
      if (!holds(snapshot)) return;
      end();
      resolve();
    });
  });

it('begins without servers and machines, and takes a server, then a machine on it, while the node stays up', async () => {
  const engine = await start({ opcuaServers: [] });
  await plant.until(() => countOf('NBIRTH') === 1);
  await untilSnapshot(engine, ({ servers, broker }) => servers.length === 0 && broker.session === 'born');
  expect(plant.messages.filter(({ what }) => what.startsWith('D'))).toEqual([]);

  const opcuaServers = [toServer(second.endpointUrl)];
  await plant.write({}, { opcuaServers });
  expect((await apply()).changes).toEqual([
    { kind: 'server-added', serverId: 'second', endpointUrl: second.endpointUrl },
  ]);
  await untilSnapshot(engine, ({ servers }) => servers[0]?.state.phase === 'connected');

  await plant.write({}, { opcuaServers, machines: [LABELLER] });
  expect((await apply()).refused).toEqual([]);
  await plant.until(() => valuesOf('Labeller').length > 5);
  expect([countOf('NBIRTH'), countOf('DBIRTH Labeller')]).toEqual([1, 1]);
});

it('adds, changes and removes one server while the values of another go on without a gap', async () => {
  const site = await plant.write({ Filler: ['A'] });
  const engine = await start({ machines: site.machines });
  await plant.until(() => valuesOf('Filler').length > 5);

  const both = {
    opcuaServers: [...site.opcuaServers, toServer(second.endpointUrl)],
    machines: [...site.machines, LABELLER],
  };
  await plant.write({}, both);
  expect((await apply()).changes.map(({ kind }) => kind)).toEqual(['server-added', 'machine-added']);
  await plant.until(() => valuesOf('Labeller').length > 5);

  const [first, added] = both.opcuaServers;
  await plant.write({}, { ...both, opcuaServers: [first, { ...added, publishingIntervalMs: 100 }] });
  const { changes, devices } = await apply();
  expect(changes).toEqual([
    { kind: 'server-changed', serverId: 'second', fields: ['publishingIntervalMs'], machineIds: ['Labeller'] },
  ]);
  expect(devices).toEqual([{ deviceId: 'Labeller', message: 'DBIRTH', metricCount: 2 }]);
  await plant.until(() => countOf('DBIRTH Labeller') === 2);
  const heardCount = valuesOf('Labeller').length;
  await plant.until(() => valuesOf('Labeller').length > heardCount + 5);

  await plant.write({}, { machines: site.machines });
  expect((await apply()).changes.map(({ kind }) => kind)).toEqual(['server-removed', 'machine-removed']);
  await untilSnapshot(engine, ({ servers }) => servers.length === 1);
  const last = valuesOf('Filler').length;
  await plant.until(() => valuesOf('Filler').length > last + 20);

  expect([countOf('NBIRTH'), countOf('DBIRTH Filler'), countOf('DDEATH Filler')]).toEqual([1, 1, 0]);
  expect(plant.messages.findLast(({ what }) => what.endsWith('Labeller'))?.what).toBe('DDEATH Labeller');
  const heard = valuesOf('Filler');
  expect(heard).toEqual(heard.map((_value, index) => (heard[0] ?? 0) + index));
});

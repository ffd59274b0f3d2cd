import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataType, VariantArrayType } from 'node-opcua';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { SiteConfig } from '../shared/config/site.ts';
import type { Datatype } from '../shared/domain/metric.ts';
import { composeEngine } from './compose.ts';
import type { Engine } from './engine/engine.ts';
import { Lifetime } from './platform/lifetime.ts';
import { silentLog } from './platform/log.ts';
import { startMosquitto } from './testing/mosquitto.ts';
import { PlainHost, toCommand } from './testing/plain-host.ts';
import { startValueServer, VALUE_NAMESPACE, type ValueNode, type ValueServer } from './testing/value-server.ts';

const TOPIC = 'spBv1.0/plant/DCMD/line/Press';
const scalar = (name: string, dataType: DataType): ValueNode => ({
  name,
  dataType,
  arrayType: VariantArrayType.Scalar,
});

const NODES: readonly (ValueNode & {
  readonly datatype: Datatype;
  readonly first: unknown;
  readonly extra?: object;
})[] = [
  { ...scalar('Setpoint', DataType.Double), datatype: 'Double', first: 10, extra: { writable: true } },
  {
    ...scalar('Clamped', DataType.Double),
    clamp: { least: 0, most: 100 },
    datatype: 'Double',
    first: 50,
    extra: { writable: true, deadband: { absolute: 1_000 } },
  },
  { ...scalar('Offset', DataType.SByte), datatype: 'Int8', first: 1, extra: { writable: true } },
  { ...scalar('Total', DataType.UInt32), datatype: 'UInt32', first: 1, extra: { writable: true } },
  {
    name: 'Recipe',
    dataType: DataType.Int16,
    arrayType: VariantArrayType.Array,
    datatype: 'Int16Array',
    first: [1],
    extra: { writable: true },
  },
  { ...scalar('Locked', DataType.Double), isReadOnly: true, datatype: 'Double', first: 7, extra: { writable: true } },
  { ...scalar('Watched', DataType.Double), datatype: 'Double', first: 3 },
];

const siteOf = (endpointUrl: string, brokerUrl: string): SiteConfig =>
  SiteConfig.parse({
    site: { enterprise: 'Acme', site: 'plant', area: 'A', line: 'line', timeZone: 'UTC' },
    sparkplug: { groupId: 'plant', edgeNodeId: 'line', primaryHostId: 'scada', keepAliveS: 5 },
    brokers: [{ url: brokerUrl }],
    samplingClasses: { normal: { samplingIntervalMs: 50, queueSize: 10 } },
    opcuaServers: [
      {
        id: 'values',
        endpointUrl,
        securityMode: 'None',
        securityPolicy: 'None',
        identity: { type: 'anonymous' },
        publishingIntervalMs: 50,
      },
    ],
    machines: [
      {
        id: 'Press',
        server: 'values',
        tags: NODES.map(({ name, datatype, extra }) => ({
          node: `nsu=${VALUE_NAMESPACE};s=${name}`,
          metric: name,
          datatype,
          ...extra,
        })),
      },
    ],
  });

describe('commands of a host, from a real broker to a real server and back', () => {
  const lifetime = new Lifetime();
  let server: ValueServer;
  let host: PlainHost;
  let engine: Engine;
  let startEngine: () => Promise<void>;

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lineside-commands-'));
    lifetime.own('folder', () => rm(folder, { recursive: true, force: true }));
    const broker = await startMosquitto();
    lifetime.own('broker', () => broker.close());
    server = await startValueServer(NODES);
    lifetime.own('server', () => server.close());
    for (const { name, first } of NODES) server.set(name, first, Date.now() - 60_000);
    host = await PlainHost.connect(broker.url);
    lifetime.own('host', () => host.end());
    const site = siteOf(server.endpointUrl, broker.url);
    const options = { siteFile: join(folder, 'site.yaml'), dataFolder: folder, isDemo: false, log: silentLog };
    startEngine = async () => {
      engine = await composeEngine({ ...options, site, logFd: 2 });
      await engine.start();
    };
    lifetime.own('engine', () => engine.stop());
    await startEngine();
    await vi.waitFor(() => expect(host.aliasOf('Watched')).toBeGreaterThan(0), { timeout: 20_000 });
    await until(() => expect(host.told('Watched')).toEqual([3]));
  }, 60_000);
  afterAll(() => lifetime.end());

  const until = (look: () => void): Promise<void> => vi.waitFor(look, { timeout: 10_000, interval: 20 });
  const commands = () => {
    const snapshot = engine.readSnapshot()?.commands;
    if (snapshot === undefined) throw new Error('there is no snapshot yet');
    return snapshot;
  };
  const untilJudged = (count: number): Promise<void> =>
    until(() => {
      const { writtenCount, failedCount, refused } = commands();
      const refusedCount = Object.values(refused).reduce((sum, one) => sum + one, 0);
      expect(writtenCount + failedCount + refusedCount).toBe(count);
    });
  let judgedCount = 0;

  it('writes by name and by alias, and DDATA carries what the server then has', async () => {
    const from = host.heard.length;
    await host.command(
      TOPIC,
      toCommand(
        [{ name: 'Setpoint' }, 'Double', 20.5],
        [{ alias: host.aliasOf('Offset') }, 'Int8', -5],
        [{ name: 'Total' }, 'UInt32', 4_294_967_295],
        [{ name: 'Recipe' }, 'Int16Array', [-1, 2, 3]],
      ),
    );
    await until(() => {
      expect(host.told('Setpoint', from)).toEqual([20.5]);
      expect(host.told('Offset', from)).toEqual([-5]);
      expect(host.told('Total', from)).toEqual([4_294_967_295]);
      expect(host.told('Recipe', from)).toEqual([[-1, 2, 3]]);
    });
    expect(server.get('Setpoint')).toBe(20.5);
    expect(server.get('Offset')).toBe(-5);
    await untilJudged((judgedCount += 4));
  });

  it('tells the value that the server has clamped, which no deadband holds back, and never the commanded one', async () => {
    const from = host.heard.length;
    await host.command(TOPIC, toCommand([{ name: 'Clamped' }, 'Double', 150]));
    await until(() => expect(host.told('Clamped', from)).toEqual([100]));
    await untilJudged((judgedCount += 1));
    expect(host.heard.map(({ value }) => value)).not.toContain(150);
    expect(commands().last[0]).toMatchObject({ metric: 'Clamped', value: '150', phase: 'written', detail: 'Good' });
  });

  it('refuses, by reason, what is not writable, unknown, null, of another type or out of range, and the rest is written', async () => {
    const from = host.heard.length;
    const before = commands().refused;
    await host.command(
      TOPIC,
      toCommand(
        [{ name: 'Watched' }, 'Double', 99],
        [{ name: 'Connection/Online' }, 'Boolean', false],
        [{ name: 'Nothing' }, 'Double', 99],
        [{ alias: 999 }, 'Double', 99],
        [{ name: 'Setpoint' }, 'Double', null],
        [{ name: 'Setpoint' }, 'Int32', 99],
        [{ name: 'Offset' }, 'Int32', 300],
        [{ name: 'Total' }, 'UInt64', 2n ** 32n],
        [{ name: 'Setpoint' }, 'Double', 21.5],
      ),
    );
    await until(() => expect(host.told('Setpoint', from)).toEqual([21.5]));
    await untilJudged((judgedCount += 9));
    const grown = Object.entries(commands().refused).map(([reason, count]) => [reason, count - (before[reason] ?? 0)]);
    expect(Object.fromEntries(grown)).toEqual({
      'not-writable': 2,
      'unknown-metric': 2,
      'no-value': 1,
      'wrong-type': 1,
      'out-of-range': 2,
    });
    expect(['Watched', 'Offset', 'Total'].map((name) => server.get(name))).toEqual([3, -5, 4_294_967_295]);
    expect(host.told('Watched', from)).toEqual([]);
  });

  it('counts what the server refuses as failed, with the name of its status', async () => {
    await host.command(TOPIC, toCommand([{ name: 'Locked' }, 'Double', 99]));
    await untilJudged((judgedCount += 1));
    expect(commands().failedCount).toBe(1);
    expect(commands().last[0]).toMatchObject({ phase: 'failed', detail: expect.stringMatching(/^Bad\w+: /) });
    expect(server.get('Locked')).toBe(7);
  });

  it('carries out what came later last', async () => {
    const from = host.heard.length;
    for (let value = 1; value <= 10; value += 1)
      await host.command(TOPIC, toCommand([{ name: 'Setpoint' }, 'Double', value]));
    await until(() => expect(host.told('Setpoint', from).at(-1)).toBe(10));
    expect(server.get('Setpoint')).toBe(10);
    const told = host.told('Setpoint', from) as number[];
    expect(told).toEqual(told.toSorted((one, other) => one - other));
    await untilJudged((judgedCount += 10));
  });

  it('answers Device Control/Rebirth with the birth of the device alone', async () => {
    const from = host.heard.length;
    await host.command(TOPIC, toCommand([{ name: 'Device Control/Rebirth' }, 'Boolean', true]));
    await until(() => expect(host.heard.slice(from).some(({ verb }) => verb === 'DBIRTH')).toBe(true));
    expect(host.heard.slice(from).map(({ verb }) => verb)).not.toContain('NBIRTH');
    const seqs = [...new Set(host.heard.map(({ seq }) => seq))];
    expect(seqs).toEqual(seqs.map((_seq, index) => index));
    await until(() => expect(commands().rebirthCount).toBe(1));
  });

  it('does nothing for a command that the broker kept from before', async () => {
    const from = host.heard.length;
    // One that is heard live acts; its kept copy is what the node hears after its next connect.
    await host.command(TOPIC, toCommand([{ name: 'Setpoint' }, 'Double', 77]), true);
    await until(() => expect(host.told('Setpoint', from)).toEqual([77]));
    await host.command(TOPIC, toCommand([{ name: 'Setpoint' }, 'Double', 78]));
    await until(() => expect(server.get('Setpoint')).toBe(78));
    await engine.stop();
    await startEngine();
    await until(() => expect(commands()).toMatchObject({ receivedCount: 1, refused: { retained: 1 } }));
    await until(() => {
      const afterStart = host.heard.slice(host.heard.findLastIndex(({ verb }) => verb === 'NBIRTH'));
      expect(afterStart.findLast(({ name }) => name === 'Setpoint')?.value).toBe(78);
    });
    expect(server.get('Setpoint')).toBe(78);
  });
});

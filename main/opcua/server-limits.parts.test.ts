import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataType, type Namespace, type OPCUAServer, type UAVariable, VariableIds, Variant } from 'node-opcua';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { TagId } from '../../shared/domain/metric.ts';
import { Lifetime } from '../platform/lifetime.ts';
import { type Log, silentLog } from '../platform/log.ts';
import {
  BARE_NAMESPACE,
  type BareServer,
  type BareServerOptions,
  bareSourceOptions,
  rampTagId,
  rampTags,
  sessionsOf,
  startBareServer,
} from './bare-server-fixture.ts';
import { type ObservedSource, observeSource } from './observed-source.ts';
import { createOpcuaSource, type OpcuaSource } from './opcua-source.ts';
import type { OpcuaSourceOptions, OpcuaTag } from './opcua-source-options.ts';

let folder: string;
let lifetime = new Lifetime();

interface Watched {
  readonly bare: BareServer;
  readonly source: OpcuaSource;
  readonly observed: ObservedSource;
}

async function watch(
  server: Partial<BareServerOptions>,
  tags: readonly OpcuaTag[],
  changes: Partial<OpcuaSourceOptions> = {},
): Promise<Watched> {
  const bare = await startBareServer({ folder, ...server });
  lifetime.own('server', () => bare.close());
  const source = createOpcuaSource({ ...bareSourceOptions(bare.endpointUrl, folder, tags), ...changes });
  lifetime.own('source', () => source.stop());
  const observed = observeSource(source);
  source.start();
  await observed.state((state) => state.phase === 'connected');
  return { bare, source, observed };
}

/** A log that keeps warnings and news. */
function keepLog(): { log: Log; lines: { text: string; facts: unknown }[] } {
  const lines: { text: string; facts: unknown }[] = [];
  const keep = (text: string, facts?: unknown): void => void lines.push({ text, facts });
  return { log: { ...silentLog, info: keep, warn: keep }, lines };
}

async function untilAll({ observed, source }: Watched, goodCount: number): Promise<void> {
  while (source.snapshot().goodCount < goodCount) await observed.nextSample(() => true);
}

const LIMITS = { maxMonitoredItemsPerSubscription: 20, maxSubscriptionsPerSession: 3 };
const OPERATIONS = { maxMonitoredItemsPerCall: 7, maxNodesPerRead: 5 };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lineside-limits-'));
});
afterEach(async () => {
  await lifetime.end();
  lifetime = new Lifetime();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('limits of a server', () => {
  it('watches all that fits, and reports the others by name and reason', async () => {
    const settings = { serverCapabilities: { ...LIMITS, operationLimits: OPERATIONS } };
    const watched = await watch({ rampCount: 70, settings }, rampTags(70));
    await untilAll(watched, 60);
    const { bare, source } = watched;
    expect(source.snapshot()).toMatchObject({ goodCount: 60, badCount: 10 });
    expect(source.snapshot().badTags[0]).toEqual({
      tagId: rampTagId(60),
      reason: 'BadTooManySubscriptions: the server takes 3',
    });
    const [session] = sessionsOf(bare);
    expect(session!.publishEngine.subscriptions.map(({ monitoredItemCount }) => monitoredItemCount)).toEqual([
      20, 20, 20,
    ]);
  });

  it('keeps to the number of items that a server takes altogether', async () => {
    const settings = { serverCapabilities: { maxMonitoredItems: 25 } };
    const watched = await watch({ rampCount: 30, settings }, rampTags(30));
    await untilAll(watched, 25);
    expect(watched.source.snapshot().badTags.map(({ tagId, reason }) => `${tagId} ${reason}`)).toEqual(
      [25, 26, 27, 28, 29].map((index) => `${rampTagId(index)} BadTooManyMonitoredItems: the server takes 25`),
    );
  });

  it('finds the limits of a server that tells none by its refusals', async () => {
    const operationLimits = { ...OPERATIONS, maxNodesPerRead: 0 };
    const settings = {
      serverCapabilities: { ...LIMITS, maxSubscriptionsPerSession: 10, maxMonitoredItems: 50, operationLimits },
    };
    const watched = await watch({ rampCount: 70, settings, prepare: hideLimits }, rampTags(70));
    await untilAll(watched, 50);
    expect(watched.source.snapshot()).toMatchObject({ goodCount: 50, badCount: 20 });
    expect(watched.source.snapshot().badTags[0]?.reason).toBe('BadTooManyMonitoredItems');
    expect(watched.source.grants().map(({ items }) => Object.keys(items).length)).toEqual([20, 20, 10]);
  });

  it('asks for queues that hold a publishing interval and a break, and tells what was granted', async () => {
    const { log, lines } = keepLog();
    const tags = [
      ...rampTags(1, { samplingIntervalMs: 50, queueSize: 3 }),
      ...rampTags(2, { samplingIntervalMs: 10, queueSize: 3 }).slice(1),
      ...rampTags(3, { samplingIntervalMs: 0, queueSize: 3 }).slice(2),
    ];
    const settings = { serverCapabilities: { minSupportedSampleRate: 20 } };
    const { source } = await watch({ rampCount: 3, settings }, tags, { log, bridgeBreakMs: 1_000 });
    const [subscription] = source.grants();
    expect(subscription).toMatchObject({
      asked: { publishingIntervalMs: 100, keepAliveCount: 15, lifetimeCount: 600 },
      granted: { publishingIntervalMs: 100, keepAliveCount: 15, lifetimeCount: 600 },
    });
    expect(subscription?.items[rampTagId(0)]).toMatchObject({
      asked: { samplingIntervalMs: 50, queueSize: 24 },
      granted: { samplingIntervalMs: 50, queueSize: 24 },
    });
    const faster = subscription!.items[rampTagId(1)]!;
    expect(faster.asked).toMatchObject({ samplingIntervalMs: 10, queueSize: 112 });
    expect(faster.granted.samplingIntervalMs).toBeGreaterThan(10);
    // Every change was asked for, but the server samples: then the queue can be computed.
    const sampled = subscription!.items[rampTagId(2)]!;
    expect(sampled.asked.queueSize).toBe(Math.ceil(1_100 / sampled.granted.samplingIntervalMs) + 2);
    expect(lines.map(({ text }) => text)).toContain('server revised items');
  });

  it('keeps the size of a queue that reports every change, and counts what it dropped', async () => {
    const { source, observed } = await watch({ rampCount: 2, changeEveryMs: 10 }, rampTags(2, { queueSize: 2 }));
    const overflown = await observed.nextSample((sample) => sample.hasOverflow);
    expect(overflown).toMatchObject({ quality: 'good', statusCode: 0 });
    expect(source.snapshot().overflowCount).toBeGreaterThan(0);
    expect(source.grants()[0]?.items[rampTagId(0)]?.granted).toEqual({ samplingIntervalMs: 0, queueSize: 2 });
  });

  it('lets the server judge a deadband in percent, and watches without it where that is refused', async () => {
    const { log, lines } = keepLog();
    const analog: OpcuaTag = {
      ...rampTags(1)[0]!,
      tagId: 'Level' as TagId,
      node: `nsu=${BARE_NAMESPACE};s=Level`,
      datatype: 'Double',
      deadbandPercent: 10,
    };
    const tags = [analog, ...rampTags(1, { deadbandPercent: 10 })];
    let setLevel: (value: number) => void = () => {};
    const prepare = (server: OPCUAServer): void => {
      setLevel = addLevel(server);
    };
    const watched = await watch({ rampCount: 1, prepare }, tags, { log });
    const { source, observed } = watched;
    await untilAll(watched, 2);
    setLevel(119);
    setLevel(125);
    await observed.nextSample(({ value }) => value === 125);
    expect(observed.samples.filter(({ tagId }) => tagId === analog.tagId).map(({ value }) => value)).toEqual([
      100, 125,
    ]);
    expect(source.grants()[0]?.items[rampTagId(0)]).toMatchObject({
      asked: { hasDeadband: false },
      deadbandRefusal: expect.stringMatching(/^Bad/),
    });
    expect(lines).toContainEqual({
      text: 'tag is watched without its deadband',
      facts: expect.objectContaining({ tagId: rampTagId(0) }),
    });
    expect(source.snapshot()).toMatchObject({ goodCount: 2, badCount: 0 });
  });
});

/** Its limits hold, but the nodes that tell them are empty: 0 means that nothing is told. */
function hideLimits(server: OPCUAServer): void {
  const { addressSpace } = server.engine;
  for (const id of [
    VariableIds.Server_ServerCapabilities_OperationLimits_MaxMonitoredItemsPerCall,
    VariableIds.Server_ServerCapabilities_MaxSubscriptions,
    VariableIds.Server_ServerCapabilities_MaxMonitoredItems,
    VariableIds.Server_ServerCapabilities_MaxSubscriptionsPerSession,
    VariableIds.Server_ServerCapabilities_MaxMonitoredItemsPerSubscription,
  ]) {
    const node = addressSpace?.findNode(`i=${id}`) as UAVariable;
    node.bindVariable({ get: () => new Variant({ dataType: DataType.UInt32, value: 0 }) }, true);
  }
}

/** An AnalogItem of 0 … 200 at 100; returns how to set it. */
function addLevel({ engine: { addressSpace } }: OPCUAServer): (value: number) => void {
  const namespace = addressSpace?.getNamespace(BARE_NAMESPACE) as Namespace;
  const level = namespace.addAnalogDataItem({
    organizedBy: addressSpace!.rootFolder.objects,
    browseName: 'Level',
    nodeId: 's=Level',
    dataType: DataType.Double,
    engineeringUnitsRange: { low: 0, high: 200 },
    value: { dataType: DataType.Double, value: 100 },
  });
  return (value) => level.setValueFromSource({ dataType: DataType.Double, value });
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AttributeIds, DataType, type HistoryData, OPCUACertificateManager, OPCUAClient } from 'node-opcua';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { TagConfig } from '../../shared/config/equipment.ts';
import type { Sample, TagId } from '../../shared/domain/metric.ts';
import { type ObservedSource, observeSource } from '../opcua/observed-source.ts';
import { createOpcuaSource, type OpcuaSource } from '../opcua/opcua-source.ts';
import { systemClock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import type { LoadOptions } from './line-server-load.ts';
import { type LineServerThread, startLineServerThread } from './line-server-thread.ts';
import { loadTagName, loadTags, machineTags } from './packaging-line-tags.ts';

const LABELLER = machineTags('Labeller');
let folder: string;
const servers: LineServerThread[] = [];
const sources: OpcuaSource[] = [];

async function start(load?: LoadOptions): Promise<LineServerThread> {
  const server = await startLineServerThread({
    seed: 1,
    speedFactor: 2,
    isSecure: false,
    certificateFolder: join(folder, 'line'),
    ...(load === undefined ? {} : { load }),
  });
  servers.push(server);
  return server;
}

function watch(server: LineServerThread, tags: readonly TagConfig[], queueSize = 200): OpcuaSource {
  const source = createOpcuaSource({
    serverId: 'line',
    endpointUrl: server.endpointUrl,
    securityMode: 'None',
    securityPolicy: 'None',
    identity: { type: 'anonymous' },
    publishingIntervalMs: 100,
    slowSamplingIntervalMs: 2_000,
    tags: tags.map((tag) => ({
      tagId: tag.metric as TagId,
      node: tag.node,
      datatype: tag.datatype,
      samplingIntervalMs: 0,
      queueSize,
      isExempt: true,
    })),
    trustFolder: join(folder, 'trust'),
    clock: systemClock,
    log: silentLog,
  });
  sources.push(source);
  source.start();
  return source;
}

function valuesOf(observed: ObservedSource, tagId: string): Sample[] {
  return observed.samples.filter((sample) => sample.tagId === tagId);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lineside-line-'));
});
afterEach(async () => {
  await Promise.all(sources.splice(0).map((source) => source.stop()));
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('line server', () => {
  it('reports every value of an item with sampling interval 0', async () => {
    const tags = loadTags(50);
    const server = await start({ tagCount: 50, changesPerSPerTag: 20 });
    const source = watch(server, tags);
    const observed = observeSource(source);
    await observed.state((state) => state.phase === 'connected');
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    const counts = await server.rampCounts();
    const lastName = tags.at(-1)!.metric;
    await observed.nextSample((sample) => sample.tagId === lastName && Number(sample.value) > counts[loadTagName(49)]!);
    tags.forEach((tag, index) => {
      const samples = valuesOf(observed, tag.metric);
      const first = Number(samples[0]?.value);
      expect(samples.map((sample) => sample.value)).toEqual(samples.map((_sample, offset) => first + offset));
      expect(samples.length).toBeGreaterThanOrEqual(100);
      expect(Number(samples.at(-1)?.value)).toBeGreaterThanOrEqual(counts[loadTagName(index)]!);
      const times = new Set(samples.map((sample) => sample.sourceTimestampMs));
      expect(times.size).toBe(samples.length);
    });
    expect(source.snapshot().overflowCount).toBe(0);
  });

  it('lets values that a small queue dropped be seen as an overflow', async () => {
    const server = await start({ tagCount: 5, changesPerSPerTag: 200 });
    const source = watch(server, loadTags(5), 2);
    const overflown = await observeSource(source).nextSample((sample) => sample.hasOverflow);
    expect(overflown).toMatchObject({ quality: 'good', statusCode: 0 });
    expect(source.snapshot().overflowCount).toBeGreaterThan(0);
  });

  it('jams a machine on command and shows the state and the reason', async () => {
    const server = await start();
    const observed = observeSource(watch(server, LABELLER));
    await observed.nextSample((sample) => sample.tagId === 'Status/State');
    await server.command({ kind: 'jam', machine: 'Labeller', durationS: 60 });
    await observed.nextSample((sample) => sample.tagId === 'Status/State' && sample.value === 'Held');
    expect(valuesOf(observed, 'Status/StopReason').at(-1)?.value).toBe('Jam');
  });

  it('breaks a sensor: its value is bad, the others stay good', async () => {
    const server = await start();
    const source = watch(server, LABELLER);
    const observed = observeSource(source);
    await observed.nextSample((sample) => sample.tagId === 'Process/Temperature');
    await server.command({ kind: 'bad-sensor', machine: 'Labeller', signal: 'Temperature', durationS: 60 });
    const bad = await observed.nextSample((sample) => sample.quality === 'bad');
    expect(bad).toMatchObject({ tagId: 'Process/Temperature', statusCode: 0x808c0000 });
    expect(source.snapshot().badTags).toEqual([{ tagId: 'Process/Temperature', reason: 'BadSensorFailure' }]);
  });

  it('counts in Int64 at the palletiser', async () => {
    const server = await start();
    const observed = observeSource(watch(server, machineTags('Palletiser')));
    const counted = await observed.nextSample(
      (sample) => sample.tagId === 'Counts/Processed' && typeof sample.value === 'bigint' && sample.value > 0n,
    );
    expect(counted.quality).toBe('good');
  });

  it('takes a fault written to its command node, and refuses nonsense', async () => {
    const server = await start();
    const observed = observeSource(watch(server, LABELLER));
    await observed.nextSample(() => true);
    const certificates = new OPCUACertificateManager({
      rootFolder: join(folder, 'writer'),
      disableFileWatchers: true,
    });
    const client = OPCUAClient.create({ clientCertificateManager: certificates, endpointMustExist: false });
    const write = (value: string) =>
      client.withSessionAsync(server.endpointUrl, async (session) => {
        const index = (await session.readNamespaceArray()).indexOf(server.namespaceUri);
        const variant = { dataType: DataType.String, value };
        const nodeId = `ns=${index};s=Demo.Command`;
        return session.write({ nodeId, attributeId: AttributeIds.Value, value: { value: variant } });
      });
    const held = observed.nextSample((sample) => sample.value === 'Held');
    expect((await write('{"kind":"jam","machine":"Labeller","durationS":60}')).name).toBe('Good');
    await held;
    expect((await write('explode')).name).toBe('BadInvalidArgument');
  });

  it('ends its load on command: the ramps keep their last value', async () => {
    const server = await start({ tagCount: 3, changesPerSPerTag: 50 });
    const observed = observeSource(watch(server, loadTags(3)));
    await observed.nextSample((sample) => Number(sample.value) > 5);
    await server.command({ kind: 'load-stop' });
    const counts = await server.rampCounts();
    const later = observeSource(watch(server, [...loadTags(3), ...LABELLER]));
    // The line goes on.
    await later.nextSample((sample) => sample.tagId === 'Counts/Processed' && Number(sample.value) > 0);
    expect(await server.rampCounts()).toEqual(counts);
    loadTags(3).forEach((tag, index) => {
      expect(valuesOf(later, tag.metric).map((sample) => sample.value)).toEqual([counts[loadTagName(index)]]);
    });
  });

  it('lets history of load tags be read, and of no other', async () => {
    const server = await start({ tagCount: 1, changesPerSPerTag: 50 });
    await observeSource(watch(server, loadTags(1))).nextSample((sample) => Number(sample.value) > 20);
    const certificates = new OPCUACertificateManager({
      rootFolder: join(folder, 'writer'),
      disableFileWatchers: true,
    });
    const client = OPCUAClient.create({ clientCertificateManager: certificates, endpointMustExist: false });
    await client.withSessionAsync(server.endpointUrl, async (session) => {
      const index = (await session.readNamespaceArray()).indexOf(server.namespaceUri);
      const load = `ns=${index};s=Load.0001`;
      const state = `ns=${index};s=Labeller.State`;
      const attributes = await session.read(
        [load, state].flatMap((nodeId) => [
          { nodeId, attributeId: AttributeIds.Historizing },
          { nodeId, attributeId: AttributeIds.UserAccessLevel },
        ]),
      );
      expect(attributes.map((attribute) => Number(attribute.value.value))).toEqual([1, 0x05, 0, 0x01]);
      const from = new Date(Date.now() - 60_000);
      const [result] = await session.readHistoryValue([load], from, new Date(), { numValuesPerNode: 15 });
      expect(result?.continuationPoint?.length).toBeGreaterThan(0);
      const values = (result?.historyData as HistoryData).dataValues?.map((dataValue) => Number(dataValue.value.value));
      expect(values).toEqual(values?.map((_value, offset) => Number(values[0]) + offset));
      expect(values?.length).toBe(15);
      const [refused] = await session.readHistoryValue([state], from, new Date());
      expect(refused?.statusCode.isGood()).toBe(false);
    });
  });

  it('answers nothing while it is paused, and goes on after', async () => {
    const server = await start({ tagCount: 1, changesPerSPerTag: 50 });
    const observed = observeSource(watch(server, loadTags(1)));
    await observed.nextSample(() => true);
    await server.command({ kind: 'server-pause', durationS: 2 });
    await new Promise((resolve) => setTimeout(resolve, 500));
    const before = observed.samples.length;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(observed.samples.length).toBe(before);
    await observed.nextSample(() => true);
    const values = observed.samples.map((sample) => sample.value);
    expect(values).toEqual(values.map((_value, offset) => Number(values[0]) + offset));
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Sample } from '../../shared/domain/metric.ts';
import { systemClock } from '../platform/clock.ts';
import { Lifetime } from '../platform/lifetime.ts';
import { startTcpProxy } from '../testing/tcp-proxy.ts';
import {
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
import type { OpcuaTag } from './opcua-source-options.ts';

let folder: string;
let lifetime = new Lifetime();

interface Watched {
  readonly bare: BareServer;
  readonly source: OpcuaSource;
  readonly observed: ObservedSource;
}

async function watch(server: Partial<BareServerOptions>, tags: readonly OpcuaTag[]): Promise<Watched> {
  const bare = await startBareServer({ folder, ...server });
  lifetime.own('server', () => bare.close());
  return { bare, ...(await watchAt(bare.endpointUrl, tags)) };
}

async function watchAt(endpointUrl: string, tags: readonly OpcuaTag[]): Promise<Omit<Watched, 'bare'>> {
  const source = createOpcuaSource(bareSourceOptions(endpointUrl, folder, tags));
  lifetime.own('source', () => source.stop());
  const observed = observeSource(source);
  source.start();
  await observed.state((state) => state.phase === 'connected');
  return { source, observed };
}

/** Subscription id to the ids of its items, as the server has them. */
const itemsAtServer = (bare: BareServer): Map<number, number[]> =>
  new Map(
    sessionsOf(bare)
      .flatMap(({ publishEngine }) => publishEngine.subscriptions)
      .map((subscription) => [subscription.id, [...subscription.getMonitoredItems().serverHandles]]),
  );

const itemCount = (bare: BareServer): number => [...itemsAtServer(bare).values()].flat().length;
const valuesOf = (observed: ObservedSource, index: number): number[] =>
  observed.samples.filter(({ tagId }) => tagId === rampTagId(index)).map(({ value }) => Number(value));
const isOf =
  (index: number, least = 0) =>
  ({ tagId, value }: Sample): boolean =>
    tagId === rampTagId(index) && Number(value) >= least;

/** Each value the one of before plus one: a ramp without a gap, from where it was first heard. */
function expectNoGap(values: readonly number[]): void {
  const first = values[0] ?? 0;
  expect(values).toEqual(values.map((_value, index) => first + index));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lineside-change-tags-'));
});
afterEach(async () => {
  await lifetime.end();
  lifetime = new Lifetime();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('other tags for a source that is connected', () => {
  it('come into the subscription that is there; those that stay keep their items and miss no value', async () => {
    const all = rampTags(8);
    const { bare, source, observed } = await watch({ rampCount: 8, changeEveryMs: 20 }, all.slice(0, 5));
    const [[subscriptionId, itemIds] = [0, []]] = itemsAtServer(bare);
    await observed.nextSample(isOf(1, 5));
    const goneAt = valuesOf(observed, 0).length;

    expect(await source.changeTags(all.slice(1))).toEqual({ phase: 'taken', refused: [] });
    const after = itemsAtServer(bare);
    expect([...after.keys()]).toEqual([subscriptionId]);
    expect(after.get(subscriptionId)).toEqual(expect.arrayContaining(itemIds.slice(1)));
    expect(after.get(subscriptionId)).toHaveLength(7);
    expect(after.get(subscriptionId)).not.toContain(itemIds[0]);
    await observed.nextSample(isOf(7));
    const now = Number((await observed.nextSample(isOf(1))).value);
    await observed.nextSample(isOf(4, now + 10));
    for (const index of [1, 2, 3, 4]) expectNoGap(valuesOf(observed, index));
    expect(valuesOf(observed, 0).length).toBe(goneAt);
    expect(source.snapshot()).toMatchObject({ tagCount: 7, goodCount: 7, badCount: 0 });
    expect(observed.states.filter(({ phase }) => phase === 'connected')).toHaveLength(1);
  });

  it('change in place where only their sampling is another one', async () => {
    const tags = rampTags(3);
    const { bare, source } = await watch({ rampCount: 3 }, tags);
    const before = itemsAtServer(bare);
    const slower = tags.map((tag, index) => (index === 1 ? { ...tag, samplingIntervalMs: 400, queueSize: 77 } : tag));
    expect(await source.changeTags(slower)).toEqual({ phase: 'taken', refused: [] });
    expect(itemsAtServer(bare)).toEqual(before);
    const [grants] = source.grants();
    expect(grants?.items[rampTagId(1)]?.granted).toEqual({ samplingIntervalMs: 400, queueSize: 77 });
    expect(grants?.items[rampTagId(0)]?.granted.queueSize).toBe(100);
  });

  it('are watched without a deadband that the server refuses, by a new item', async () => {
    const tags = rampTags(2);
    const { bare, source, observed } = await watch({ rampCount: 2 }, tags);
    const next = observed.nextSample(isOf(0));
    // The node has no EURange of which this could be a part.
    expect(await source.changeTags([{ ...tags[0]!, deadbandPercent: 5 }, tags[1]!])).toMatchObject({ refused: [] });
    await next;
    const [grants] = source.grants();
    expect(grants?.items[rampTagId(0)]?.deadbandRefusal).toMatch(/^Bad/);
    expect(itemCount(bare)).toBe(2);
    await source.changeTags([{ ...tags[0]!, deadbandAbsolute: 3 }, tags[1]!]);
    expect(source.grants()[0]?.items[rampTagId(0)]).toMatchObject({
      asked: { hasDeadband: true },
      deadbandRefusal: undefined,
    });
  });

  it('keep to the slow sampling of the moment, and come back from it to their own', async () => {
    const tags = rampTags(2, { isExempt: false, samplingIntervalMs: 100 });
    const { source } = await watch({ rampCount: 3 }, tags);
    await source.setSlowSampling(true);
    const added = rampTags(3, { isExempt: false, samplingIntervalMs: 300 })[2]!;
    await source.changeTags([{ ...tags[0]!, samplingIntervalMs: 200 }, tags[1]!, added]);
    expect(source.sampling()).toMatchObject({ phase: 'slow', slowedCount: 3 });
    const grantedMs = (): (number | undefined)[] =>
      [0, 1, 2].map((index) => source.grants()[0]?.items[rampTagId(index)]?.granted.samplingIntervalMs);
    expect(grantedMs()).toEqual([2_000, 2_000, 2_000]);
    await source.setSlowSampling(false);
    expect(grantedMs()).toEqual([200, 100, 300]);
    expect(source.sampling()).toMatchObject({ phase: 'normal', slowedCount: 0 });
  });

  it('get a new item, and by it their present value, where the datatype is another one', async () => {
    const tags = rampTags(2);
    const { bare, source, observed } = await watch({ rampCount: 2 }, tags);
    const before = [...itemsAtServer(bare).values()].flat();
    const next = observed.nextSample(isOf(0));
    await source.changeTags([{ ...tags[0]!, datatype: 'Double' }, tags[1]!]);
    expect((await next).value).toBe(0);
    const after = [...itemsAtServer(bare).values()].flat();
    expect(after).toContain(before[1]);
    expect(after).not.toContain(before[0]);
  });

  it('are named with the reason where the server refuses them, and all others are watched', async () => {
    const tags = rampTags(2);
    const { source, observed } = await watch({ rampCount: 2 }, tags.slice(0, 1));
    const missing = { ...tags[1]!, tagId: rampTagId(8), node: `${tags[1]!.node}.missing` };
    const elsewhere = { ...tags[1]!, tagId: rampTagId(9), node: 'nsu=urn:not-there;s=X' };
    const next = observed.nextSample(isOf(1));
    expect(await source.changeTags([...tags, missing, elsewhere])).toEqual({
      phase: 'taken',
      refused: [
        { tagId: rampTagId(9), reason: 'the server has no namespace urn:not-there' },
        { tagId: rampTagId(8), reason: 'BadNodeIdUnknown' },
      ],
    });
    await next;
    expect(source.snapshot()).toMatchObject({ tagCount: 4, goodCount: 2, badCount: 2 });
    await source.changeTags(tags);
    expect(source.snapshot()).toMatchObject({ tagCount: 2, goodCount: 2, badCount: 0 });
  });

  it('open a further subscription only where the others are full', async () => {
    const settings = { serverCapabilities: { maxMonitoredItemsPerSubscription: 4 } };
    const { bare, source, observed } = await watch({ rampCount: 7, settings }, rampTags(3));
    const [[subscriptionId, itemIds] = [0, []]] = itemsAtServer(bare);
    const last = observed.nextSample(isOf(6));
    expect(await source.changeTags(rampTags(7))).toEqual({ phase: 'taken', refused: [] });
    await last;
    const after = itemsAtServer(bare);
    expect([...after.values()].map((ids) => ids.length)).toEqual([4, 3]);
    expect(after.get(subscriptionId)).toEqual(expect.arrayContaining(itemIds));
  });

  it('are asked for again, in the session that goes on, where the server failed to take them', async () => {
    const { bare, source, observed } = await watch({ rampCount: 7 }, rampTags(5));
    const [sessionBefore] = sessionsOf(bare);
    const { operationLimits } = bare.server.engine.serverCapabilities;
    const { maxMonitoredItemsPerCall } = operationLimits;
    // Fewer than it told at the connect: it answers the deletion of three items with a fault.
    operationLimits.maxMonitoredItemsPerCall = 1;
    expect(await source.changeTags(rampTags(7).slice(3))).toEqual({ phase: 'away' });
    operationLimits.maxMonitoredItemsPerCall = maxMonitoredItemsPerCall;
    await observed.nextSample(isOf(6));
    expect(sessionsOf(bare)).toEqual([sessionBefore]);
  });

  it('are not written with a value that was commanded for the node of before', async () => {
    const { bare, source } = await watch({ rampCount: 2 }, rampTags(1));
    const [tag, other] = rampTags(2);
    const first = source.write(rampTagId(0), 7);
    const second = source.write(rampTagId(0), 8);
    await source.changeTags([{ ...tag!, node: other!.node }]);
    expect(await first).toMatchObject({ phase: 'written' });
    expect(await second).toMatchObject({ phase: 'failed', status: 'BadNodeIdUnknown' });
    expect(bare.ramps.map((ramp) => ramp.readValue().value.value)).toEqual([7, 0]);
  });

  it('are taken over at the next connect where the server is away, by the session of before', async () => {
    const bare = await startBareServer({ folder, rampCount: 4, changeEveryMs: 20 });
    lifetime.own('server', () => bare.close());
    const proxy = await startTcpProxy(bare.port, systemClock);
    lifetime.own('proxy', () => proxy.close());
    const { source, observed } = await watchAt(`opc.tcp://127.0.0.1:${proxy.port}`, rampTags(3));
    const [[subscriptionId, itemIds] = [0, []]] = itemsAtServer(bare);
    proxy.cut();
    await observed.state((state) => state.phase === 'recovering');
    expect(await source.changeTags(rampTags(4).slice(1))).toEqual({ phase: 'away' });
    const seenCount = valuesOf(observed, 0).length;
    proxy.resume();
    await observed.nextSample(isOf(3));
    expect(itemCount(bare)).toBe(3);
    expect(itemsAtServer(bare).get(subscriptionId)).toEqual(expect.arrayContaining(itemIds.slice(1)));
    expect(valuesOf(observed, 0)).toHaveLength(seenCount);
  });
});

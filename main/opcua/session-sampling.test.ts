import {
  type CreateMonitoredItemsRequestOptions,
  type ModifyMonitoredItemsRequestOptions,
  NodeId,
  StatusCodes,
} from 'node-opcua';
import { beforeEach, describe, expect, it } from 'vitest';
import type { TagId } from '../../shared/domain/metric.ts';
import { silentLog } from '../platform/log.ts';
import type { ResolvedTag } from './item-request.ts';
import { SessionSampling } from './session-sampling.ts';
import type { SubscriptionContext } from './subscription-context.ts';
import { TagItems } from './tag-items.ts';

type Modify = (request: ModifyMonitoredItemsRequestOptions) => Promise<{ readonly results: readonly object[] }>;

function resolvedTag(name: string, samplingIntervalMs: number, isExempt = false): ResolvedTag {
  const tag = { tagId: name as TagId, node: name, datatype: 'Double', samplingIntervalMs, queueSize: 10_000, isExempt };
  return { tag: { ...tag, datatype: 'Double' }, nodeId: new NodeId() };
}

/** Every item is granted as it is asked for. */
const create = (request: CreateMonitoredItemsRequestOptions): Promise<{ readonly results: readonly object[] }> =>
  Promise.resolve({
    results: (request.itemsToCreate ?? []).map(({ requestedParameters }, index) => ({
      statusCode: StatusCodes.Good,
      monitoredItemId: index,
      revisedSamplingInterval: requestedParameters?.samplingInterval,
      revisedQueueSize: requestedParameters?.queueSize,
    })),
  });

describe('the sampling of a session', () => {
  let modify: Modify;
  let askedMs: (number | undefined)[][];
  let sampling: SessionSampling;

  /** Grants what is asked, at most `limitMs`. */
  const grantUpTo =
    (limitMs: number): Modify =>
    (request) => {
      const asked = (request.itemsToModify ?? []).map((item) => item.requestedParameters?.samplingInterval ?? -1);
      askedMs.push(asked);
      const results = asked.map((ms) => ({
        statusCode: StatusCodes.Good,
        revisedSamplingInterval: Math.min(ms, limitMs),
      }));
      return Promise.resolve({ results });
    };
  const refuse: Modify = (request) =>
    Promise.resolve({
      results: (request.itemsToModify ?? []).map(() => ({ statusCode: StatusCodes.BadMonitoredItemIdInvalid })),
    });

  beforeEach(async () => {
    askedMs = [];
    modify = grantUpTo(Infinity);
    const services = {
      createMonitoredItems: create,
      modifyMonitoredItems: (request: ModifyMonitoredItemsRequestOptions) => modify(request),
    };
    // What the items of a subscription read of it.
    const context = {
      services: () => services,
      limits: { itemsPerCall: 100, queueSize: Infinity },
      slowSamplingIntervalMs: 2_000,
      bridgeBreakMs: 0,
      get isSlow() {
        return sampling.isSlow;
      },
    } as unknown as SubscriptionContext;
    const items = new TagItems(context, { id: 7, publishingIntervalMs: 100 });
    sampling = new SessionSampling(() => [{ items }], false, silentLog);
    await items.add([
      resolvedTag('Temperature', 250),
      resolvedTag('Pressure', 500),
      resolvedTag('Every', 0),
      resolvedTag('State', 100, true),
    ]);
  });

  it('counts what the servers granted: slowed, exempt, and samples a second not taken', async () => {
    await sampling.set(true);
    expect(askedMs).toEqual([[2_000, 2_000, 2_000]]);
    // (4 − 0.5) + (2 − 0.5); the tag that reports every change has no rate to count from.
    const expected = { phase: 'slow', slowedCount: 3, exemptCount: 1, notTakenPerS: 5, uncountedCount: 1 };
    expect(sampling.read()).toMatchObject(expected);
    await sampling.set(false);
    expect(sampling.read()).toMatchObject({ phase: 'normal', slowedCount: 0, notTakenPerS: 0 });
  });

  it('counts a server that grants less than was asked by what it granted', async () => {
    modify = grantUpTo(1_000);
    await sampling.set(true);
    expect(sampling.read()).toMatchObject({ phase: 'slow', slowedCount: 3, notTakenPerS: 4 });
  });

  it('says that a server keeps its interval although it answers well', async () => {
    modify = grantUpTo(100);
    await sampling.set(true);
    expect(sampling.read()).toMatchObject({ phase: 'refused', refusedCount: 2, reason: 'keeps 100 ms' });
  });

  it('names a refusal, asks again, and forgets it once the server takes the interval', async () => {
    modify = refuse;
    await sampling.set(true);
    expect(sampling.read()).toMatchObject({ phase: 'refused', slowedCount: 0, refusedCount: 3, notTakenPerS: 0 });
    expect(sampling.read().reason).toContain('BadMonitoredItemIdInvalid');
    modify = grantUpTo(Infinity);
    await sampling.retry();
    expect(sampling.read()).toMatchObject({ phase: 'slow', refusedCount: 0, reason: null });
    await sampling.retry();
    expect(askedMs).toHaveLength(1);
  });

  it('stays visible as slow when the way back fails as a whole, and tries again', async () => {
    await sampling.set(true);
    modify = () => Promise.reject(new Error('BadTooManyOperations'));
    await sampling.set(false);
    expect(sampling.read()).toMatchObject({ phase: 'refused', slowedCount: 3, reason: 'BadTooManyOperations' });
    modify = grantUpTo(Infinity);
    await sampling.retry();
    expect(sampling.read()).toMatchObject({ phase: 'normal', slowedCount: 0 });
  });
});

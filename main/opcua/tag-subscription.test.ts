import {
  DataChangeNotification,
  DataType,
  DataValue,
  NotificationMessage,
  PublishResponse,
  RepublishResponse,
  StatusCodes,
  Variant,
} from 'node-opcua';
import { describe, expect, it } from 'vitest';
import type { TagId } from '../../shared/domain/metric.ts';
import { systemClock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import type { OpcuaServices } from './opcua-services.ts';
import type { SubscriptionContext } from './subscription-context.ts';
import { TagSubscription } from './tag-subscription.ts';

const TERMS = { publishingIntervalMs: 100, keepAliveCount: 15, lifetimeCount: 600 };

const toMessage = (sequenceNumber: number, isKeepAlive = false): NotificationMessage =>
  new NotificationMessage({
    sequenceNumber,
    notificationData: isKeepAlive
      ? []
      : [
          new DataChangeNotification({
            monitoredItems: [
              {
                clientHandle: 1,
                value: new DataValue({ value: new Variant({ dataType: DataType.UInt32, value: sequenceNumber }) }),
              },
            ],
          }),
        ],
  });

const toResponse = (sequenceNumber: number, isKeepAlive = false): PublishResponse =>
  new PublishResponse({ subscriptionId: 7, notificationMessage: toMessage(sequenceNumber, isKeepAlive) });

/** A server of one tag whose values are the numbers of their messages; `kept` can be given again. */
async function watchOne(kept: readonly number[]) {
  const told: number[] = [];
  const acknowledged: number[] = [];
  const gaps: number[] = [];
  let republishedCount = 0;
  const services: Partial<OpcuaServices> = {
    createMonitoredItems: () =>
      Promise.resolve({
        results: [
          { statusCode: StatusCodes.Good, monitoredItemId: 1, revisedSamplingInterval: 0, revisedQueueSize: 9 },
        ],
      } as never),
    modifyMonitoredItems: () => Promise.resolve({ results: [] } as never),
    republish: ({ retransmitSequenceNumber: number }) =>
      kept.includes(number)
        ? Promise.resolve(new RepublishResponse({ notificationMessage: toMessage(number) }))
        : Promise.reject(new Error('BadMessageNotAvailable (0x807b0000)')),
  };
  const context = {
    clock: systemClock,
    log: silentLog,
    limits: { itemsPerCall: 10, queueSize: Infinity },
    bridgeBreakMs: 0,
    isSlow: false,
    slowSamplingIntervalMs: 2_000,
    services: () => services,
    acknowledge: (_id: number, number: number) => acknowledged.push(number),
    onValue: (_tag: unknown, dataValue: DataValue) => told.push(Number(dataValue.value.value)),
    onHeard: () => {},
    onRepublished: (count: number) => (republishedCount += count),
    onGap: (_subscription: unknown, count: number) => gaps.push(count),
  } as unknown as SubscriptionContext;
  const subscription = new TagSubscription(context, 7, TERMS, TERMS);
  const tag = { tagId: 'A' as TagId, node: '', datatype: 'UInt32', samplingIntervalMs: 0, queueSize: 9 } as const;
  await subscription.items.add([{ tag: { ...tag, isExempt: true }, nodeId: {} as never }]);
  return {
    told,
    acknowledged,
    gaps,
    republished: () => republishedCount,
    subscription,
    /** Takes messages as they come, without a pause; resolves when all are dealt with. */
    async take(...responses: readonly PublishResponse[]): Promise<void> {
      for (const response of responses) subscription.receive(response);
      await new Promise((resolve) => setTimeout(resolve, 10));
    },
  };
}

describe('messages of a subscription', () => {
  it('asks for a number that is missing, and tells everything in order', async () => {
    const server = await watchOne([2, 3]);
    await server.take(toResponse(1), toResponse(4), toResponse(5));
    expect(server.told).toEqual([1, 2, 3, 4, 5]);
    expect(server.acknowledged).toEqual([1, 2, 3, 4, 5]);
    expect([server.republished(), server.gaps]).toEqual([2, []]);
  });

  it('counts what cannot be given again, and goes on', async () => {
    const server = await watchOne([4]);
    await server.take(toResponse(1), toResponse(5));
    expect(server.told).toEqual([1, 4, 5]);
    expect([server.republished(), server.gaps]).toEqual([1, [2]]);
  });

  it('learns from a keep-alive that a message did not come, and acknowledges no keep-alive', async () => {
    const server = await watchOne([2]);
    await server.take(toResponse(1), toResponse(3, true), toResponse(3, true), toResponse(3));
    expect(server.told).toEqual([1, 2, 3]);
    expect(server.acknowledged).toEqual([1, 2, 3]);
  });

  it('asks after a break from the message that follows a keep-alive, not from the one after that', async () => {
    const server = await watchOne([2, 3]);
    await server.take(toResponse(1), toResponse(2, true));
    expect(await server.subscription.republish()).toBe('alive');
    expect(server.told).toEqual([1, 2, 3]);
    expect(server.gaps).toEqual([]);
  });
});

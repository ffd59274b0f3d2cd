import { describe, expect, it } from 'vitest';
import { chunk, itemsPerSubscription, type SessionLimits } from './session-limits.ts';

const NONE: SessionLimits = {
  itemsPerCall: 1_000,
  itemsPerSubscription: Infinity,
  items: Infinity,
  subscriptions: Infinity,
  sessions: Infinity,
  queueSize: Infinity,
  nodesPerRead: 1_000,
  nodesPerHistoryRead: 1_000,
  historyContinuationPoints: 1_000,
};

describe('limits of a session', () => {
  it('puts about a thousand items into a subscription', () => {
    expect(itemsPerSubscription(NONE, 50_000)).toBe(1_000);
  });

  it('puts fewer where the server takes fewer', () => {
    expect(itemsPerSubscription({ ...NONE, itemsPerSubscription: 100 }, 50_000)).toBe(100);
  });

  it('puts more where the server gives too few subscriptions', () => {
    expect(itemsPerSubscription({ ...NONE, subscriptions: 2 }, 5_000)).toBe(2_500);
    expect(itemsPerSubscription({ ...NONE, subscriptions: 2, itemsPerSubscription: 1_500 }, 5_000)).toBe(1_500);
  });

  it('splits into parts of at most the given size', () => {
    expect(chunk([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
  });
});

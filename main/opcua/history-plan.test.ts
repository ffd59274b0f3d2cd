import { describe, expect, it } from 'vitest';
import { allowsHistoryRead, planPace, planRange } from './history-plan.ts';

describe('planRange', () => {
  it('begins before the gap and ends after now', () => {
    expect(planRange(100_000, 160_000, 160_000)).toEqual({ fromMs: 98_000, toMs: 161_000 });
  });

  it('begins earlier when the clock of the server is behind, and ends at its now when it is ahead', () => {
    expect(planRange(100_000, 160_000, 150_000)).toEqual({ fromMs: 88_000, toMs: 161_000 });
    expect(planRange(100_000, 160_000, 190_000)).toEqual({ fromMs: 98_000, toMs: 191_000 });
  });
});

describe('planPace', () => {
  it('asks two small calls at once of a server without limits', () => {
    expect(planPace({ nodesPerHistoryRead: 1_000, historyContinuationPoints: 1_000 })).toEqual({
      nodesPerCall: 10,
      valuesPerNode: 500,
      callsAtOnce: 2,
    });
  });

  it.each([
    { nodesPerHistoryRead: 3, historyContinuationPoints: 1_000, nodesPerCall: 3, callsAtOnce: 2 },
    { nodesPerHistoryRead: 1_000, historyContinuationPoints: 15, nodesPerCall: 10, callsAtOnce: 1 },
    { nodesPerHistoryRead: 1_000, historyContinuationPoints: 1, nodesPerCall: 1, callsAtOnce: 1 },
  ])('never asks more than the server takes: %o', ({ nodesPerCall, callsAtOnce, ...limits }) => {
    const pace = planPace(limits);
    expect(pace).toMatchObject({ nodesPerCall, callsAtOnce });
    expect(pace.nodesPerCall * pace.callsAtOnce).toBeLessThanOrEqual(limits.historyContinuationPoints);
  });
});

describe('allowsHistoryRead', () => {
  it('looks at the HistoryRead bit only', () => {
    expect([0x05, 0x04, 0x03, 0x00, 0x0b, null, undefined].map(allowsHistoryRead)).toEqual([
      ...[true, true, false, false, false, false, false],
    ]);
  });
});

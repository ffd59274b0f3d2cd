import { describe, expect, it } from 'vitest';
import { BrowseAppetite } from './browse-appetite.ts';
import { planBrowseLimits } from './browse-limits.ts';

const LIMITS = planBrowseLimits({});

describe('the limits of a browse', () => {
  it('are what the server states, and never more than is polite', () => {
    const stated = planBrowseLimits({ nodesPerBrowse: 50, attributesPerRead: 100_000, continuationPoints: 1 });
    expect(stated).toEqual({ ...LIMITS, nodesPerBrowse: 50, continuationPoints: 1 });
  });

  it('are our own where a server states 0, nothing or nonsense', () => {
    expect(planBrowseLimits({ nodesPerBrowse: 0, attributesPerRead: undefined, continuationPoints: 'x' })).toEqual(
      LIMITS,
    );
  });
});

describe('the number of nodes asked for at once', () => {
  it('keeps an answer within its size: the more nodes, the shorter the list of each', () => {
    const appetite = new BrowseAppetite(LIMITS, 10);
    for (const nodeCount of [1, 10, 100, 200]) {
      expect(nodeCount * appetite.referencesPerNode(nodeCount)).toBeLessThanOrEqual(LIMITS.referencesPerAnswer);
    }
    expect(appetite.referencesPerNode(1)).toBe(LIMITS.referencesPerNode);
  });

  it('doubles up to the limit of the server while answers are small', () => {
    const appetite = new BrowseAppetite({ ...LIMITS, nodesPerBrowse: 35 }, 10);
    const sizes = [1, 2, 3].map(() => {
      appetite.learn({ nodeCount: appetite.nodesAtOnce, referenceCount: 20, unfinishedCount: 0 });
      return appetite.nodesAtOnce;
    });
    expect(sizes).toEqual([20, 35, 35]);
  });

  it('stays when an answer is large, or when fewer were asked for', () => {
    const appetite = new BrowseAppetite(LIMITS, 10);
    appetite.learn({ nodeCount: 10, referenceCount: 9_000, unfinishedCount: 0 });
    appetite.learn({ nodeCount: 3, referenceCount: 0, unfinishedCount: 0 });
    expect(appetite.nodesAtOnce).toBe(10);
  });

  it('halves when lists come unfinished, down to one', () => {
    const appetite = new BrowseAppetite(LIMITS, 3);
    appetite.learn({ nodeCount: 3, referenceCount: 10, unfinishedCount: 1 });
    expect(appetite.nodesAtOnce).toBe(1);
    appetite.learn({ nodeCount: 1, referenceCount: 10, unfinishedCount: 1 });
    expect(appetite.nodesAtOnce).toBe(1);
  });
});

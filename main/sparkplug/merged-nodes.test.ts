import { describe, expect, it } from 'vitest';
import { MergedNodes } from './merged-nodes.ts';

describe('the edge nodes over all brokers', () => {
  it('are forgotten when they are dead and far more than a plant has, the living ones never', () => {
    const nodes = new MergedNodes();
    const bear = (key: string): void => void nodes.take(key, { type: 'node-online', broker: 0, bdSeq: 1, atMs: 5 });
    bear('plant/living');
    for (let count = 0; count < 30_000; count += 1) {
      bear(`plant/invented-${count}`);
      nodes.take(`plant/invented-${count}`, { type: 'node-offline', broker: 0, because: 'death', atMs: 5 });
    }
    expect(nodes.byKey.size).toBe(20_000);
    expect([nodes.byKey.has('plant/living'), nodes.byKey.has('plant/invented-29999')]).toEqual([true, true]);
    expect(nodes.byKey.has('plant/invented-0')).toBe(false);
  });
});

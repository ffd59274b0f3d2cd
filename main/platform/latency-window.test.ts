import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fakeClock } from '../testing/fake-clock.ts';
import { LatencyWindow } from './latency-window.ts';

describe('a latency window', () => {
  it('has no percentiles while it is empty', () => {
    const window = new LatencyWindow(fakeClock());
    expect(window.percentiles()).toBeNull();
    expect(window.histogram()).toEqual([]);
  });

  it('gives percentiles within the width of a bucket', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1, max: 599_999, noNaN: true }), { minLength: 1, maxLength: 300 }),
        (all) => {
          const window = new LatencyWindow(fakeClock());
          for (const latencyMs of all) window.record(latencyMs);
          const sorted = all.toSorted((a, b) => a - b);
          const found = window.percentiles();
          expect(found?.count).toBe(all.length);
          const check = (ratio: number, foundMs: number): void => {
            const exactMs = sorted[Math.ceil(ratio * sorted.length) - 1] ?? 0;
            expect(foundMs / exactMs).toBeGreaterThan(0.75);
            expect(foundMs / exactMs).toBeLessThan(1.3);
          };
          check(0.5, found?.p50Ms ?? 0);
          check(0.95, found?.p95Ms ?? 0);
          check(0.99, found?.p99Ms ?? 0);
        },
      ),
    );
  });

  it('draws classes of 1, 2, 5 and their decades, and loses no count', () => {
    const window = new LatencyWindow(fakeClock());
    for (const latencyMs of [-5, 0.5, 1, 1.5, 4, 9, 70]) window.record(latencyMs);
    window.record(3_600_000, 3);
    const histogram = window.histogram();
    expect(histogram.slice(0, 7)).toEqual([
      { upToMs: 1, count: 3 },
      { upToMs: 2, count: 1 },
      { upToMs: 5, count: 1 },
      { upToMs: 10, count: 1 },
      { upToMs: 20, count: 0 },
      { upToMs: 50, count: 0 },
      { upToMs: 100, count: 1 },
    ]);
    expect(histogram.at(-1)).toEqual({ upToMs: 600_000, count: 3 });
    expect(histogram.reduce((sum, { count }) => sum + count, 0)).toBe(10);
  });

  it('forgets what is older than 15 minutes', () => {
    const clock = fakeClock();
    const window = new LatencyWindow(clock);
    window.record(1_000);
    clock.advanceMs(14 * 60_000);
    window.record(1);
    expect(window.percentiles()?.count).toBe(2);
    clock.advanceMs(60_000);
    expect(window.percentiles()?.count).toBe(1);
    clock.advanceMs(15 * 60_000);
    expect(window.percentiles()).toBeNull();
  });
});

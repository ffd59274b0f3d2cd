import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spreadLabels, toDepthPicture, toHistogramBars, toTimeTicks } from './series-builder.ts';

describe('toHistogramBars', () => {
  const buckets = [
    { upToMs: 100, count: 10 },
    { upToMs: 200, count: 40 },
    { upToMs: 400, count: 0 },
    { upToMs: 800, count: 0 },
  ];

  it('leaves out empty classes at the slow end but keeps the marks in the picture', () => {
    expect(toHistogramBars(buckets, 150)?.heights).toEqual([0.25, 1]);
    expect(toHistogramBars(buckets, 300)?.heights).toEqual([0.25, 1, 0]);
  });

  it('places a mark inside its class, also where classes differ in width', () => {
    const bars = toHistogramBars(buckets, 300);
    expect(bars?.placeOf(100)).toBeCloseTo(1 / 3);
    expect(bars?.placeOf(150)).toBeCloseTo(0.5);
    expect(bars?.placeOf(300)).toBeCloseTo(2.5 / 3);
    expect(bars?.placeOf(10_000)).toBe(1);
  });

  it('leaves out empty classes at the fast end but one', () => {
    const slow = [1, 2, 5, 10, 20].map((upToMs) => ({ upToMs, count: upToMs < 10 ? 0 : 4 }));
    const bars = toHistogramBars(slow, 15);
    expect(bars?.heights).toEqual([0, 1, 1]);
    expect(bars?.ticks[0]).toEqual({ place: 0, ms: 2 });
    expect(bars?.placeOf(5)).toBeCloseTo(1 / 3);
  });

  it('draws nothing without a value', () => {
    expect(toHistogramBars([], 100)).toBeNull();
    expect(toHistogramBars([{ upToMs: 10, count: 0 }], 100)).toBeNull();
  });
});

describe('toDepthPicture', () => {
  it('keeps the upper limit in the picture while the queue is short', () => {
    const picture = toDepthPicture([0, 10], 1_000, 500);
    expect(picture.activatePlace).toBeCloseTo(0.2);
    expect(picture.points).toEqual([
      { x: 0, y: 1 },
      { x: 1, y: expect.closeTo(0.992) },
    ]);
  });

  it('keeps the depth in the picture while the queue is long', () => {
    expect(toDepthPicture([100_000], 1_000, 500).points[0]?.y).toBeGreaterThan(0);
  });
});

describe('toTimeTicks', () => {
  it('marks full hours of a shift', () => {
    const sixMs = Date.UTC(2026, 10, 23, 6);
    expect(toTimeTicks(sixMs + 60_000, sixMs + 4 * 3_600_000, 6)).toEqual(
      [1, 2, 3, 4].map((h) => sixMs + h * 3_600_000),
    );
  });

  it('stays bounded for any range', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2e12 }),
        fc.integer({ min: 0, max: 10 * 86_400_000 }),
        (fromMs, lengthMs) => {
          expect(toTimeTicks(fromMs, fromMs + lengthMs, 8).length).toBeLessThanOrEqual(10);
        },
      ),
    );
  });
});

describe('spreadLabels', () => {
  it('keeps labels apart, in order and inside', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 200, noNaN: true }), { maxLength: 8 }), (wanted) => {
        const places = spreadLabels(wanted, 16, 0, 200);
        const sorted = [...places].sort((a, b) => a - b);
        sorted.forEach((place, index) => {
          expect(place).toBeGreaterThanOrEqual(-1e-9);
          expect(place).toBeLessThanOrEqual(200 + 1e-9);
          if (index > 0) expect(place - (sorted[index - 1] ?? 0)).toBeGreaterThanOrEqual(16 - 1e-9);
        });
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choosePercentileLevel, chooseTrendLevel } from './trend-level.ts';
import { findGaps, mergePoints, type TrendPoint } from './trend-points.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const point = (fromMs: number, change: Partial<TrendPoint> = {}): TrendPoint => ({
  fromMs,
  toMs: fromMs + MINUTE_MS,
  avg: 1,
  min: 1,
  max: 1,
  first: 1,
  last: 1,
  sampleCount: 1,
  badCount: 0,
  endsGood: true,
  ...change,
});
const bad = (fromMs: number): TrendPoint =>
  point(fromMs, {
    avg: null,
    min: null,
    max: null,
    first: null,
    last: null,
    sampleCount: 0,
    badCount: 2,
    endsGood: false,
  });

describe('the level of a trend', () => {
  it.each([
    [HOUR_MS, 'telemetry', 3_600],
    [24 * HOUR_MS, 'telemetry_1min', 2 * MINUTE_MS],
    [7 * 24 * HOUR_MS, 'telemetry_5min', 15 * MINUTE_MS],
    [90 * 24 * HOUR_MS, 'telemetry_1hour', 3 * HOUR_MS],
  ])('of %d ms on 1,000 pixels is %s in buckets of %d ms', (rangeMs, source, bucketMs) => {
    expect(chooseTrendLevel(0, rangeMs, 1_000)).toMatchObject({ source, bucketMs });
  });

  it('never has more buckets than pixels and one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e12 }), fc.integer({ min: 1, max: 5_000 }), (rangeMs, pixelCount) => {
        const { bucketMs, storedBucketMs } = chooseTrendLevel(0, rangeMs, pixelCount);
        expect(Math.ceil(rangeMs / bucketMs)).toBeLessThanOrEqual(pixelCount);
        expect(bucketMs % storedBucketMs).toBe(0);
      }),
    );
  });

  it('of percentiles is always one that holds them', () => {
    expect(choosePercentileLevel(0, HOUR_MS, 1_000).viewName).toBe('telemetry_5min');
    expect(choosePercentileLevel(0, 7 * 24 * HOUR_MS, 1_000).viewName).toBe('telemetry_5min');
    expect(choosePercentileLevel(0, 30 * 24 * HOUR_MS, 1_000).viewName).toBe('telemetry_1hour');
  });
});

describe('mergePoints', () => {
  it('weighs means by their samples and keeps extremes, ends and counts', () => {
    const points = [
      point(5 * MINUTE_MS, { avg: 10, min: 4, max: 12, first: 4, last: 11, sampleCount: 3 }),
      bad(6 * MINUTE_MS),
      point(7 * MINUTE_MS, {
        avg: 2,
        min: -1,
        max: 3,
        first: 3,
        last: 2,
        sampleCount: 1,
        badCount: 1,
        endsGood: false,
      }),
      point(10 * MINUTE_MS),
    ];
    expect(mergePoints(points, 5 * MINUTE_MS)).toEqual([
      {
        fromMs: 5 * MINUTE_MS,
        toMs: 10 * MINUTE_MS,
        avg: 8,
        min: -1,
        max: 12,
        first: 4,
        last: 2,
        sampleCount: 4,
        badCount: 3,
        endsGood: false,
      },
      point(10 * MINUTE_MS, { toMs: 15 * MINUTE_MS }),
    ]);
    expect(mergePoints([], MINUTE_MS)).toEqual([]);
  });

  it('takes the largest values there are without overflow', () => {
    const huge = [point(0, { avg: 1.7e308 }), point(MINUTE_MS, { avg: 1.7e308 })];
    expect(mergePoints(huge, HOUR_MS)[0]?.avg).toBe(1.7e308);
  });
});

describe('findGaps', () => {
  const range = { fromMs: 0, toMs: HOUR_MS };

  it('finds none where a value holds, however long nothing comes', () => {
    expect(findGaps([], range, true)).toEqual([]);
    expect(findGaps([point(0), point(50 * MINUTE_MS)], range, false)).toEqual([]);
  });

  it('finds all before the first row, and from a row that is not good to the next good one', () => {
    expect(findGaps([], range, false)).toEqual([range]);
    const points = [
      point(10 * MINUTE_MS, { endsGood: false, badCount: 1 }),
      bad(20 * MINUTE_MS),
      point(30 * MINUTE_MS),
      bad(40 * MINUTE_MS),
    ];
    expect(findGaps(points, range, false)).toEqual([
      { fromMs: 0, toMs: 10 * MINUTE_MS },
      { fromMs: 11 * MINUTE_MS, toMs: 30 * MINUTE_MS },
      { fromMs: 40 * MINUTE_MS, toMs: HOUR_MS },
    ]);
  });
});

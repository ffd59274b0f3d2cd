import { describe, expect, it } from 'vitest';
import { toLabelPlaces, toTrendPicture, type TrendInput } from './trend-series.ts';

const input = (id: string, oees: (number | null)[], isLine = false): TrendInput => ({
  id,
  name: id,
  isLine,
  targetRatio: 0.8,
  points: oees.map((oee, index) => ({ atMs: index * 60_000, oee })),
});

describe('toTrendPicture', () => {
  it('puts all series on one axis of time and keeps gaps as gaps', () => {
    const picture = toTrendPicture([input('LINE01', [0.7, null, 0.72], true), input('__proto__', [0.6, 0.61])]);
    expect(picture?.rows).toEqual([
      { atMs: 0, s0: 70, s1: 60 },
      { atMs: 60_000, s0: null, s1: 61 },
      { atMs: 120_000, s0: 72 },
    ]);
    expect(picture?.series.map((series) => series.lastPercent)).toEqual([72, 61]);
    expect(toTrendPicture([input('a', [0.7, null])])?.series[0]).toMatchObject({ lastPercent: null, endPercent: 70 });
  });

  it('holds every value and the target inside the scale', () => {
    const picture = toTrendPicture([input('a', [0.41, 1.04])]);
    expect(picture).toMatchObject({ lowPercent: 30, highPercent: 110, targets: [80] });
  });

  it('tells series apart by dashes, not by colour only', () => {
    const picture = toTrendPicture([input('a', [0.5]), input('b', [0.5]), input('c', [0.5]), input('d', [0.5])]);
    expect(new Set(picture?.series.map((series) => series.dash)).size).toBe(4);
  });

  it('is nothing while no machine has an OEE', () => {
    expect(toTrendPicture([input('a', [null, null])])).toBeNull();
    expect(toTrendPicture([])).toBeNull();
  });

  it('keeps the names of lines that end together readable', () => {
    const picture = toTrendPicture([input('a', [0.7]), input('b', [0.7]), input('c', [0.7])]);
    if (picture === null) throw new Error('no picture');
    const [a = 0, b = 0, c = 0] = toLabelPlaces(picture, 8, 160);
    expect(Math.min(b - a, c - b)).toBeGreaterThanOrEqual(16);
  });
});

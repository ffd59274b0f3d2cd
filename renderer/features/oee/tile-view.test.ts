import { describe, expect, it } from 'vitest';
import { AT_MS, equipmentShiftOf } from '../../testing/equipment-shift.ts';
import { toTileView, toTrend } from './tile-view.ts';

const MINUTE_MS = 60_000;
const missing = (cause: string | null) => ({ value: null, cause });

describe('toTileView', () => {
  it('shows one figure, its target, its phase and what it stands on', () => {
    expect(toTileView(equipmentShiftOf(), [], AT_MS)).toMatchObject({
      oee: '62.4',
      fillRatio: 0.624,
      isBelowTarget: true,
      target: 'target 80',
      coverage: 'coverage 99.2 %',
      stateFor: '3 min',
      phase: { text: 'to date' },
      fault: null,
      age: null,
      trend: null,
    });
  });

  it('shows a dash with its cause, an empty bar, and no judgement where there is no value', () => {
    const factors = {
      availability: missing('no planned time yet'),
      performance: missing(null),
      quality: missing(null),
      oee: missing('no planned time yet'),
    };
    const counts = { total: null, good: null, reject: null, rework: null };
    const tile = toTileView(equipmentShiftOf({ factors, counts, coverageRatio: null }), [], AT_MS);
    expect(tile).toMatchObject({ oee: '–', cause: 'no planned time yet', fillRatio: null, isBelowTarget: false });
    expect(tile.factors[0]).toMatchObject({ name: 'Availability', figure: '–', cause: 'no planned time yet' });
    expect(tile.coverage).toBe('coverage –');
    expect(tile.counts[0]?.text).toBe('– made');
  });

  it('does not cap a performance above 100 % and says that it is a fault', () => {
    const { factors } = equipmentShiftOf();
    const tile = toTileView(
      equipmentShiftOf({ factors: { ...factors, performance: { value: 1.44, cause: null } } }),
      [],
      AT_MS,
    );
    expect(tile.factors[1]?.figure).toBe('144.0');
    expect(tile.fault).toContain('above 100 %');
  });

  it('says the age of figures that are not told any more', () => {
    expect(toTileView(equipmentShiftOf(), [], AT_MS + 90_000).age).toBe('as of 11:42:00 CET, 1 min ago');
  });
});

describe('toTrend', () => {
  it('compares with half an hour ago, or with what there is', () => {
    const points = [0.5, 0.52, null, 0.61].map((oee, index) => ({ atMs: index * 15 * MINUTE_MS, oee }));
    expect(toTrend(points)?.text).toBe('▲ 9.0 in 30 min');
    expect(toTrend(points.slice(0, 2).map(({ atMs, oee }) => ({ atMs, oee: 1 - oee! })))?.text).toBe('▼ 2.0 in 15 min');
  });

  it('points sideways for less than half a point, and nowhere without two values', () => {
    expect(
      toTrend([
        { atMs: 0, oee: 0.5 },
        { atMs: MINUTE_MS, oee: 0.503 },
      ])?.text,
    ).toBe('▶ 0.3 in 1 min');
    expect(toTrend([{ atMs: 0, oee: 0.5 }])).toBeNull();
    expect(toTrend([])).toBeNull();
  });
});

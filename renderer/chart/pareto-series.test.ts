import { describe, expect, it } from 'vitest';
import { equipmentShiftOf } from '../testing/equipment-shift.ts';
import { toParetoRows } from './pareto-series.ts';

const { pareto } = equipmentShiftOf();

describe('toParetoRows', () => {
  it('orders by lost time, or by number of stops', () => {
    const byDuration = toParetoRows(pareto, 'duration', 10);
    expect(byDuration.map(({ bar, ratio }) => [bar.label, ratio])).toEqual([
      ['Label web torn', 1],
      ['No reason yet', 13 / 27],
      ['Small stops', 9 / 27],
      ['Starved by Capper', 6 / 27],
    ]);
    expect(byDuration[0]).toMatchObject({ text: '27 min in 6', cumulativePercent: 49 });
    expect(byDuration.at(-1)?.cumulativePercent).toBe(100);
    expect(toParetoRows(pareto, 'count', 2).map(({ text }) => text)).toEqual(['31 stops, 9 min', '6 stops, 27 min']);
  });

  it('draws nothing of nothing', () => {
    expect(toParetoRows([], 'duration', 10)).toEqual([]);
    expect(toParetoRows([{ ...pareto[0]!, lostMs: 0 }], 'duration', 10)[0]).toMatchObject({
      ratio: 0,
      cumulativePercent: 0,
    });
  });
});

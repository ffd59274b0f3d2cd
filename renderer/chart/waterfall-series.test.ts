import { describe, expect, it } from 'vitest';
import { equipmentShiftOf } from '../testing/equipment-shift.ts';
import { toWaterfall } from './waterfall-series.ts';

const { waterfall } = equipmentShiftOf();

describe('toWaterfall', () => {
  it('hangs every loss from what was left before it', () => {
    const columns = toWaterfall(waterfall, 'minutes');
    expect(columns.slice(0, 4).map(({ id, lowRatio, highRatio }) => [id, lowRatio * 342, highRatio * 342])).toEqual([
      ['all', 0, 342],
      ['planned-stops', 282, 342],
      ['ppt', 0, 282],
      ['failures', 242, 282],
    ]);
    expect(columns.at(-1)).toMatchObject({ id: 'good', value: 176, lowRatio: 0 });
  });

  it('tells the same in parts; without an ideal cycle there are none', () => {
    expect(toWaterfall(waterfall, 'parts').at(-1)?.value).toBe(17_583);
    const unknown = waterfall.map((step) => ({ ...step, partCount: null }));
    expect(toWaterfall(unknown, 'parts').map(({ value, highRatio }) => [value, highRatio])).toEqual(
      unknown.map(() => [null, 0]),
    );
  });

  it('keeps a gain, such as a performance above the ideal, inside the picture', () => {
    const gain = [
      { ...waterfall[0]!, ms: 100 },
      { ...waterfall[1]!, ms: -20 },
    ];
    expect(toWaterfall(gain, 'minutes')[1]).toMatchObject({ lowRatio: 1, highRatio: 1 });
  });
});

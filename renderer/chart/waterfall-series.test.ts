import { describe, expect, it } from 'vitest';
import { equipmentShiftOf } from '../testing/equipment-shift.ts';
import { toWaterfall } from './waterfall-series.ts';

const { waterfall } = equipmentShiftOf();

describe('toWaterfall', () => {
  it('hangs every loss from what was left before it', () => {
    const columns = toWaterfall(waterfall, 'minutes');
    expect(columns.slice(0, 4).map(({ id, lowRatio, highRatio }) => [id, lowRatio * 342, highRatio * 342])).toEqual([
      ['all-time', 0, 342],
      ['planned', 282, 342],
      ['planned-time', 0, 282],
      ['failure', 242, 282],
    ]);
    expect(columns.at(-1)).toMatchObject({ id: 'productive-time', value: 176, lowRatio: 0 });
  });

  it('tells the same in parts; without an ideal cycle there are none', () => {
    expect(toWaterfall(waterfall, 'parts').at(-1)?.value).toBe(17_583);
    const unknown = waterfall.map((step) => ({ ...step, partCount: null }));
    for (const column of toWaterfall(unknown, 'parts')) expect(column).toMatchObject({ value: null, highRatio: 0 });
  });

  it('leaves out what cost nothing, but no level', () => {
    const idle = waterfall.map((step) => ({ ...step, ms: 0 }));
    expect(toWaterfall(idle, 'minutes').map(({ id }) => id)).toEqual([
      'all-time',
      'planned-time',
      'run-time',
      'net-run-time',
      'productive-time',
    ]);
  });

  it('keeps a gain, such as a performance above the ideal, inside the picture', () => {
    const gain = [
      { ...waterfall[0]!, ms: 100 },
      { ...waterfall[1]!, ms: -20 },
    ];
    expect(toWaterfall(gain, 'minutes')[1]).toMatchObject({ lowRatio: 1, highRatio: 1 });
  });
});

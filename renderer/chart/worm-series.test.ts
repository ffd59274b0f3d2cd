import { describe, expect, it } from 'vitest';
import { equipmentShiftOf, minute } from '../testing/equipment-shift.ts';
import { toWormPicture } from './worm-series.ts';

describe('toWormPicture', () => {
  it('says how far good parts are behind the target', () => {
    expect(toWormPicture(equipmentShiftOf().worm)).toMatchObject({
      goodText: '17,556',
      targetText: '22,800',
      gapText: '5,244 behind target',
      isBehind: true,
    });
  });

  it('says why there is nothing to compare', () => {
    const points = [{ atMs: minute(0), goodCount: null, targetCount: 10 }];
    expect(toWormPicture(points)).toMatchObject({ goodText: '–', gapText: 'no counter says good parts' });
    const aimless = [{ atMs: minute(0), goodCount: 3, targetCount: null }];
    expect(toWormPicture(aimless).gapText).toBe('no target: it needs an ideal cycle');
    expect(toWormPicture([]).rows).toEqual([]);
  });

  it('draws few points of many, with the first and the last', () => {
    const many = Array.from({ length: 5_000 }, (_none, index) => ({
      atMs: index,
      goodCount: index,
      targetCount: index,
    }));
    const { rows } = toWormPicture(many);
    expect(rows).toHaveLength(400);
    expect([rows[0]?.atMs, rows.at(-1)?.atMs]).toEqual([0, 4_999]);
  });
});

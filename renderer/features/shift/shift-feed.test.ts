import { describe, expect, it } from 'vitest';
import type { EquipmentShift } from '../../../shared/domain/equipment-shift.ts';
import { BridgeFailure } from '../../bridge.ts';
import { equipmentShiftOf } from '../../testing/equipment-shift.ts';
import { ShiftFeed } from './shift-feed.ts';

const keys = ['Filler', 'Capper'].map((equipmentId) => ({ equipmentId, shiftFromMs: null }));

describe('ShiftFeed', () => {
  it('asks for one after the other and tells of each', async () => {
    const asked: string[] = [];
    let underWay = 0;
    const feed = new ShiftFeed(async ({ equipmentId }) => {
      underWay += 1;
      expect(underWay).toBe(1);
      asked.push(equipmentId);
      await Promise.resolve();
      underWay -= 1;
      return equipmentShiftOf({ equipmentId });
    }, keys);
    let toldCount = 0;
    feed.onChange(() => (toldCount += 1));
    await feed.refresh();
    expect(asked).toEqual(['Filler', 'Capper']);
    expect(toldCount).toBe(2);
    expect(feed.read().get('Capper')?.shift?.equipmentId).toBe('Capper');
  });

  it('keeps the last numbers when a call fails, and says why', async () => {
    let isAway = false;
    const feed = new ShiftFeed(async () => {
      if (isAway) throw new BridgeFailure('historian/away', 'The historian does not answer.');
      return equipmentShiftOf();
    }, keys);
    await feed.refresh();
    isAway = true;
    await feed.refresh();
    expect(feed.read().get('Filler')).toEqual({ shift: equipmentShiftOf(), failure: 'The historian does not answer.' });
    isAway = false;
    await feed.refresh();
    expect(feed.read().get('Filler')?.failure).toBeNull();
  });

  it('asks once more for what was wished while it asked', async () => {
    const open: ((shift: EquipmentShift) => void)[] = [];
    const feed = new ShiftFeed(() => new Promise((resolve) => open.push(resolve)), keys.slice(0, 1));
    const done = feed.refresh();
    await feed.refresh();
    await feed.refresh();
    open[0]?.(equipmentShiftOf({ name: 'first' }));
    await expect.poll(() => open.length).toBe(2);
    open[1]?.(equipmentShiftOf({ name: 'second' }));
    await done;
    expect(open).toHaveLength(2);
    expect(feed.read().get('Filler')?.shift?.name).toBe('second');
  });
});

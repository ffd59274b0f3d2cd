import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toVirtualWindow } from './virtual-window.ts';

describe('toVirtualWindow', () => {
  it('draws a screenful of a million rows', () => {
    const window = toVirtualWindow(1_000_000, 28, 600, 4_000_000);
    expect(window.contentPx).toBe(8_000_000);
    expect(window.rowCount).toBeLessThan(40);
    expect(window.firstIndex).toBeGreaterThan(499_000);
    expect(window.firstIndex).toBeLessThan(501_000);
  });

  it('does not scale a list that fits', () => {
    const window = toVirtualWindow(100_000, 28, 600, 1_400_000);
    expect(window).toMatchObject({ contentPx: 2_800_000, firstIndex: 49_994, offsetPx: 49_994 * 28 });
  });

  it('reaches the first and the last row of any list', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50_000_000 }), fc.integer({ min: 100, max: 2_000 }), (rows, viewportPx) => {
        const top = toVirtualWindow(rows, 28, viewportPx, 0);
        const end = toVirtualWindow(rows, 28, viewportPx, Number.MAX_SAFE_INTEGER);
        expect(top.firstIndex).toBe(0);
        expect(end.firstIndex + end.rowCount).toBe(rows);
        expect(end.contentPx).toBeLessThanOrEqual(8_000_000);
        // The last row ends at the bottom of the content.
        expect(end.offsetPx + end.rowCount * 28).toBeCloseTo(Math.max(end.contentPx, 0), 0);
      }),
    );
  });

  it('draws nothing of an empty list', () => {
    expect(toVirtualWindow(0, 28, 600, 0)).toEqual({ contentPx: 0, firstIndex: 0, rowCount: 0, offsetPx: 0 });
  });

  it('survives a list that became shorter than the scroll place', () => {
    expect(toVirtualWindow(10, 28, 600, 9_000)).toMatchObject({ firstIndex: 0, rowCount: 10 });
  });
});

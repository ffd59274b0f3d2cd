import { describe, expect, it } from 'vitest';
import { FIRST_WINDOW, fitToScreens, parseWindowMemory, type WindowMemory } from './window-memory.ts';

const remembered: WindowMemory = { ...FIRST_WINDOW, place: { xPx: 2000, yPx: 40 }, isMaximized: true, theme: 'dark' };
const LAPTOP = { x: 0, y: 0, width: 1366, height: 768 };
const MONITOR = { x: 1366, y: 0, width: 1920, height: 1080 };

describe('parseWindowMemory', () => {
  it('reads what was written', () => {
    expect(parseWindowMemory(JSON.stringify(remembered))).toEqual(remembered);
  });

  it.each(['', 'null', '{', '{"widthPx":"x"}', '{"widthPx":1e400}'])('opens as on the first day for %j', (text) => {
    expect(parseWindowMemory(text)).toEqual(FIRST_WINDOW);
  });
});

describe('fitToScreens', () => {
  it('keeps the place while its screen is there', () => {
    expect(fitToScreens(remembered, [LAPTOP, MONITOR]).place).toEqual({ xPx: 2000, yPx: 40 });
  });

  it('forgets the place and keeps the rest when its screen is gone', () => {
    const fitted = fitToScreens(remembered, [LAPTOP]);
    expect(fitted.place).toBeNull();
    expect(fitted).toMatchObject({ isMaximized: true, theme: 'dark' });
  });

  it('is never smaller than usable nor larger than the largest screen', () => {
    expect(fitToScreens({ ...remembered, widthPx: 5, heightPx: 9000 }, [LAPTOP])).toMatchObject({
      widthPx: 1024,
      heightPx: 768,
    });
  });
});

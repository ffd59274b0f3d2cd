import { z } from 'zod';

/** Smallest window in which every screen can be used, CSS pixels. */
export const MIN_WIDTH_PX = 1024;
export const MIN_HEIGHT_PX = 700;

const Theme = z.enum(['light', 'dark', 'system']);

/** What the window remembers between runs; place is null before it was ever moved. */
export const WindowMemory = z.object({
  widthPx: z.number().int().min(1),
  heightPx: z.number().int().min(1),
  place: z.object({ xPx: z.number().int(), yPx: z.number().int() }).nullable(),
  isMaximized: z.boolean(),
  theme: Theme,
});
export type WindowMemory = z.infer<typeof WindowMemory>;

export const FIRST_WINDOW: WindowMemory = {
  widthPx: 1440,
  heightPx: 900,
  place: null,
  isMaximized: false,
  theme: 'system',
};

/** A damaged or foreign file is no reason not to start: the window then opens as on the first day. */
export function parseWindowMemory(text: string): WindowMemory {
  try {
    return WindowMemory.parse(JSON.parse(text));
  } catch {
    return FIRST_WINDOW;
  }
}

export interface ScreenArea {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Part of the title bar that must be on a screen, else the window could not be dragged back. */
const REACHABLE_PX = 64;

/** Fits a remembered window to the screens that are there now: a second screen may have been taken away. */
export function fitToScreens(memory: WindowMemory, screens: readonly ScreenArea[]): WindowMemory {
  const largest = screens.reduce(
    (most, screen) => ({ w: Math.max(most.w, screen.width), h: Math.max(most.h, screen.height) }),
    { w: MIN_WIDTH_PX, h: MIN_HEIGHT_PX },
  );
  const widthPx = Math.min(Math.max(memory.widthPx, MIN_WIDTH_PX), largest.w);
  const heightPx = Math.min(Math.max(memory.heightPx, MIN_HEIGHT_PX), largest.h);
  const place = memory.place;
  const isReachable =
    place !== null &&
    screens.some(
      (screen) =>
        place.xPx + widthPx >= screen.x + REACHABLE_PX &&
        place.xPx <= screen.x + screen.width - REACHABLE_PX &&
        place.yPx >= screen.y &&
        place.yPx <= screen.y + screen.height - REACHABLE_PX,
    );
  return { ...memory, widthPx, heightPx, place: isReachable ? place : null };
}

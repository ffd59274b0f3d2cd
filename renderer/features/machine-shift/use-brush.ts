import { type PointerEvent, type RefObject, useState } from 'react';

interface Range {
  readonly fromX: number;
  readonly toX: number;
}

/** A shorter way of the pointer is a click. */
const MIN_PX = 6;

export interface Brush {
  /** What has been drawn over so far, pixels from the left; null while nothing is. */
  readonly range: Range | null;
  readonly handlers: {
    readonly onPointerDown: (event: PointerEvent) => void;
    readonly onPointerMove: (event: PointerEvent) => void;
    readonly onPointerUp: () => void;
    readonly onPointerLeave: () => void;
  };
}

/** Drawing over an element with the pointer. */
export function useBrush(frame: RefObject<HTMLElement | null>, onDrawn: (fromX: number, toX: number) => void): Brush {
  const [drawn, setDrawn] = useState<{ readonly startX: number; readonly endX: number } | null>(null);
  const xOf = (event: PointerEvent): number => {
    const box = frame.current?.getBoundingClientRect();
    return box === undefined ? 0 : Math.min(box.width, Math.max(0, event.clientX - box.left));
  };
  const range =
    drawn === null || Math.abs(drawn.endX - drawn.startX) < MIN_PX
      ? null
      : { fromX: Math.min(drawn.startX, drawn.endX), toX: Math.max(drawn.startX, drawn.endX) };
  return {
    range,
    handlers: {
      onPointerDown: (event) => {
        if (event.button === 0) setDrawn({ startX: xOf(event), endX: xOf(event) });
      },
      onPointerMove: (event) => {
        if (drawn !== null) setDrawn({ startX: drawn.startX, endX: xOf(event) });
      },
      onPointerUp: () => {
        if (range !== null) onDrawn(range.fromX, range.toX);
        setDrawn(null);
      },
      onPointerLeave: () => setDrawn(null),
    },
  };
}

import { type PointerEvent, useRef, useState } from 'react';
import type { DayColumn } from './calendar-week.ts';
import { HOUR_MS } from './clock-change.ts';
import type { ShiftPlace } from './shift-draft.ts';

/** Height of an hour in the grid. */
export const HOUR_PX = 19;
/** Shifts are drawn and moved in steps of so much. */
export const STEP_MINUTES = 15;
const MINUTE_MS = 60_000;
const STEP_MS = STEP_MINUTES * MINUTE_MS;
const STEP_PX = (HOUR_PX * STEP_MS) / HOUR_MS;

type Drag =
  | {
      readonly kind: 'move' | 'end';
      readonly shift: ShiftPlace;
      readonly startY: number;
      /** Steps that were done already. */
      doneSteps: number;
    }
  | { readonly kind: 'draw'; readonly day: DayColumn; readonly topY: number; readonly startMs: number };

/** A stretch that is being drawn, in ms since the midnight of its day. */
export interface Drawn {
  readonly dayKey: string;
  readonly fromMs: number;
  readonly toMs: number;
}

interface Acts {
  readonly onMove: (shift: ShiftPlace, minutes: number, isEndOnly: boolean) => void;
  readonly onDraw: (day: DayColumn, fromMs: number, toMs: number) => void;
}

/** Moving and drawing with the pointer. It is held by the week: the shift under it is drawn anew at each step. */
export function useWeekDrag({ onMove, onDraw }: Acts) {
  const drag = useRef<Drag | null>(null);
  const [drawn, setDrawn] = useState<Drawn | null>(null);
  const isLeft = (event: PointerEvent): boolean => event.button === 0 && event.isPrimary;

  const stretchTo = (one: Drag & { kind: 'draw' }, clientY: number): Drawn => {
    const atMs = clamp(Math.round((clientY - one.topY) / STEP_PX) * STEP_MS, one.day.lengthMs);
    return { dayKey: one.day.key, fromMs: Math.min(one.startMs, atMs), toMs: Math.max(one.startMs, atMs) };
  };
  return {
    drawn,
    startMove: (event: PointerEvent, shift: ShiftPlace, isEndOnly: boolean): void => {
      if (!isLeft(event)) return;
      drag.current = { kind: isEndOnly ? 'end' : 'move', shift, startY: event.clientY, doneSteps: 0 };
    },
    startDraw: (event: PointerEvent, day: DayColumn): void => {
      if (!isLeft(event) || event.target !== event.currentTarget) return;
      const topY = event.currentTarget.getBoundingClientRect().top;
      const startMs = clamp(Math.floor((event.clientY - topY) / STEP_PX) * STEP_MS, day.lengthMs);
      drag.current = { kind: 'draw', day, topY, startMs };
    },
    onPointerMove: (event: PointerEvent): void => {
      const one = drag.current;
      if (one === null) return;
      if (one.kind === 'draw') {
        const next = stretchTo(one, event.clientY);
        if (next.toMs > next.fromMs) event.currentTarget.setPointerCapture(event.pointerId);
        setDrawn(next.toMs > next.fromMs ? next : null);
        return;
      }
      const steps = Math.round((event.clientY - one.startY) / STEP_PX);
      if (steps === one.doneSteps) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      onMove(one.shift, (steps - one.doneSteps) * STEP_MINUTES, one.kind === 'end');
      one.doneSteps = steps;
    },
    onPointerUp: (event: PointerEvent): void => {
      const one = drag.current;
      drag.current = null;
      setDrawn(null);
      if (one?.kind !== 'draw') return;
      const { fromMs, toMs } = stretchTo(one, event.clientY);
      if (toMs > fromMs) onDraw(one.day, fromMs, toMs);
    },
    onPointerCancel: (): void => {
      drag.current = null;
      setDrawn(null);
    },
  };
}

const clamp = (ms: number, mostMs: number): number => Math.min(Math.max(ms, 0), mostMs);

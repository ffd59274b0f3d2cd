import { useState } from 'react';
import type { EquipmentShift } from '../../../shared/domain/equipment-shift.ts';
import { clampWindow, type TimeWindow, zoomWindow } from './time-window.ts';
import { toFirstWindow, toWholeWindow } from './timeline-view.ts';

export interface WindowAccess {
  readonly whole: TimeWindow;
  readonly window: TimeWindow;
  readonly isUnknownBefore: boolean;
  readonly isZoomed: boolean;
  readonly show: (window: TimeWindow) => void;
  readonly zoom: (factor: number) => void;
  readonly showAll: () => void;
}

/** What of the shift is seen. Until a person chooses it follows the shift as it grows. */
export function useTimeWindow(shift: EquipmentShift): WindowAccess {
  const [chosen, setChosen] = useState<TimeWindow | null>(null);
  const whole = toWholeWindow(shift);
  const first = toFirstWindow(shift);
  const window = chosen === null ? first.window : clampWindow(chosen, whole);
  return {
    whole,
    window,
    isUnknownBefore: chosen === null && first.isUnknownBefore,
    isZoomed: window.fromMs > whole.fromMs || window.toMs < whole.toMs,
    show: (next) => setChosen(clampWindow(next, whole)),
    zoom: (factor) => setChosen(zoomWindow(window, whole, factor)),
    showAll: () => setChosen(whole),
  };
}

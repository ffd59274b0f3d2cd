/** Part of a shift that a timeline shows. */
export interface TimeWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Shortest part that can be looked at. */
const MIN_WINDOW_MS = 20_000;

/** The window inside the whole, no shorter than what can be seen. */
export function clampWindow(window: TimeWindow, whole: TimeWindow): TimeWindow {
  const length = Math.min(Math.max(MIN_WINDOW_MS, window.toMs - window.fromMs), whole.toMs - whole.fromMs);
  const fromMs = Math.min(Math.max(whole.fromMs, window.fromMs), whole.toMs - length);
  return { fromMs, toMs: fromMs + length };
}

/** Halves (`factor` 0.5) or doubles the window around a time in it. */
export function zoomWindow(window: TimeWindow, whole: TimeWindow, factor: number, aroundMs?: number): TimeWindow {
  const middleMs = aroundMs ?? (window.fromMs + window.toMs) / 2;
  return clampWindow(
    { fromMs: middleMs - (middleMs - window.fromMs) * factor, toMs: middleMs + (window.toMs - middleMs) * factor },
    whole,
  );
}

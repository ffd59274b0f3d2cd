import type { Clock } from '../platform/clock.ts';

export interface FakeClock extends Clock {
  /** Moves time forward, firing due timers in order. */
  advanceMs(byMs: number): void;
}

/** A clock that stands still until it is moved. Starts at 2026-01-05T06:00:00Z unless told. */
export function fakeClock(startMs = Date.UTC(2026, 0, 5, 6)): FakeClock {
  let nowMs = startMs;
  let nextId = 1;
  const timers = new Map<number, { dueMs: number; periodMs: number | undefined; action: () => void }>();
  const add = (delayMs: number, periodMs: number | undefined, action: () => void): (() => void) => {
    const id = nextId++;
    timers.set(id, { dueMs: nowMs + delayMs, periodMs, action });
    return () => timers.delete(id);
  };
  const fireNext = (untilMs: number): boolean => {
    let due: [number, { dueMs: number; periodMs: number | undefined; action: () => void }] | undefined;
    for (const entry of timers) if (entry[1].dueMs <= untilMs && (!due || entry[1].dueMs < due[1].dueMs)) due = entry;
    if (!due) return false;
    const [id, timer] = due;
    nowMs = Math.max(nowMs, timer.dueMs);
    if (timer.periodMs === undefined) timers.delete(id);
    else timer.dueMs += Math.max(1, timer.periodMs);
    timer.action();
    return true;
  };
  return {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs - startMs,
    after: (delayMs, action) => add(delayMs, undefined, action),
    every: (periodMs, action) => add(periodMs, periodMs, action),
    advanceMs(byMs) {
      const untilMs = nowMs + byMs;
      while (fireNext(untilMs));
      nowMs = untilMs;
    },
  };
}

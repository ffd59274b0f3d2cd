import { useSyncExternalStore } from 'react';

/** Milliseconds of a clock that never steps; only differences mean anything. */
export const monotonicMs = (): number => performance.now();

const TICK_MS = 1_000;
const listeners = new Set<() => void>();
let tickMs = monotonicMs();
let timer: ReturnType<typeof setInterval> | undefined;

function listen(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    tickMs = monotonicMs();
    for (const told of [...listeners]) told();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** Monotonic time that moves once a second for the whole page: all ages tick together. */
export const useTickMs = (): number => useSyncExternalStore(listen, () => tickMs);

/**
 * Time is a parameter: this is the one file that reads a clock or sets a timer. Tests pass a fake clock
 * and move it; they do not wait.
 */
export interface Clock {
  /** Wall clock, milliseconds since 1970-01-01 UTC. May step when the system clock is set. */
  nowMs(): number;
  /** Milliseconds of a clock that never steps; only differences mean anything. */
  monotonicMs(): number;
  /** Calls `action` once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, action: () => void): () => void;
  /** Calls `action` each `periodMs` until the returned function is called. */
  every(periodMs: number, action: () => void): () => void;
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, action) {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  },
  every(periodMs, action) {
    const timer = setInterval(action, periodMs);
    return () => clearInterval(timer);
  },
};

/** Resolves after `delayMs` of `clock`; rejects with the signal's reason when aborted. */
export function delay(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const onAbort = (): void => {
      cancel();
      reject(signal?.reason as Error);
    };
    const cancel = clock.after(delayMs, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** Rejects with `onTimeout()` when `work` takes longer than `limitMs`; the work itself goes on. */
export async function within<T>(clock: Clock, limitMs: number, work: Promise<T>, onTimeout: () => Error): Promise<T> {
  let cancel = (): void => {};
  const limit = new Promise<never>((_resolve, reject) => {
    cancel = clock.after(limitMs, () => reject(onTimeout()));
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    cancel();
  }
}

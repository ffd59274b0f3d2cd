import type { Clock } from '../platform/clock.ts';

/** Resolves on SIGINT or SIGTERM, or after `seconds` when given. */
export function waitForStop(clock: Clock, seconds?: number): Promise<void> {
  return new Promise((resolve) => {
    const cancel = seconds === undefined ? () => {} : clock.after(seconds * 1_000, () => end());
    const end = (): void => {
      cancel();
      process.off('SIGINT', end);
      process.off('SIGTERM', end);
      resolve();
    };
    process.on('SIGINT', end);
    process.on('SIGTERM', end);
  });
}

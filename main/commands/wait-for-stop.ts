import type { Clock } from '../platform/clock.ts';

/**
 * Resolves on SIGINT or SIGTERM, or after `seconds` when given. The listeners stay: libraries that clean up on a
 * signal (lock files of the certificate store) kill the process when they find that nobody else listens.
 */
export function waitForStop(clock: Clock, seconds?: number): Promise<void> {
  return new Promise((resolve) => {
    const cancel = seconds === undefined ? () => {} : clock.after(seconds * 1_000, resolve);
    const end = (): void => {
      cancel();
      resolve();
    };
    process.on('SIGINT', end);
    process.on('SIGTERM', end);
  });
}

import type { Clock } from '../platform/clock.ts';

const CHECK_EVERY_MS = 1_000;
/** Longer than any pause that a busy machine makes; far shorter than what a server keeps for us. */
const SLEEP_MS = 5_000;

/**
 * Tells after this program has not run for a while: a computer that slept, a process that was stopped. What a server
 * sent meanwhile may be lost with its session, and what is read first afterwards was said long ago: it is no sign
 * that nothing is missing until now. A clock that is set forward looks the same, and costs one reading of history.
 *
 * @param onWoken told since when, on our clock, nothing can be trusted to be complete.
 * @returns ends the watch.
 */
export function watchSleep(clock: Clock, onWoken: (asleepSinceMs: number) => void): () => void {
  let awakeAtMs = clock.nowMs();
  return clock.every(CHECK_EVERY_MS, () => {
    const sinceMs = awakeAtMs;
    awakeAtMs = clock.nowMs();
    if (awakeAtMs - sinceMs > SLEEP_MS) onWoken(sinceMs);
  });
}

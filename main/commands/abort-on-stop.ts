import { systemClock } from '../platform/clock.ts';
import { waitForStop } from './wait-for-stop.ts';

/** A signal that SIGINT, SIGTERM or a reader of standard output that went away aborts. */
export function abortOnStop(): AbortSignal {
  const stopping = new AbortController();
  const stop = (): void => stopping.abort(new Error('stopped'));
  void waitForStop(systemClock).then(stop);
  process.stdout.on('error', stop);
  return stopping.signal;
}

import type { EngineSnapshot } from '../../shared/domain/engine-snapshot.ts';
import { type Clock, within } from '../platform/clock.ts';
import { describeError, EngineError, isEngineError } from '../platform/engine-error.ts';
import type { Log } from '../platform/log.ts';
import type { EnginePhase, StoppableEngine } from './workbench-engine.ts';

/** Longest time the end of the program waits for the engine; rows accepted are on disk long before. */
export const STOP_LIMIT_MS = 5_000;

export interface SupervisorEvents {
  readonly onSnapshot: (snapshot: EngineSnapshot) => void;
  readonly onStartFailed: (failure: { readonly code: string; readonly text: string }) => void;
}

export interface EngineSupervisor {
  current(): EnginePhase;
  /** Ends the engine once, also one that is still starting; resolves within the limit whatever happens. */
  stop(): Promise<void>;
}

/** Starts the engine beside the window, tells the window what becomes of it, and ends it exactly once. */
export function superviseEngine(
  startEngine: () => Promise<StoppableEngine>,
  events: SupervisorEvents,
  clock: Clock,
  log: Log,
): EngineSupervisor {
  let state: EnginePhase = { phase: 'starting' };
  let stopping: Promise<void> | undefined;
  const starting = startEngine().then(
    (engine) => {
      state = { phase: 'running', engine };
      if (stopping !== undefined) return;
      engine.onSnapshot(events.onSnapshot);
      const first = engine.readSnapshot();
      if (first !== null) events.onSnapshot(first);
    },
    (error: unknown) => {
      const code = isEngineError(error) ? error.code : 'engine/start-failed';
      const text = `The engine could not start: ${describeError(error)}`;
      log.error('the engine could not start', { code, cause: describeError(error) });
      state = { phase: 'failed', code, text };
      events.onStartFailed({ code, text });
    },
  );
  const stopEngine = async (): Promise<void> => {
    await starting;
    if (state.phase === 'running') await state.engine.stop();
  };
  return {
    current: () => state,
    stop() {
      const late = (): Error => new EngineError('engine/stop-late', `The engine did not stop in ${STOP_LIMIT_MS} ms.`);
      stopping ??= within(clock, STOP_LIMIT_MS, stopEngine(), late).catch((error: unknown) => {
        log.error('the engine did not stop cleanly', { cause: describeError(error) });
      });
      return stopping;
    },
  };
}

import type { EngineSnapshot } from '../../shared/domain/engine-snapshot.ts';
import { type LinesideWorkbench, toFailure } from '../bridge.ts';
import { monotonicMs } from './page-clock.ts';

/** What the window knows of the engine. The last snapshot stays on screen, with its age, when no more come. */
export type EngineState =
  | { readonly phase: 'starting'; readonly sinceMonotonicMs: number }
  | { readonly phase: 'failed'; readonly code: string; readonly text: string }
  /** It ran, failed, and is started again by itself. */
  | {
      readonly phase: 'restarting';
      readonly code: string;
      readonly text: string;
      readonly restartAtMonotonicMs: number;
    }
  | { readonly phase: 'running'; readonly snapshot: EngineSnapshot; readonly receivedMonotonicMs: number };

export interface EngineStore {
  read(): EngineState;
  /** Tells of every change; the returned function ends it. */
  onChange(listener: () => void): () => void;
}

/** Keeps the last snapshot outside React: components read it, streams do not pass through their state. */
export function createEngineStore(workbench: LinesideWorkbench, nowMs: () => number = monotonicMs): EngineStore {
  let state: EngineState = { phase: 'starting', sinceMonotonicMs: nowMs() };
  const listeners = new Set<() => void>();
  const become = (next: EngineState): void => {
    state = next;
    for (const listener of [...listeners]) listener();
  };
  const fail = (failure: { readonly code: string; readonly text: string }): void => {
    // A failed call while snapshots come is that call's matter, not the engine's.
    if (state.phase === 'starting' || state.phase === 'failed')
      become({ phase: 'failed', code: failure.code, text: failure.text });
  };
  const take = (snapshot: EngineSnapshot): void => become({ phase: 'running', snapshot, receivedMonotonicMs: nowMs() });
  workbench.engine.onSnapshotTaken(take);
  workbench.engine.onStartFailed(fail);
  workbench.engine.onFailed(({ code, text, restartInMs }) =>
    become({ phase: 'restarting', code, text, restartAtMonotonicMs: nowMs() + restartInMs }),
  );
  workbench.engine
    .read(undefined)
    .then((snapshot) => {
      if (snapshot !== null && state.phase !== 'running') take(snapshot);
    })
    .catch((error: unknown) => fail(toFailure(error)));
  return {
    read: () => state,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

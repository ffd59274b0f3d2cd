import type { LinesideContract } from '../../../shared/ipc/contract.ts';
import type { Handlers } from '../../../shared/ipc/exposed.ts';
import { EngineError, type EngineErrorCode } from '../../platform/engine-error.ts';
import type { EnginePhase, StoppableEngine } from '../workbench-engine.ts';

/** A window that opens (or is loaded again) after a failed start gets the same sentence as one that was there. */
export const engineHandlers = (current: () => EnginePhase): Handlers<LinesideContract>['engine'] => ({
  read: () => {
    const state = current();
    if (state.phase === 'failed') throw toError(state);
    return state.phase === 'running' ? state.engine.readSnapshot() : null;
  },
});

/** The engine, or the reason why there is none as an error people can read. */
export function requireEngine(state: EnginePhase): StoppableEngine {
  if (state.phase === 'running') return state.engine;
  if (state.phase === 'failed' || state.phase === 'restarting') throw toError(state);
  throw new EngineError('engine/starting', 'The engine is still starting.');
}

function toError(state: { readonly code: string; readonly text: string }): EngineError {
  return new EngineError(isCode(state.code) ? state.code : 'engine/start-failed', state.text);
}

const isCode = (code: string): code is EngineErrorCode => code.includes('/');

import type { LinesideContract } from '../../../shared/ipc/contract.ts';
import type { Handlers } from '../../../shared/ipc/exposed.ts';
import type { EnginePhase } from '../workbench-engine.ts';
import { requireEngine } from './engine-handlers.ts';

export const reasonHandlers = (current: () => EnginePhase): Handlers<LinesideContract>['reasons'] => ({
  list: async () => [...requireEngine(current()).configuration.reasons()],
});

export const peopleHandlers = (current: () => EnginePhase): Handlers<LinesideContract>['people'] => ({
  list: async () => [...requireEngine(current()).configuration.people()],
});

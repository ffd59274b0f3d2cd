import type { LinesideContract } from '../../../shared/ipc/contract.ts';
import type { Handlers } from '../../../shared/ipc/exposed.ts';
import type { EnginePhase } from '../workbench-engine.ts';
import { requireEngine } from './engine-handlers.ts';

export const tagsHandlers = (current: () => EnginePhase): Handlers<LinesideContract>['tags'] => ({
  page: async (query) => requireEngine(current()).tagPage(query),
});

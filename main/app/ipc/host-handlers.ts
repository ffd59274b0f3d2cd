import type { LinesideContract } from '../../../shared/ipc/contract.ts';
import type { Handlers } from '../../../shared/ipc/exposed.ts';
import type { EnginePhase } from '../workbench-engine.ts';
import { requireEngine } from './engine-handlers.ts';

export const hostHandlers = (current: () => EnginePhase): Handlers<LinesideContract>['host'] => ({
  page: async (query) => requireEngine(current()).hostModelPage(query),
});

import type { LinesideContract } from '../../../shared/ipc/contract.ts';
import type { Handlers } from '../../../shared/ipc/exposed.ts';
import type { EnginePhase } from '../workbench-engine.ts';
import { requireEngine } from './engine-handlers.ts';

export const oeeHandlers = (current: () => EnginePhase): Omit<Handlers<LinesideContract>['oee'], 'report'> => ({
  shift: async (key) => requireEngine(current()).oee.shift(key),
  shifts: async (query) => requireEngine(current()).oee.shifts(query),
  explain: async (query) => requireEngine(current()).oee.explain(query),
  samples: async (query) => requireEngine(current()).oee.samples(query),
  act: async (action) => requireEngine(current()).oee.act(action),
});

import type { LinesideContract } from '../../../shared/ipc/contract.ts';
import type { Handlers } from '../../../shared/ipc/exposed.ts';
import type { EnginePhase } from '../workbench-engine.ts';
import { requireEngine } from './engine-handlers.ts';

export const queueHandlers = (current: () => EnginePhase): Handlers<LinesideContract>['queue'] => ({
  page: async (query) => requireEngine(current()).queuePage(query),
  sendAgain: async () => requireEngine(current()).sendAgain(),
  losses: async () => [...(await requireEngine(current()).losses())],
});

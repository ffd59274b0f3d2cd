import type { LinesideContract } from '../../../shared/ipc/contract.ts';
import type { Handlers } from '../../../shared/ipc/exposed.ts';
import type { EnginePhase } from '../workbench-engine.ts';
import { requireEngine } from './engine-handlers.ts';

export const siteHandlers = (current: () => EnginePhase): Handlers<LinesideContract>['site'] => ({
  read: async () => requireEngine(current()).site.read(),
  plan: async (edit) => requireEngine(current()).site.plan(edit),
  apply: async (edit) => requireEngine(current()).site.apply(edit),
  revisions: async () => requireEngine(current()).site.revisions(),
  planRollback: async (rollback) => requireEngine(current()).site.planRollback(rollback),
  difference: async (pair) => requireEngine(current()).site.difference(pair),
  rollback: async (rollback) => requireEngine(current()).site.rollback(rollback),
});

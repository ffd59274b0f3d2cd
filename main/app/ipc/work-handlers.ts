import type { LinesideContract } from '../../../shared/ipc/contract.ts';
import type { Handlers } from '../../../shared/ipc/exposed.ts';
import type { WorkRegistry } from '../../platform/work-registry.ts';

/**
 * Other handlers order long work so: `works.run({ workId, title: 'Import a.csv' }, ({ signal, tell, breathe }) => …)`,
 * with the `workId` of their own input, and answer what it answers.
 */
export const workHandlers = (works: WorkRegistry): Handlers<LinesideContract>['work'] => ({
  list: () => works.list(),
  cancel: ({ workId }) => {
    works.cancel(workId);
    return undefined;
  },
});

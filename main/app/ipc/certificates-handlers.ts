import type { DoctorNews } from '../../../shared/domain/certificate-desk.ts';
import type { LinesideContract } from '../../../shared/ipc/contract.ts';
import type { Handlers } from '../../../shared/ipc/exposed.ts';
import type { EnginePhase } from '../workbench-engine.ts';
import { requireEngine } from './engine-handlers.ts';

export function certificatesHandlers(
  current: () => EnginePhase,
  onNews: (news: DoctorNews) => void,
): Handlers<LinesideContract>['certificates'] {
  const desk = () => requireEngine(current()).certificates;
  return {
    list: async () => desk().list(),
    initAuthority: async (order) => desk().initAuthority(order),
    issue: async (order) => desk().issue(order),
    equip: async (order) => desk().equip(order),
    request: async (order) => desk().request(order),
    install: async (order) => desk().install(order),
    renew: async (order) => desk().renew(order),
    revoke: async (order) => desk().revoke(order),
    judgeServer: async (order) => desk().judgeServer(order),
    examine: async (order) => ({ runId: desk().examine(order, onNews) }),
    cancel: ({ runId }) => {
      desk().cancel(runId);
      return undefined;
    },
  };
}

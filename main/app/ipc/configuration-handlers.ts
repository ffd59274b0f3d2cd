import type { Person } from '../../../shared/domain/person.ts';
import type { Reason } from '../../../shared/domain/reason.ts';
import { formatReasons } from '../../../shared/domain/reason-csv.ts';
import { REASON_USAGE_DAYS } from '../../../shared/domain/reason-usage.ts';
import type { LinesideContract } from '../../../shared/ipc/contract.ts';
import type { Handlers } from '../../../shared/ipc/exposed.ts';
import type { Clock } from '../../platform/clock.ts';
import { osUserName } from '../../platform/os-user.ts';
import type { EnginePhase, StoppableEngine } from '../workbench-engine.ts';
import { requireEngine } from './engine-handlers.ts';

type Configuration = StoppableEngine['configuration'];

/** After each change the whole list: it is short, and the window cannot show another one than there is. */
export function reasonHandlers(current: () => EnginePhase, clock: Clock): Handlers<LinesideContract>['reasons'] {
  const work = (change: (configuration: Configuration) => void): Reason[] => {
    const { configuration } = requireEngine(current());
    change(configuration);
    return [...configuration.reasons()];
  };
  return {
    list: async () => work(() => {}),
    // The store parses each one and names the field that is wrong.
    put: async (reasons) => work((configuration) => configuration.putReasons(reasons as Reason[])),
    retire: async ({ reasonId }) => work((configuration) => configuration.retireReason(reasonId, clock.nowMs())),
    usage: async () => requireEngine(current()).oee.reasonUsage({ days: REASON_USAGE_DAYS }),
    exportCsv: async () => formatReasons(requireEngine(current()).configuration.reasons()),
    importCsv: async (order) => requireEngine(current()).configuration.importReasons(order),
  };
}

export function peopleHandlers(current: () => EnginePhase, clock: Clock): Handlers<LinesideContract>['people'] {
  const work = (change: (configuration: Configuration) => void): Person[] => {
    const { configuration } = requireEngine(current());
    change(configuration);
    return [...configuration.people()];
  };
  return {
    list: async () => work(() => {}),
    me: () => osUserName(),
    // As with reasons.
    add: async (person) => work((configuration) => configuration.addPerson(person as Omit<Person, 'retiredAtMs'>)),
    retire: async ({ personId }) => work((configuration) => configuration.retirePerson(personId, clock.nowMs())),
  };
}

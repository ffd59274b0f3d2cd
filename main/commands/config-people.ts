import type { PersonRole } from '../../shared/domain/person.ts';
import { systemClock } from '../platform/clock.ts';
import { EngineError } from '../platform/engine-error.ts';
import { isoTime, need, withConfiguration } from './open-configuration.ts';
import { EXIT, readArguments } from './read-arguments.ts';

type Print = (text: string) => void;

/** `lineside config people …`: those who assign reasons, sign shifts and change the configuration. */
export function runPeople(words: readonly string[], print: Print, usage: string): Promise<number> {
  const [what = '', ...rest] = words;
  const values = readArguments(
    rest,
    {
      data: { type: 'string' },
      id: { type: 'string' },
      name: { type: 'string' },
      role: { type: 'string' },
      json: { type: 'boolean' },
    },
    usage,
  );
  return withConfiguration(values.data, usage, (store) => {
    if (what === 'add') {
      store.addPerson({
        personId: need(values.id, 'the person (--id)', usage),
        name: need(values.name, 'the name (--name)', usage),
        // The store refuses what is no role, and names those that are.
        role: need(values.role, 'the role (--role)', usage) as PersonRole,
      });
    } else if (what === 'retire') {
      store.retirePerson(need(values.id, 'the person (--id)', usage), systemClock.nowMs());
    } else if (what !== 'list') {
      throw new EngineError('cli/usage', `there is no "config people ${what}"\nusage: ${usage}`);
    }
    const shown = what === 'list' ? store.people() : store.people().filter(({ personId }) => personId === values.id);
    if (values.json === true) print(JSON.stringify(shown));
    else if (shown.length === 0) print('nobody is entered');
    for (const { personId, name, role, retiredAtMs } of values.json === true ? [] : shown) {
      const retired = retiredAtMs === null ? '' : `  retired ${isoTime(retiredAtMs)}`;
      print(`${personId.padEnd(20)}  ${role.padEnd(8)}  ${name}${retired}`);
    }
    return EXIT.ok;
  });
}

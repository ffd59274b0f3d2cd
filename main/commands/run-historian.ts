import type { MaintenanceRound } from '../historian/maintenance.ts';
import type { Historian } from '../historian/open-historian.ts';
import { EngineError } from '../platform/engine-error.ts';
import { describeHistorian, findHistorianFaults } from './describe-historian.ts';
import { EXIT, readArguments } from './read-arguments.ts';
import { runRejected } from './run-rejected.ts';
import { withHistorian } from './with-historian.ts';

const USAGE = 'lineside historian migrate|status|refresh --config FILE [--json]';

type Print = (text: string) => void;
type Action = (historian: Historian, isJson: boolean, print: Print) => Promise<number>;

function describeRound(round: MaintenanceRound): string {
  switch (round.phase) {
    case 'elsewhere':
      return 'another program is refreshing the aggregates at this moment';
    case 'not-owner':
      return 'this user may not refresh aggregates; the owner of the database may';
    case 'done': {
      const hours = round.revised.map(
        ({ machineId, fromMs, rowCount, outcome }) =>
          `  ${new Date(fromMs).toISOString()} ${machineId}: ${rowCount} late rows, ${outcome}`,
      );
      const until = `aggregates hold everything up to ${new Date(round.filledUntilMs).toISOString()}`;
      return [until, `${hours.length} hours with late rows`, ...hours].join('\n');
    }
  }
}

async function migrate(historian: Historian, isJson: boolean, print: Print): Promise<number> {
  const applied = await historian.migrate();
  const round = await historian.maintain();
  const { schema } = await historian.status();
  if (isJson) print(JSON.stringify({ applied, schema, round }));
  else {
    const news = applied.length === 0 ? 'nothing to do' : `applied ${applied.join(', ')}`;
    print(`schema version ${schema.version}: ${news}\n${describeRound(round)}`);
  }
  return EXIT.ok;
}

async function refresh(historian: Historian, isJson: boolean, print: Print): Promise<number> {
  const { schema } = await historian.status();
  if (schema.version !== schema.newest) {
    throw new EngineError(
      'historian/schema-older',
      `the database has schema version ${schema.version}, this program knows ${schema.newest}: run lineside historian migrate`,
    );
  }
  const round = await historian.maintain();
  print(isJson ? JSON.stringify(round) : describeRound(round));
  return round.phase === 'done' ? EXIT.ok : EXIT.failed;
}

async function status(historian: Historian, isJson: boolean, print: Print): Promise<number> {
  const found = await historian.status();
  const faults = findHistorianFaults(found);
  if (isJson) print(JSON.stringify({ ...found, faults }));
  else print(describeHistorian(found));
  return faults.length === 0 ? EXIT.ok : EXIT.failed;
}

const ACTIONS: Readonly<Record<string, Action>> = { migrate, refresh, status };

/**
 * `lineside historian …`: `migrate` makes the schema that of this program, follows the storage rules of the site file
 * and fills the aggregates; `refresh` brings late rows into them now; `status` looks and changes nothing. Exit code 0
 * when all is well, 1 when it is not or the database does not answer, 2 for the command line or the site file.
 */
export async function runHistorian(words: readonly string[], print: Print): Promise<number> {
  const [what = '', ...rest] = words;
  if (what === 'rejected') return runRejected(rest, print);
  const action = Object.hasOwn(ACTIONS, what) ? ACTIONS[what] : undefined;
  if (action === undefined) throw new EngineError('cli/usage', `there is no "historian ${what}"\nusage: ${USAGE}`);
  const values = readArguments(rest, { config: { type: 'string' }, json: { type: 'boolean' } }, USAGE);
  if (values.config === undefined) throw new EngineError('cli/usage', `name the site file\nusage: ${USAGE}`);
  return withHistorian(values.config, (historian) => action(historian, values.json ?? false, print));
}

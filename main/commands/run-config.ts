import { EngineError } from '../platform/engine-error.ts';
import { runPeople } from './config-people.ts';
import { runReasons } from './config-reasons.ts';
import { runDiff, runRevisions, runShow } from './config-revisions.ts';
import { runRollback } from './config-rollback.ts';

type Print = (text: string) => void;

const USAGE = `lineside config revisions --data DIR [--max N] [--json]
       lineside config show [N] --data DIR [--json]
       lineside config diff N [M] --data DIR [--json]
       lineside config rollback N --data DIR --config FILE [--by NAME] [--dry-run] [--json]
       lineside config people list|add|retire --data DIR [--id ID] [--name NAME] [--role viewer|operator|engineer] [--json]
       lineside config reasons list|add|retire|export|import --data DIR [--id ID] [--name [LANGUAGE=]NAME]… [--parent ID]
         [--class CLASS] [--planned] [--file FILE] [--json]`;

const ACTIONS: Readonly<
  Record<string, (words: readonly string[], print: Print, usage: string) => number | Promise<number>>
> = {
  revisions: runRevisions,
  show: runShow,
  diff: runDiff,
  rollback: runRollback,
  people: runPeople,
  reasons: runReasons,
};

/**
 * `lineside config …`: the configuration of a gateway, running or stopped: every site that was in force, the people,
 * the reasons for which machines stand. Exit code 0 done, 2 for a command line or an entry that is not right.
 */
export async function runConfig(words: readonly string[], print: Print): Promise<number> {
  const [what = '', ...rest] = words;
  const action = Object.hasOwn(ACTIONS, what) ? ACTIONS[what] : undefined;
  if (action === undefined) throw new EngineError('cli/usage', `there is no "config ${what}"\nusage: ${USAGE}`);
  return action(rest, print, USAGE);
}

import { EngineError } from '../platform/engine-error.ts';
import { runOeeCalc } from './run-oee-calc.ts';

const USAGE = 'lineside oee calc --file FILE|- [--json]';

type Print = (text: string) => void;

const ACTIONS: Readonly<Record<string, (words: readonly string[], print: Print) => Promise<number>>> = {
  calc: runOeeCalc,
};

/** `lineside oee …`: figures of numbers that somebody gives. */
export async function runOee(words: readonly string[], print: Print): Promise<number> {
  const [what = '', ...rest] = words;
  const action = Object.hasOwn(ACTIONS, what) ? ACTIONS[what] : undefined;
  if (action === undefined) throw new EngineError('cli/usage', `there is no "oee ${what}"\nusage: ${USAGE}`);
  return action(rest, print);
}

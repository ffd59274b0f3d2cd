import { EngineError } from '../platform/engine-error.ts';
import { runOeeCalc } from './run-oee-calc.ts';
import { runOeeReport } from './run-oee-report.ts';
import { runOeeExplain, runOeeShow } from './run-oee-shift.ts';

const USAGE = 'lineside oee calc|show|explain|report …';

type Print = (text: string) => void;

const ACTIONS: Readonly<Record<string, (words: readonly string[], print: Print) => Promise<number>>> = {
  calc: runOeeCalc,
  show: runOeeShow,
  explain: runOeeExplain,
  report: runOeeReport,
};

/** `lineside oee …`: shifts from the historian, a figure opened, and figures of numbers that somebody gives. */
export async function runOee(words: readonly string[], print: Print): Promise<number> {
  // The most frequent one needs no word of its own.
  const [what = '', ...rest] = words[0]?.startsWith('--') === true ? ['show', ...words] : words;
  const action = Object.hasOwn(ACTIONS, what) ? ACTIONS[what] : undefined;
  if (action === undefined) throw new EngineError('cli/usage', `there is no "oee ${what}"\nusage: ${USAGE}`);
  return action(rest, print);
}

import { EngineError } from '../platform/engine-error.ts';

type Subcommand = (words: readonly string[], print: (text: string) => void) => Promise<number>;

/** One line for each subcommand; loaded when asked for. */
const SUBCOMMANDS: ReadonlyMap<string, () => Promise<Subcommand>> = new Map<string, () => Promise<Subcommand>>([
  ['watch', async () => (await import('./run-sparkplug-watch.ts')).runSparkplugWatch],
  ['command', async () => (await import('./run-sparkplug-command.ts')).runSparkplugCommand],
  ['forget-host', async () => (await import('./run-sparkplug-forget-host.ts')).runSparkplugForgetHost],
  ['lint', async () => (await import('./run-sparkplug-lint.ts')).runSparkplugLint],
]);

/** `lineside sparkplug …`: looks at a Sparkplug plant from the outside. Returns the exit code. */
export async function runSparkplug(words: readonly string[], print: (text: string) => void): Promise<number> {
  const [what = '', ...rest] = words;
  const load = SUBCOMMANDS.get(what);
  if (load === undefined) {
    const known = [...SUBCOMMANDS.keys()].join(', ');
    throw new EngineError('cli/usage', `there is no "sparkplug ${what}"; there is: ${known}`);
  }
  return (await load())(rest, print);
}

import { parseArgs, type ParseArgsConfig } from 'node:util';
import { describeError, EngineError } from '../platform/engine-error.ts';

/** Exit codes of every face, in the README. */
export const EXIT = {
  ok: 0,
  /** A check found something that is not right. */
  failed: 1,
  /** The command line, the site file or an input file is not right; nothing was started. */
  usage: 2,
  /** The data folder is in use or cannot be written. */
  dataFolder: 3,
  /** `lineside status`: no gateway runs on the data folder. */
  notRunning: 3,
  /**
   * The command would delete something and was not told `--yes`: nothing was changed. Or a Sparkplug command was sent,
   * and the edge node has not reported the value back in time.
   */
  notConfirmed: 4,
  /** A fault of the program itself; the log has it. */
  internal: 70,
} as const;

type Options = NonNullable<ParseArgsConfig['options']>;

/**
 * Parses the words after a command; unknown options are refused.
 * @throws EngineError `cli/usage` with the usage line.
 */
export function readArguments<T extends Options>(words: readonly string[], options: T, usage: string) {
  try {
    return parseArgs({ args: [...words], options, allowPositionals: false, strict: true }).values;
  } catch (cause) {
    throw new EngineError('cli/usage', `${describeError(cause)}\nusage: ${usage}`, {}, { cause });
  }
}

/** @throws EngineError `cli/usage` when the text is no whole number of at least `least`. */
export function readCount(text: string | undefined, name: string, least: number): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (!Number.isInteger(count) || count < least) {
    throw new EngineError('cli/usage', `--${name} ${text} is not a whole number of at least ${least}`);
  }
  return count;
}

/** The exit code that belongs to a failure before or while running. */
export function toExitCode(error: unknown): number {
  if (!(error instanceof EngineError)) return EXIT.internal;
  const isOfInput = error.code.startsWith('config/') || error.code.startsWith('oee/input-');
  if (error.code === 'cli/usage' || isOfInput) return EXIT.usage;
  if (error.code === 'store-and-forward/folder-in-use' || error.code === 'store-and-forward/folder-unusable') {
    return EXIT.dataFolder;
  }
  return EXIT.failed;
}

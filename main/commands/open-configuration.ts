import { openExistingConfiguration } from '../compose-configuration.ts';
import type { ConfigurationStore } from '../config-store/configuration-store.ts';
import { EngineError } from '../platform/engine-error.ts';
import { readCount } from './read-arguments.ts';

/** @throws EngineError `cli/usage` when an option that has to be named is not. */
export function need(value: string | undefined, name: string, usage: string): string {
  if (value !== undefined && value !== '') return value;
  throw new EngineError('cli/usage', `name ${name}\nusage: ${usage}`);
}

/** Runs `work` on the configuration of a data folder and closes it, also when `work` fails. */
export async function withConfiguration<T>(
  dataFolder: string | undefined,
  usage: string,
  work: (store: ConfigurationStore) => T | Promise<T>,
): Promise<T> {
  const store = openExistingConfiguration(need(dataFolder, 'the data folder (--data)', usage));
  try {
    return await work(store);
  } finally {
    store.close();
  }
}

/**
 * Takes the numbers of revisions that stand before the options.
 * @throws EngineError `cli/usage` when there are fewer than `least`, more than `most`, or one is no number.
 */
export function takeRevisions(
  words: readonly string[],
  least: number,
  most: number,
  usage: string,
): { readonly numbers: readonly number[]; readonly rest: readonly string[] } {
  const firstOption = words.findIndex((word) => word.startsWith('-'));
  const count = firstOption === -1 ? words.length : firstOption;
  if (count < least || count > most) {
    throw new EngineError(
      'cli/usage',
      `name ${least === most ? least : `${least} to ${most}`} revision\nusage: ${usage}`,
    );
  }
  const numbers = words.slice(0, count).map((word) => readCount(word, 'revision', 1) ?? 1);
  return { numbers, rest: words.slice(count) };
}

export const isoTime = (atMs: number): string => new Date(atMs).toISOString();

import { resolve } from 'node:path';
import { applySite } from '../compose-queue.ts';
import { EngineError } from '../platform/engine-error.ts';
import { describeSiteChange, isWhole } from './describe-site-change.ts';
import { findAuthor } from './find-author.ts';
import { EXIT, readArguments } from './read-arguments.ts';

const USAGE = 'lineside apply --data DIR [--site FILE] [--by NAME] [--dry-run] [--json]';

/**
 * `lineside apply`: the gateway of a data folder takes over its changed site file while it runs. Another file that
 * is named takes the place of the gateway's own. Exit code 0 everything runs (or was only planned), 1 a part is
 * refused by a server or needs a restart, 2 the file is not right and nothing was changed, 3 no gateway runs.
 */
export async function runApply(words: readonly string[], print: (text: string) => void): Promise<number> {
  const values = readArguments(
    words,
    {
      data: { type: 'string' },
      site: { type: 'string' },
      by: { type: 'string' },
      'dry-run': { type: 'boolean' },
      json: { type: 'boolean' },
    },
    USAGE,
  );
  if (values.data === undefined) throw new EngineError('cli/usage', `name the data folder\nusage: ${USAGE}`);
  const isDryRun = values['dry-run'] ?? false;
  const result = await applySite(values.data, {
    ...(values.site === undefined ? {} : { siteFile: resolve(values.site) }),
    isDryRun,
    by: findAuthor(values.by),
  });
  if (result === undefined) {
    if (values.json === true) print(JSON.stringify({ phase: 'not-running' }));
    else print(`no gateway runs on ${values.data}: nothing was changed; it reads its site file when it starts`);
    return EXIT.notRunning;
  }
  print(values.json === true ? JSON.stringify(result) : describeSiteChange(result));
  return isDryRun || isWhole(result) ? EXIT.ok : EXIT.failed;
}

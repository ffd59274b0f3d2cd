import { copyFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ChangeAuthor } from '../../shared/domain/site-change.ts';
import { applySite } from '../compose-queue.ts';
import { readSiteFile } from '../config/read-site-file.ts';
import { replaceSiteFile, toSiteText } from '../config/write-site-file.ts';
import { systemClock } from '../platform/clock.ts';
import { describeDifference, newestRevision } from './config-revisions.ts';
import { describeSiteChange, isWhole } from './describe-site-change.ts';
import { findAuthor } from './find-author.ts';
import { need, takeRevisions, withConfiguration } from './open-configuration.ts';
import { EXIT, readArguments } from './read-arguments.ts';

type Print = (text: string) => void;

/**
 * `lineside config rollback N`: makes an earlier site the one in force again. The site file is replaced as a whole,
 * with the old one beside it, since its comments are in no revision; a gateway that runs applies it at once. Exit
 * code 0 everything runs, or will when the gateway starts; 1 a part is refused by a server or needs a restart.
 */
export function runRollback(words: readonly string[], print: Print, usage: string): Promise<number> {
  const { numbers, rest } = takeRevisions(words, 1, 1, usage);
  const values = readArguments(
    rest,
    {
      data: { type: 'string' },
      config: { type: 'string' },
      by: { type: 'string' },
      'dry-run': { type: 'boolean' },
      json: { type: 'boolean' },
    },
    usage,
  );
  const by = findAuthor(values.by);
  const isJson = values.json ?? false;
  return withConfiguration(values.data, usage, async (store) => {
    const newest = newestRevision(store);
    const { revision, site } = store.readRevision(numbers[0] ?? newest);
    if (values['dry-run'] === true) {
      const difference = store.compareRevisions(newest, revision);
      print(
        isJson
          ? JSON.stringify({ from: newest, to: revision, ...difference })
          : describeDifference(newest, revision, difference),
      );
      return EXIT.ok;
    }
    const file = resolve(need(values.config, 'the site file (--config)', usage));
    // A file that is no site file is named by mistake.
    await readSiteFile(file);
    await copyFile(file, `${file}.before-rollback`);
    await replaceSiteFile(file, toSiteText(site));
    if (!isJson) print(`${file} is revision ${revision} again; what it was is ${file}.before-rollback`);
    const change = await applyToGateway(values.data ?? '', file, by);
    if (change === undefined) {
      store.applySite(site, { who: by.user, atMs: systemClock.nowMs(), source: 'command' });
    }
    const inForce = newestRevision(store);
    if (isJson) print(JSON.stringify({ rolledBackTo: revision, revision: inForce, change: change ?? null }));
    else if (change === undefined) print(`no gateway runs: it starts with it, as revision ${inForce}`);
    else print(`${describeSiteChange(change)}\nin force as revision ${inForce}`);
    return change === undefined || isWhole(change) ? EXIT.ok : EXIT.failed;
  });
}

/** Undefined when no gateway runs there. */
const applyToGateway = (dataFolder: string, siteFile: string, by: ChangeAuthor) =>
  applySite(dataFolder, { siteFile, isDryRun: false, by });

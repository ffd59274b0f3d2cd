import type { SiteDifference } from '../../shared/domain/site-revision.ts';
import { toSiteText } from '../config/write-site-file.ts';
import type { ConfigurationStore } from '../config-store/configuration-store.ts';
import { EngineError } from '../platform/engine-error.ts';
import { isoTime, takeRevisions, withConfiguration } from './open-configuration.ts';
import { EXIT, readArguments, readCount } from './read-arguments.ts';

type Print = (text: string) => void;

const LISTED_REVISIONS = 20;

/** @throws EngineError `config/no-revision` when no site was ever in force. */
export function newestRevision(store: ConfigurationStore): number {
  const [newest] = store.revisions({ maxCount: 1 });
  if (newest !== undefined) return newest.revision;
  throw new EngineError('config/no-revision', 'no site was ever in force here: a gateway records it when it starts');
}

/** `lineside config revisions`: every site that was in force, the newest first. */
export function runRevisions(words: readonly string[], print: Print, usage: string): Promise<number> {
  const values = readArguments(
    words,
    { data: { type: 'string' }, max: { type: 'string' }, json: { type: 'boolean' } },
    usage,
  );
  const maxCount = readCount(values.max, 'max', 1) ?? LISTED_REVISIONS;
  return withConfiguration(values.data, usage, (store) => {
    const list = store.revisions({ maxCount });
    if (values.json === true) print(JSON.stringify(list));
    else if (list.length === 0) print('no site was ever in force here');
    for (const { revision, changedBy, changedAtMs, source, sha256 } of values.json === true ? [] : list) {
      print(
        `${String(revision).padStart(6)}  ${isoTime(changedAtMs)}  ${source.padEnd(7)}  ${sha256.slice(0, 12)}  ${changedBy}`,
      );
    }
    return EXIT.ok;
  });
}

/** `lineside config show`: a revision as a site file, the newest where none is named. */
export function runShow(words: readonly string[], print: Print, usage: string): Promise<number> {
  const { numbers, rest } = takeRevisions(words, 0, 1, usage);
  const values = readArguments(rest, { data: { type: 'string' }, json: { type: 'boolean' } }, usage);
  return withConfiguration(values.data, usage, (store) => {
    const { document, site, ...facts } = store.readRevision(numbers[0] ?? newestRevision(store));
    const { revision, changedAtMs, changedBy, source } = facts;
    if (values.json === true) print(`{"revision":${JSON.stringify(facts)},"site":${document}}`);
    else {
      print(
        `# revision ${revision}, ${isoTime(changedAtMs)}, by ${changedBy} (${source})\n${toSiteText(site).trimEnd()}`,
      );
    }
    return EXIT.ok;
  });
}

/** `lineside config diff`: what differs from one revision to another, the newest where only one is named. */
export function runDiff(words: readonly string[], print: Print, usage: string): Promise<number> {
  const { numbers, rest } = takeRevisions(words, 1, 2, usage);
  const values = readArguments(rest, { data: { type: 'string' }, json: { type: 'boolean' } }, usage);
  return withConfiguration(values.data, usage, (store) => {
    const newest = newestRevision(store);
    const [from = newest, to = newest] = numbers;
    const difference = store.compareRevisions(from, to);
    print(
      values.json === true ? JSON.stringify({ from, to, ...difference }) : describeDifference(from, to, difference),
    );
    return EXIT.ok;
  });
}

/** A line for each name: `+` added, `~` changed, `-` removed. */
export function describeDifference(from: number, to: number, { added, changed, removed }: SiteDifference): string {
  const lines = [
    ...added.map((name) => `+ ${name}`),
    ...changed.map((name) => `~ ${name}`),
    ...removed.map((name) => `- ${name}`),
  ];
  return lines.length === 0 ? `revisions ${from} and ${to} are the same` : lines.join('\n');
}

import type { SiteConfig } from './site.ts';

/**
 * Ids and metric names that differ only in letter case: legal, and a trap for hosts and file systems that do not tell
 * them apart (tck-id-case-sensitivity-sparkplug-ids, tck-id-case-sensitivity-metric-names). A sentence for each.
 */
export function findCaseClashes({ machines, opcuaServers }: SiteConfig): readonly string[] {
  const of = (what: string, names: readonly string[]): string[] =>
    findClashes(names).map((clash) => `${what} ${clash.join(' and ')} differ only in letter case; rename all but one`);
  return [
    ...of(
      'the machine ids',
      machines.map(({ id }) => id),
    ),
    ...of(
      'the server ids',
      opcuaServers.map(({ id }) => id),
    ),
    ...machines.flatMap(({ id, tags }) =>
      of(
        `the metric names of ${id},`,
        tags.map(({ metric }) => metric),
      ),
    ),
  ];
}

/** Names that are one when written small, in the order of the file; the same name twice is none. */
function findClashes(names: readonly string[]): readonly (readonly string[])[] {
  const groups = new Map<string, Set<string>>();
  for (const name of names) {
    const small = name.toLowerCase();
    const group = groups.get(small);
    if (group === undefined) groups.set(small, new Set([name]));
    else group.add(name);
  }
  return [...groups.values()].filter(({ size }) => size > 1).map((group) => [...group]);
}

import { isDeepStrictEqual } from 'node:util';
import type { SiteConfig } from '../../shared/config/site.ts';
import type { SiteChange } from '../../shared/domain/site-change.ts';

/** What a running gateway leaves as it was, and why. */
export type NeedsRestart = SiteChange & { readonly kind: 'needs-restart' };

type SiteField = Exclude<keyof SiteConfig, 'machines' | 'samplingClasses' | 'opcuaServers'>;

/** Each field of the site that is not a matter of tags or servers; a new one must be judged here. */
const WHY: Readonly<Record<SiteField, string>> = {
  site: 'names and time zone are read once, at the start',
  sparkplug: 'the edge node would have to begin a new session under it',
  brokers: 'the connection to the broker would have to be closed',
  storeAndForward: 'the buffer file is opened with it',
  backpressure: 'the sampling control is made with it',
  shifts: 'OEE reads the shifts once, at the start',
  calendar: 'OEE reads the calendar once, at the start',
  oee: 'OEE reads its rules once, at the start',
  historian: 'the ingest is made with it',
};

/** Without a historian there is no OEE, and nobody reads them. */
const OF_OEE: ReadonlySet<string> = new Set(['shifts', 'calendar', 'oee']);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const keysOf = (one: object, other: object): string[] => [...new Set([...Object.keys(one), ...Object.keys(other)])];

/** Lists are named by the id of their items, so that a shift in another place is the same shift. */
function byName(items: readonly unknown[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    items.map((item, index) => [isRecord(item) && typeof item['id'] === 'string' ? item['id'] : String(index), item]),
  );
}

/** The paths of all parts that differ, such as `brokers[0].url`. */
export function findDifferences(path: string, before: unknown, after: unknown): string[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (isRecord(before) && isRecord(after)) {
    return keysOf(before, after).flatMap((key) => findDifferences(`${path}.${key}`, before[key], after[key]));
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const [one, other] = [byName(before), byName(after)];
    const found = keysOf(one, other).flatMap((name) => findDifferences(`${path}[${name}]`, one[name], other[name]));
    return found.length > 0 ? found : [path];
  }
  return [path];
}

/** What is not a matter of tags or servers and differs from the site that the gateway was started with. */
export function findRestartFields(started: SiteConfig, next: SiteConfig): NeedsRestart[] {
  // The keys of the table are those of the type.
  return (Object.keys(WHY) as SiteField[]).flatMap((name) => {
    const isUsed = !OF_OEE.has(name) || started.historian !== undefined;
    if (!isUsed) return [];
    return findDifferences(name, started[name], next[name]).map((field) => ({
      kind: 'needs-restart',
      field,
      why: WHY[name],
    }));
  });
}

/** What the gateway itself follows of a machine; all the rest is for OEE. */
const FOLLOWED: ReadonlySet<string> = new Set(['id', 'server', 'tags']);

/**
 * What OEE, which is made at the start, does not learn of the machines: it goes on with what it was started with.
 * Nothing where the historian, and OEE with it, runs elsewhere.
 */
export function findOeeFields(started: SiteConfig, next: SiteConfig): NeedsRestart[] {
  if (started.historian === undefined) return [];
  const found: NeedsRestart[] = [];
  const add = (field: string, why: string): void => void found.push({ kind: 'needs-restart', field, why });
  const before = new Map(started.machines.map((machine) => [machine.id, machine]));
  const after = new Map(next.machines.map((machine) => [machine.id, machine]));
  for (const id of before.keys()) {
    if (!after.has(id)) add(`machines[${id}]`, 'OEE shows it, as unknown, until the next start');
  }
  for (const [id, machine] of after) {
    const known = before.get(id);
    if (known === undefined) {
      add(`machines[${id}]`, 'OEE knows it from the next start on');
      continue;
    }
    for (const name of keysOf(known, machine)) {
      if (FOLLOWED.has(name)) continue;
      // Both are machines, and the names are theirs.
      const [one, other] = [known, machine].map((either) => either[name as keyof typeof either]);
      if (!isDeepStrictEqual(one, other)) add(`machines[${id}].${name}`, 'OEE counts with it from the next start on');
    }
    const tagBefore = new Map(known.tags.map((tag) => [tag.metric, tag]));
    for (const { metric, role, counter } of machine.tags) {
      const path = `machines[${id}].tags[${metric}]`;
      const old = tagBefore.get(metric);
      if ((old?.role ?? 'value') !== role) add(`${path}.role`, 'OEE takes the tag for it from the next start on');
      else if (old !== undefined && !isDeepStrictEqual(old.counter, counter)) {
        add(`${path}.counter`, 'OEE reads the counter so from the next start on');
      }
    }
  }
  const stay = (ids: Iterable<string>, other: ReadonlyMap<string, unknown>): string[] =>
    [...ids].filter((id) => other.has(id));
  if (!isDeepStrictEqual(stay(before.keys(), after), stay(after.keys(), before))) {
    add('machines', 'OEE takes their order, which is that of the line, from the next start on');
  }
  return found;
}

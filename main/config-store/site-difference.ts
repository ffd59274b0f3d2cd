import { isDeepStrictEqual } from 'node:util';
import type { SiteConfig } from '../../shared/config/site.ts';
import type { SiteDifferenceEntry, SiteDifferenceView } from '../../shared/domain/site-edit.ts';
import type { SiteDifference } from '../../shared/domain/site-revision.ts';
import { toCanonicalJson } from './canonical-json.ts';

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What names an item in its list, so that one in another place is the same one. */
const NAME_FIELDS = ['id', 'metric', 'name', 'url'] as const;

function nameOf(item: unknown, index: number): string {
  if (!isFields(item)) return String(index);
  const field = NAME_FIELDS.find((name) => typeof item[name] === 'string');
  return field === undefined ? String(index) : String(item[field]);
}

function byName(items: readonly unknown[]): Map<string, unknown> {
  const named = new Map<string, unknown>();
  items.forEach((item, index) => {
    const name = nameOf(item, index);
    named.set(named.has(name) ? `${name}, ${index}` : name, item);
  });
  return named;
}

interface Found {
  readonly kind: SiteDifferenceEntry['kind'];
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** What differs, each the outermost: an added machine is one of them, not each of its tags. */
function findSiteDifference(before: object, after: object): Found[] {
  const found: Found[] = [];

  const compare = (path: string, one: unknown, other: unknown): void => {
    if (isDeepStrictEqual(one, other)) return;
    if (isFields(one) && isFields(other)) {
      const prefix = path === '' ? '' : `${path}.`;
      compareEach(new Map(Object.entries(one)), new Map(Object.entries(other)), (key) => `${prefix}${key}`);
    } else if (Array.isArray(one) && Array.isArray(other)) {
      const countBefore = found.length;
      compareEach(byName(one), byName(other), (name) => `${path}[${name}]`);
      // The same items in another order.
      if (found.length === countBefore) found.push({ kind: 'changed', path, before: one, after: other });
    } else found.push({ kind: 'changed', path, before: one, after: other });
  };

  const compareEach = (
    one: ReadonlyMap<string, unknown>,
    other: ReadonlyMap<string, unknown>,
    toPath: (key: string) => string,
  ): void => {
    for (const [key, value] of one) {
      if (other.has(key)) compare(toPath(key), value, other.get(key));
      else found.push({ kind: 'removed', path: toPath(key), before: value, after: undefined });
    }
    for (const [key, value] of other) {
      if (!one.has(key)) found.push({ kind: 'added', path: toPath(key), before: undefined, after: value });
    }
  };

  compare('', before, after);
  return found;
}

/** Names of what differs between two documents in canonical form, which hold objects. */
export function compareDocuments(before: string, after: string): SiteDifference {
  const found = findSiteDifference(JSON.parse(before) as object, JSON.parse(after) as object);
  const names = (kind: Found['kind']): string[] => found.filter((one) => one.kind === kind).map(({ path }) => path);
  return { added: names('added'), changed: names('changed'), removed: names('removed') };
}

/** The same for two sites. */
export const compareSites = (before: SiteConfig, after: SiteConfig): SiteDifference =>
  compareDocuments(toCanonicalJson(before), toCanonicalJson(after));

/** More than a person reads, less than slows the window down. */
const LISTED_ENTRIES = 1_000;
const LISTED_CHARACTERS = 400;

/** What differs with its values, cut to what a window shows. */
export function listSiteDifference(before: SiteConfig, after: SiteConfig): SiteDifferenceView {
  const documents = [toCanonicalJson(before), toCanonicalJson(after)].map((text) => JSON.parse(text) as object);
  const found = findSiteDifference(documents[0] ?? {}, documents[1] ?? {});
  const entries = found.slice(0, LISTED_ENTRIES).map(({ kind, path, before: old, after: next }) => ({
    kind,
    path,
    before: toText(old),
    after: toText(next),
  }));
  return { entryCount: found.length, entries };
}

function toText(value: unknown): string | null {
  if (value === undefined) return null;
  const text = JSON.stringify(value);
  return text.length <= LISTED_CHARACTERS ? text : `${text.slice(0, LISTED_CHARACTERS)} …`;
}

import { isDeepStrictEqual } from 'node:util';
import type { SiteConfig } from '../../shared/config/site.ts';
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

/** Names of what differs, each the outermost: an added machine is one name, not one for each of its tags. */
function findSiteDifference(before: object, after: object): SiteDifference {
  const found: { added: string[]; changed: string[]; removed: string[] } = { added: [], changed: [], removed: [] };
  const countFound = (): number => found.added.length + found.changed.length + found.removed.length;

  const compare = (path: string, one: unknown, other: unknown): void => {
    if (isDeepStrictEqual(one, other)) return;
    if (isFields(one) && isFields(other)) {
      const prefix = path === '' ? '' : `${path}.`;
      compareEach(new Map(Object.entries(one)), new Map(Object.entries(other)), (key) => `${prefix}${key}`);
    } else if (Array.isArray(one) && Array.isArray(other)) {
      const countBefore = countFound();
      compareEach(byName(one), byName(other), (name) => `${path}[${name}]`);
      // The same items in another order.
      if (countFound() === countBefore) found.changed.push(path);
    } else found.changed.push(path);
  };

  const compareEach = (
    one: ReadonlyMap<string, unknown>,
    other: ReadonlyMap<string, unknown>,
    toPath: (key: string) => string,
  ): void => {
    for (const [key, value] of one) {
      if (other.has(key)) compare(toPath(key), value, other.get(key));
      else found.removed.push(toPath(key));
    }
    for (const key of other.keys()) if (!one.has(key)) found.added.push(toPath(key));
  };

  compare('', before, after);
  return found;
}

/** The same for two documents in canonical form, which hold objects. */
export const compareDocuments = (before: string, after: string): SiteDifference =>
  findSiteDifference(JSON.parse(before) as object, JSON.parse(after) as object);

/** The same for two sites. */
export const compareSites = (before: SiteConfig, after: SiteConfig): SiteDifference =>
  compareDocuments(toCanonicalJson(before), toCanonicalJson(after));

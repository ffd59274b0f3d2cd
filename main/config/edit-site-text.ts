import { isDeepStrictEqual } from 'node:util';
import {
  type Document,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { SiteConfig } from '../../shared/config/site.ts';
import { parseSiteFile, type SiteText } from './read-site-file.ts';
import { takeBlocks } from './yaml-blocks.ts';

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The text of a site file with other values in some of its fields. What is the same stays as it is written, with its
 * comments; what is new is written like its neighbours. Values need not be right: the text is to be parsed.
 */
export function editSiteText({ text, site }: SiteText, fields: Fields): string {
  const edit = (write: typeof reconcile): string => {
    const document = parseDocument(text);
    writeMap(document, document.contents as YAMLMap, site, { ...site, ...fields }, write);
    if (!text.includes('[ ')) writeUnpadded(document);
    const changed = Object.keys(fields).filter((name) => !isDeepStrictEqual((site as Fields)[name], fields[name]));
    return takeBlocks(text, document.toString({ lineWidth: 0 }), changed);
  };
  const edited = edit(reconcile);
  const wanted = SiteConfig.safeParse({ ...site, ...fields });
  const parsed = parseSiteFile(edited);
  const isAsWanted = !wanted.success || (parsed.ok && isDeepStrictEqual(parsed.site, wanted.data));
  // A value that stands behind an anchor is meant elsewhere too: then the fields are written anew, as a whole.
  return isAsWanted ? edited : edit((document, _node, _before, after) => create(document, after));
}

/** The node with the new value: the same one where it can take it. */
function reconcile(document: Document, node: Node | undefined, before: unknown, after: unknown): Node {
  if (isMap(node) && isFields(before) && isFields(after)) return writeMap(document, node, before, after, reconcile);
  if (isSeq(node) && Array.isArray(before) && Array.isArray(after)) return writeSeq(document, node, before, after);
  if (isScalar(node) && !isFields(after) && !Array.isArray(after) && after !== null) {
    node.value = after;
    return node;
  }
  return create(document, after, isCollection(node) && node.flow === true);
}

function writeMap(document: Document, node: YAMLMap, before: Fields, after: Fields, write: typeof reconcile): YAMLMap {
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (isDeepStrictEqual(before[name], after[name])) continue;
    if (after[name] === undefined) node.delete(name);
    else node.set(name, write(document, node.get(name, true) as Node | undefined, before[name], after[name]));
  }
  return node;
}

function writeSeq(document: Document, node: YAMLSeq, before: readonly unknown[], after: readonly unknown[]): YAMLSeq {
  const old = node.items as Node[];
  const isFlow = old.some((item) => isCollection(item) && item.flow === true);
  const left = new Set(before.keys());
  const take = (fits: (index: number) => boolean): number | undefined => {
    const found = [...left].find(fits);
    if (found !== undefined) left.delete(found);
    return found;
  };
  // Those that stay first, then those of the same name, then those in the same place.
  const same = after.map((item) => take((index) => isDeepStrictEqual(before[index], item)));
  const named = after.map(
    (item, at) => same[at] ?? take((index) => nameOf(item) !== null && nameOf(before[index]) === nameOf(item)),
  );
  node.items = after.map((item, at) => {
    const index = named[at] ?? take((one) => one === at);
    return index === undefined
      ? create(document, item, isFlow)
      : isDeepStrictEqual(before[index], item)
        ? old[index]
        : reconcile(document, old[index], before[index], item);
  });
  return node;
}

const NAMES = ['id', 'metric', 'name', 'date', 'url'] as const;

function nameOf(item: unknown): unknown {
  if (!isFields(item)) return null;
  const field = NAMES.find((name) => typeof item[name] === 'string');
  return field === undefined ? null : item[field];
}

/** Lists that are empty are what the schema fills in: nobody writes them. */
function create(document: Document, value: unknown, isFlow = false): Node {
  const plain: unknown = JSON.parse(
    JSON.stringify(value, (name, inner: unknown) =>
      name !== '' && Array.isArray(inner) && inner.length === 0 ? undefined : inner,
    ),
  );
  const node = document.createNode(plain, { flow: isFlow });
  layOut(node);
  return node;
}

/** Lists of words stand in one line, and so does each of a list of entries. */
function layOut(node: unknown): void {
  if (isSeq(node)) {
    if (node.items.every(isScalar)) node.flow = true;
    else for (const item of node.items) if (isMap(item)) item.flow = true;
  }
  if (isMap(node)) for (const { value } of node.items) layOut(value);
}

/** `[mon]` and `{ a: 1 }`, as in a file that has no `[ mon ]`; the library pads all or nothing. */
function writeUnpadded(document: Document): void {
  visit(document, {
    Collection: (_key, node) => {
      const flowCollectionPadding = isSeq(node) ? '' : ' ';
      const { toString } = Object.getPrototypeOf(node) as YAMLMap;
      node.toString = (context, ...rest) =>
        toString.call(node, context && { ...context, flowCollectionPadding }, ...rest);
    },
  });
}

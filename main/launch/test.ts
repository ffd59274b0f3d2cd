import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildAll } from './build.ts';
import { type ElectronRuntime, prepareElectronRuntime } from './electron-runtime.ts';
import { runInForeground } from './foreground.ts';
import { repositoryRoot } from './repository-root.ts';
import { mustRun } from './run-command.ts';
import { runPlaywright } from './run-playwright.ts';
import { ensureSystemPackages } from './system-packages.ts';
import {
  addTallies,
  describeTally,
  NO_TESTS,
  ONE_FAILURE,
  parsePlaywrightReport,
  parseVitestReport,
  type TestTally,
} from './test-tally.ts';
import { toolEnvironment, toolScript } from './tool-environment.ts';

/**
 * `npm test`: everything that can be proved on this machine, one stage after the other. A stage that fails counts as a
 * failure and the next one still runs where it can, so that the sum on the last line is complete.
 */
async function testAll(reportFolder: string): Promise<TestTally> {
  const tallies: TestTally[] = [];
  const run = async (title: string, stage: () => Promise<TestTally>): Promise<void> => {
    tallies.push(await runStage(title, stage));
  };
  let runtime: ElectronRuntime | undefined;
  let packagedBinary: string | undefined;
  await run('System packages', async () => ((await ensureSystemPackages('window', 'tests')) ? NO_TESTS : ONE_FAILURE));
  await run('Types, lint, format, unused code', check);
  await run('Build', async () => (await buildAll(), NO_TESTS));
  await run('Electron', async () => ((runtime = await prepareElectronRuntime()), NO_TESTS));
  await run('Packaged folder', async () => {
    packagedBinary = await packageInChild();
    return NO_TESTS;
  });
  await run('Unit tests and tests against real parts', () => vitest(join(reportFolder, 'vitest.json')));
  await run('Window and pipeline tests', () => {
    if (runtime === undefined) throw new Error('there is no Electron to run them in');
    return playwright(join(reportFolder, 'playwright.json'), runtime, packagedBinary);
  });
  return addTallies(tallies);
}

let isInterrupted = false;
process.on('SIGINT', () => (isInterrupted = true));

async function runStage(title: string, stage: () => Promise<TestTally>): Promise<TestTally> {
  if (isInterrupted) return ONE_FAILURE;
  console.log(`\n=== ${title}`);
  const startedAtMs = performance.now();
  const tally = await stage().catch((error: unknown) => {
    console.error(error instanceof Error ? (error.stack ?? error.message) : error);
    return ONE_FAILURE;
  });
  const tookS = ((performance.now() - startedAtMs) / 1000).toFixed(1);
  console.log(`=== ${title}: ${tally.failed === 0 ? 'done' : 'FAILED'} in ${tookS} s`);
  return tally;
}

/** electron-builder writes pages to stdout; in a process of its own they are shown only when it fails. */
async function packageInChild(): Promise<string> {
  const script = join(repositoryRoot, 'main', 'launch', 'package-folder.ts');
  const { stdout } = await mustRun(process.execPath, [script], { cwd: repositoryRoot, env: toolEnvironment() });
  const executablePath = stdout.trimEnd().split('\n').at(-1) ?? '';
  if (!existsSync(executablePath)) throw new Error(`packaging names no program: ${executablePath}`);
  return executablePath;
}

async function check(): Promise<TestTally> {
  const exitCode = await runInForeground('npm', ['run', '--silent', 'check'], toolEnvironment(), repositoryRoot);
  return exitCode === 0 ? NO_TESTS : ONE_FAILURE;
}

async function vitest(reportPath: string): Promise<TestTally> {
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${reportPath}`];
  const script = toolScript('vitest', 'vitest.mjs');
  const exitCode = await runInForeground(process.execPath, [script, ...args], toolEnvironment(), repositoryRoot);
  return readReport(reportPath, parseVitestReport, exitCode);
}

async function playwright(reportPath: string, runtime: ElectronRuntime, packagedBinary?: string): Promise<TestTally> {
  const exitCode = await runPlaywright(runtime, {
    args: ['--reporter=list,json'],
    packagedBinary,
    environment: { PLAYWRIGHT_JSON_OUTPUT_FILE: reportPath },
  });
  return readReport(reportPath, parsePlaywrightReport, exitCode);
}

/** A run that ended badly without one failed test in its report broke somewhere else, and that counts too. */
async function readReport(path: string, parse: (json: unknown) => TestTally, exitCode: number): Promise<TestTally> {
  if (!existsSync(path)) throw new Error(`ended with exit code ${exitCode} and no report`);
  const json: unknown = JSON.parse(await readFile(path, 'utf8'));
  const tally = parse(json);
  return exitCode !== 0 && tally.failed === 0 ? addTallies([tally, ONE_FAILURE]) : tally;
}

const reportFolder = await mkdtemp(join(tmpdir(), 'lineside-test-'));
const tally = await testAll(reportFolder).finally(() => rm(reportFolder, { recursive: true, force: true }));
console.log(`\n${describeTally(tally)}`);
process.exitCode = tally.failed === 0 ? 0 : 1;

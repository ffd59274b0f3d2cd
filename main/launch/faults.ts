import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildAll } from './build.ts';
import { type Display, openDisplay } from './display.ts';
import { prepareElectronRuntime } from './electron-runtime.ts';
import { runInForeground } from './foreground.ts';
import { repositoryRoot } from './repository-root.ts';
import { windowEnvironment } from './run-playwright.ts';
import { ensureSystemPackages } from './system-packages.ts';
import { toolEnvironment, toolScript } from './tool-environment.ts';

const SEEDS = 1_000_000;

/**
 * `npm run faults [-- --only 3,17] [--fast] [--long] [--seed N] [--write]`: injects the faults of the matrix, one after the
 * other, and prints their table. A whole run writes it into docs/reliability.md, a part of it when `--write` says so. `--long` adds what takes a quarter of an hour each.
 * Only the faults of the window need a display, and make one where there is none. Other words go to Playwright. Returns the exit code.
 */
async function runFaults(words: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...words],
    options: {
      only: { type: 'string' },
      seed: { type: 'string' },
      fast: { type: 'boolean' },
      long: { type: 'boolean' },
      write: { type: 'boolean' },
    },
    allowPositionals: true,
  });
  const seed = Number(values.seed ?? randomInt(SEEDS));
  if (!Number.isSafeInteger(seed)) throw new Error(`--seed takes a whole number, not ${values.seed}`);
  const isWhole = values.only === undefined && values.fast !== true && positionals.length === 0;
  // What is still missing afterwards makes its faults be skipped by name.
  await ensureSystemPackages('tests', 'faults', 'window');
  await buildAll();
  console.log(`seed of the faults: ${seed}`);
  const window = await prepareWindow();
  const environment = toolEnvironment({
    ...window.environment,
    LINESIDE_FAULTS: values.fast === true ? 'fast' : 'all',
    LINESIDE_FAULTS_LONG: values.long === true ? '1' : '0',
    LINESIDE_FAULT_SEED: String(seed),
    LINESIDE_FAULTS_WRITE: isWhole || values.write === true ? '1' : '0',
  });
  const args = [
    ...['test', '-c', join('e2e', 'playwright.config.ts'), '--project', 'faults'],
    `--reporter=list,${join(repositoryRoot, 'e2e', 'faults', 'fault-reporter.ts')}`,
    ...(values.only === undefined ? [] : ['--grep', toGrep(values.only)]),
    ...positionals,
  ];
  const command = [toolScript('playwright', 'cli.js'), ...args];
  return runInForeground(process.execPath, command, environment, repositoryRoot).finally(window.end);
}

/** Electron and a display. Where there is none, the faults that need them are skipped and their rows say why. */
async function prepareWindow(): Promise<Display> {
  try {
    const runtime = await prepareElectronRuntime();
    const display = await openDisplay();
    return { environment: windowEnvironment(runtime, display), end: display.end };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { environment: { LINESIDE_WINDOW_LACKS: reason }, end: () => Promise.resolve() };
  }
}

/** `3,17` as the beginning of the titles. */
function toGrep(only: string): string {
  const numbers = only.split(',').map((word) => word.trim());
  if (!numbers.every((word) => /^\d+$/.test(word))) throw new Error(`--only takes numbers such as 3,17, not ${only}`);
  return `#(${numbers.join('|')}) `;
}

process.exitCode = await runFaults(process.argv.slice(2));

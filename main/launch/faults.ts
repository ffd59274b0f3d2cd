import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildAll } from './build.ts';
import { runInForeground } from './foreground.ts';
import { repositoryRoot } from './repository-root.ts';
import { ensureSystemPackages } from './system-packages.ts';
import { toolEnvironment, toolScript } from './tool-environment.ts';

const SEEDS = 1_000_000;

/**
 * `npm run faults [-- --only 3,17] [--fast] [--seed N] [--write]`: injects the faults of the matrix, one after the
 * other, and prints their table. A whole run writes it into docs/reliability.md, a part of it when `--write` says so.
 * Needs no display. Other words go to Playwright. Returns the exit code.
 */
async function runFaults(words: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...words],
    options: {
      only: { type: 'string' },
      seed: { type: 'string' },
      fast: { type: 'boolean' },
      write: { type: 'boolean' },
    },
    allowPositionals: true,
  });
  const seed = Number(values.seed ?? randomInt(SEEDS));
  if (!Number.isSafeInteger(seed)) throw new Error(`--seed takes a whole number, not ${values.seed}`);
  const isWhole = values.only === undefined && values.fast !== true && positionals.length === 0;
  // What is still missing afterwards makes its faults be skipped by name.
  await ensureSystemPackages('tests', 'faults');
  await buildAll();
  console.log(`seed of the faults: ${seed}`);
  const environment = toolEnvironment({
    LINESIDE_FAULTS: values.fast === true ? 'fast' : 'all',
    LINESIDE_FAULT_SEED: String(seed),
    LINESIDE_FAULTS_WRITE: isWhole || values.write === true ? '1' : '0',
  });
  const args = [
    ...['test', '-c', join('e2e', 'playwright.config.ts'), '--project', 'faults'],
    `--reporter=list,${join(repositoryRoot, 'e2e', 'faults', 'fault-reporter.ts')}`,
    ...(values.only === undefined ? [] : ['--grep', toGrep(values.only)]),
    ...positionals,
  ];
  return runInForeground(process.execPath, [toolScript('playwright', 'cli.js'), ...args], environment, repositoryRoot);
}

/** `3,17` as the beginning of the titles. */
function toGrep(only: string): string {
  const numbers = only.split(',').map((word) => word.trim());
  if (!numbers.every((word) => /^\d+$/.test(word))) throw new Error(`--only takes numbers such as 3,17, not ${only}`);
  return `#(${numbers.join('|')}) `;
}

process.exitCode = await runFaults(process.argv.slice(2));

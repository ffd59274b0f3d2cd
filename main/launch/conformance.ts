import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { countCoverage, toCoverage } from '../conformance/coverage.ts';
import { renewTable } from '../conformance/coverage-document.ts';
import { runInForeground } from './foreground.ts';
import { repositoryRoot } from './repository-root.ts';
import { ensureSystemPackages } from './system-packages.ts';
import { toolEnvironment, toolScript } from './tool-environment.ts';

/**
 * `npm run conformance`: our edge node and host against a real broker, one test for each assertion of Sparkplug 3.0.
 * Prints what is covered by section and exits with 1 when a test is red. With `--write` it renews docs/sparkplug.md.
 */

const DOCUMENT = join(repositoryRoot, 'docs', 'sparkplug.md');

const Report = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string(),
      assertionResults: z.array(
        z.object({ title: z.string(), status: z.string(), failureMessages: z.array(z.string()) }),
      ),
    }),
  ),
});
type Report = z.infer<typeof Report>;

async function runSuite(): Promise<{ readonly exitCode: number; readonly report: Report }> {
  const folder = await mkdtemp(join(tmpdir(), 'lineside-conformance-'));
  try {
    const path = join(folder, 'report.json');
    const words = ['run', 'main/conformance', '--reporter=json', `--outputFile.json=${path}`];
    const script = toolScript('vitest', 'vitest.mjs');
    const exitCode = await runInForeground(process.execPath, [script, ...words], toolEnvironment(), repositoryRoot);
    return { exitCode, report: Report.parse(JSON.parse(await readFile(path, 'utf8'))) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function printCoverage(): void {
  for (const { section, title, entries, coveredCount, ownCount } of toCoverage()) {
    if (ownCount === 0) continue;
    console.log(`${section.padEnd(5)} ${title.padEnd(48)} ${String(coveredCount).padStart(3)} / ${ownCount}`);
    for (const { assertion, standing } of entries) {
      if (standing.kind === 'uncovered') console.log(`        ${assertion.id}: ${standing.reason}`);
      if (standing.kind === 'forgotten') console.log(`        ${assertion.id}: NO CHECK AND NO REASON`);
    }
  }
  const { covered, own } = countCoverage();
  console.log(`\n${covered} of ${own} assertions that bind our edge node or host are covered`);
}

function printFailures({ testResults }: Report): number {
  const failed = testResults.flatMap(({ name, status, message, assertionResults }) => {
    const tests = assertionResults.filter((test) => test.status === 'failed');
    const lines = tests.map(({ title, failureMessages }) => `${title}\n  ${failureMessages[0] ?? ''}`);
    return lines.length === 0 && status === 'failed' ? [`${name}\n  ${message}`] : lines;
  });
  for (const text of failed) console.error(`RED  ${text}`);
  return failed.length;
}

await ensureSystemPackages('tests');
if (process.argv.includes('--write')) {
  await writeFile(DOCUMENT, renewTable(await readFile(DOCUMENT, 'utf8')));
}
const { exitCode, report } = await runSuite();
printCoverage();
const redCount = printFailures(report);
console.log(redCount === 0 ? 'no test is red' : `${redCount} tests are red`);
process.exitCode = exitCode === 0 && redCount === 0 ? 0 : 1;

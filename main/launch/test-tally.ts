import { z } from 'zod';

/** Counts of tests. A file that could not be run at all counts as one failed test: it must not vanish from the sum. */
export interface TestTally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const NO_TESTS: TestTally = { passed: 0, failed: 0, skipped: 0 };
/** Stands for a stage that broke before it could count. */
export const ONE_FAILURE: TestTally = { passed: 0, failed: 1, skipped: 0 };

const VitestReport = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numPendingTests: z.int(),
  numTodoTests: z.int(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.object({ status: z.string() })) })),
});

const PlaywrightReport = z.object({
  stats: z.object({ expected: z.int(), unexpected: z.int(), flaky: z.int(), skipped: z.int() }),
  /** Errors outside any test: a file that does not load, a global set-up that throws. */
  errors: z.array(z.unknown()),
});

/** Reads vitest's JSON report. Throws on any other shape. */
export function parseVitestReport(json: unknown): TestTally {
  const report = VitestReport.parse(json);
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + brokenFiles.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** Reads Playwright's JSON report. A flaky test passed in the end and counts as passed. Throws on any other shape. */
export function parsePlaywrightReport(json: unknown): TestTally {
  const { stats, errors } = PlaywrightReport.parse(json);
  return {
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected + (stats.unexpected === 0 ? errors.length : 0),
    skipped: stats.skipped,
  };
}

export function addTallies(tallies: readonly TestTally[]): TestTally {
  return tallies.reduce(
    (sum, tally) => ({
      passed: sum.passed + tally.passed,
      failed: sum.failed + tally.failed,
      skipped: sum.skipped + tally.skipped,
    }),
    NO_TESTS,
  );
}

/** The last line of `npm test`; machines read it, so its form is fixed. */
export function describeTally({ passed, failed, skipped }: TestTally): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

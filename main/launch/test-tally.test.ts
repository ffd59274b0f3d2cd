import { describe, expect, it } from 'vitest';
import {
  addTallies,
  describeTally,
  NO_TESTS,
  ONE_FAILURE,
  parsePlaywrightReport,
  parseVitestReport,
} from './test-tally.ts';

const vitestReport = {
  numPassedTests: 5,
  numFailedTests: 1,
  numPendingTests: 2,
  numTodoTests: 1,
  testResults: [
    { status: 'passed', assertionResults: [{ status: 'passed' }] },
    { status: 'failed', assertionResults: [{ status: 'failed' }, { status: 'passed' }] },
  ],
};

describe('parseVitestReport', () => {
  it('counts passed, failed and skipped tests', () => {
    expect(parseVitestReport(vitestReport)).toEqual({ passed: 5, failed: 1, skipped: 3 });
  });

  it('counts a file that could not be loaded as one failure', () => {
    const broken = { status: 'failed', assertionResults: [] };
    const report = { ...vitestReport, testResults: [...vitestReport.testResults, broken] };
    expect(parseVitestReport(report).failed).toBe(2);
  });

  it('refuses a report of another shape', () => {
    expect(() => parseVitestReport({ numPassedTests: 5 })).toThrow();
  });
});

describe('parsePlaywrightReport', () => {
  const stats = { expected: 4, unexpected: 1, flaky: 1, skipped: 2 };

  it('counts a flaky test as passed', () => {
    expect(parsePlaywrightReport({ stats, errors: [] })).toEqual({ passed: 5, failed: 1, skipped: 2 });
  });

  it('counts errors outside any test when no test failed', () => {
    const report = { stats: { ...stats, expected: 0, unexpected: 0, flaky: 0 }, errors: [{ message: 'no config' }] };
    expect(parsePlaywrightReport(report)).toEqual({ passed: 0, failed: 1, skipped: 2 });
  });
});

describe('describeTally', () => {
  it('names skipped tests only when there are some', () => {
    expect(describeTally({ passed: 12, failed: 0, skipped: 0 })).toBe('12 passed, 0 failed');
    expect(describeTally({ passed: 12, failed: 1, skipped: 3 })).toBe('12 passed, 1 failed, 3 skipped');
  });

  it('sums stages that count and stages that broke', () => {
    const sum = addTallies([NO_TESTS, ONE_FAILURE, { passed: 2, failed: 3, skipped: 4 }]);
    expect(sum).toEqual({ passed: 2, failed: 4, skipped: 4 });
  });
});

import { expect, it } from 'vitest';
import { LintTraffic } from './lint-traffic.ts';

type Play = (traffic: LintTraffic) => unknown;

/** For each rule a stream that breaks it and one that nearly does. */
export type LintCases<Rules extends object> = Readonly<Record<keyof Rules, readonly [breach: Play, near: Play]>>;

/** Each rule finds its breach, and finds nothing in the near miss. */
export function testLintCases<Rules extends object>(cases: LintCases<Rules>): void {
  const all: readonly [string, readonly [breach: Play, near: Play]][] = Object.entries(cases);
  it.each(all)('finds %s, and nothing where it is nearly broken', (rule, [breach, near]) => {
    const traffic = new LintTraffic();
    breach(traffic);
    expect(traffic.found()).toContain(rule);
    const correct = new LintTraffic();
    near(correct);
    expect(correct.linter.report().findings).toEqual([]);
  });
}

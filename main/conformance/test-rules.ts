import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AssertionId, assertions } from '../sparkplug/assertions.ts';
import { lintEdgeNode } from './lint-recording.ts';
import type { Recording } from './recording.ts';
import type { Rule } from './rule.ts';

/** Of the findings of a check; the others are like them. */
const SHOWN_COUNT = 5;

/** Two nodes of one name, which a scenario may have on purpose, are at fault together. */
const isOneNode = ({ namesakeCount }: Recording): boolean => namesakeCount === 1;

/** The second message of data is not there: its seq is missing between the first and the third. */
function withoutOneMessage(recording: Recording): Recording {
  const data = recording.heard.filter(({ topic }) => topic.includes('/DDATA/') || topic.includes('/NDATA/'));
  return { ...recording, heard: recording.heard.filter((message) => message !== data[1]) };
}

/** Runs our engine once and gives what was recorded. */
type Scenario = () => Promise<Recording>;

/**
 * One test for each assertion, over the recordings of all scenarios, and one for each of its mutants: a check that no
 * fault can turn red is no check. A scenario that fails is a failure of its own and takes only its recording away.
 */
export function testRules(
  side: 'edge' | 'host',
  rules: readonly Rule[],
  scenarios: Readonly<Record<string, Scenario>>,
): void {
  const recordings: Recording[] = [];
  const failures = new Map<string, unknown>();
  const green = new Set<AssertionId>();
  const proved = new Set<Rule>();

  describe(`conformance of the ${side}`, () => {
    beforeAll(async () => {
      const all = await Promise.all(
        Object.entries(scenarios).map(async ([name, record]) => {
          try {
            return [await record()];
          } catch (error) {
            failures.set(name, error);
            return [];
          }
        }),
      );
      recordings.push(...all.flat());
    }, 180_000);

    it.each(Object.keys(scenarios))('scenario %s runs to its end', (name) => {
      if (failures.has(name)) throw failures.get(name);
    });

    afterAll(() => {
      const covered = rules.filter((rule) => proved.has(rule)).flatMap(({ ids }) => ids.filter((id) => green.has(id)));
      const own = assertions.filter((assertion) => assertion.side === side);
      process.stdout.write(`conformance: ${covered.length} of ${own.length} assertions for the ${side} are covered\n`);
    });

    // The edge nodes beside our host are the scenario's, and make mistakes on purpose.
    it.runIf(side === 'edge')('says nothing that the lint for live traffic objects to, and would hear it', () => {
      const alone = recordings.filter(isOneNode);
      expect(alone.flatMap(lintEdgeNode)).toEqual([]);
      // Not in each: some hold no third message of data in the same session.
      expect(alone.map(withoutOneMessage).flatMap(lintEdgeNode).join()).toMatch(/gateway.*seq-gap/);
    });

    for (const rule of rules) {
      const { ids, says, check, mutants } = rule;
      for (const id of ids) {
        it(`${id}: ${says}`, () => {
          const { subjectCount, findings } = check(recordings);
          expect({ count: findings.length, first: findings.slice(0, SHOWN_COUNT) }).toEqual({ count: 0, first: [] });
          expect(subjectCount, 'the recordings hold nothing that shows it').toBeGreaterThan(0);
          green.add(id);
        });
      }
      it(`${ids[0] ?? ''} can fail`, () => {
        expect(mutants.length).toBeGreaterThan(0);
        const healthy = mutants.filter((mutant) => check(mutant.apply(recordings)).findings.length === 0);
        expect(healthy.map(({ fault }) => fault)).toEqual([]);
        proved.add(rule);
      });
    }
  });
}

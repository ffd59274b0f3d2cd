import { describe, expect, it } from 'vitest';
import { assertions } from '../assertions.ts';
import { allIdsOf } from './rule.ts';
import { RULES } from './rules.ts';

const levels = new Map(assertions.map(({ id, level }) => [id, level]));

describe('the rules of the lint', () => {
  it.each(Object.entries(RULES))('%s cites assertions that weigh what the finding says', (_key, rule) => {
    const ids = allIdsOf(rule);
    expect(ids).not.toEqual([]);
    // Advice is what cannot be proved, or what no assertion forbids outright.
    if (rule.severity === 'advice') return;
    const cited = ids.map((id) => levels.get(id));
    expect(cited).toContain(rule.severity);
    if (rule.severity === 'should') expect(cited).not.toContain('must');
  });

  it.each(Object.entries(RULES))('%s says in one sentence what to do', (_key, { remedy }) => {
    expect(remedy).toMatch(/^[A-Z][^\n]*\.$/);
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { assertions } from '../sparkplug/assertions.ts';
import { SECTIONS, suites, toStanding } from './coverage.ts';
import { renewTable } from './coverage-document.ts';
import { uncovered } from './uncovered.ts';

const document = readFileSync(new URL('../../docs/sparkplug.md', import.meta.url), 'utf8');

describe('coverage of the assertions', () => {
  it('has a check or a reason for each that binds a side under test', () => {
    const own = assertions.filter((assertion) => suites.some(({ side }) => side === assertion.side));
    const forgotten = own.filter((assertion) => toStanding(assertion).kind === 'forgotten');
    expect(forgotten.map(({ id }) => id)).toEqual([]);
  });

  it('checks each id once, and excuses none that is checked', () => {
    const ids = [
      ...suites.flatMap(({ rules }) => rules.flatMap((rule) => rule.ids)),
      ...uncovered.flatMap((gap) => gap.ids),
    ];
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  it('claims nothing of what binds the broker', () => {
    const claimed = assertions.filter((one) => one.side === 'broker' && toStanding(one).kind !== 'broker');
    expect(claimed).toEqual([]);
  });

  it('has a fault for each check to be checked by', () => {
    const rules = suites.flatMap(({ rules }) => rules);
    expect(rules.filter(({ mutants }) => mutants.length === 0).map(({ ids }) => ids)).toEqual([]);
  });

  it('knows every section', () => {
    expect(assertions.filter(({ section }) => !(section in SECTIONS))).toEqual([]);
  });
});

describe('docs/sparkplug.md', () => {
  it('names exactly the ids of the list', () => {
    const named = [...new Set(document.match(/tck-id-[A-Za-z0-9-]+/g))].sort();
    expect(named).toEqual(assertions.map(({ id }) => id).sort());
  });

  it('is as `npm run conformance -- --write` writes it', () => {
    expect(renewTable(document)).toBe(document);
  });
});

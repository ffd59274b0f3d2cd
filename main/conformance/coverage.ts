import { type Assertion, type AssertionId, assertions } from '../sparkplug/assertions.ts';
import { edgeRules } from './edge-rules.ts';
import { hostRules } from './host-rules.ts';
import type { Rule } from './rule.ts';
import { uncovered } from './uncovered.ts';

/** What is known of an assertion: how it is checked, why it is not, or that it binds the broker. */
export type Standing =
  | { readonly kind: 'covered'; readonly says: string; readonly suite: string }
  | { readonly kind: 'uncovered'; readonly reason: string }
  | { readonly kind: 'broker' }
  /** Neither checked nor excused: a test forbids it. */
  | { readonly kind: 'forgotten' };

interface Suite {
  readonly side: 'edge' | 'host';
  readonly file: string;
  readonly rules: readonly Rule[];
}

/** One for each side that is under test. */
export const suites: readonly Suite[] = [
  { side: 'edge', file: 'edge.parts.test.ts', rules: edgeRules },
  { side: 'host', file: 'host.parts.test.ts', rules: hostRules },
];

const checked = new Map<AssertionId, { readonly says: string; readonly suite: string }>(
  suites.flatMap(({ file, rules }) =>
    rules.flatMap(({ ids, says }) => ids.map((id) => [id, { says, suite: file }] as const)),
  ),
);
const excused = new Map<AssertionId, string>(
  uncovered.flatMap(({ ids, reason }) => ids.map((id) => [id, reason] as const)),
);

export function toStanding({ id, side }: Assertion): Standing {
  const check = checked.get(id);
  if (check !== undefined) return { kind: 'covered', ...check };
  const reason = excused.get(id);
  if (reason !== undefined) return { kind: 'uncovered', reason };
  return side === 'broker' ? { kind: 'broker' } : { kind: 'forgotten' };
}

/** Sections of the specification guide by which ids are listed; the order is that of the list of assertions. */
export const SECTIONS: Readonly<Record<string, string>> = {
  '1.1': 'Topics and names',
  '1.2': 'CONNECT, Will and bdSeq',
  '1.3': 'NBIRTH',
  '1.4': 'Devices: DBIRTH and DDEATH',
  '1.5': 'NDATA and DDATA',
  '1.6': 'Rebirth',
  '1.7': 'Commands at the edge node',
  '1.8': 'Primary host',
  '1.9': 'Several brokers',
  '1.11': 'Intentional disconnect',
  '1.12': 'Datatypes, property sets, DataSets, templates',
  '2.1': 'Identity and connection of the host',
  '2.2': 'Termination of the host',
  '2.3': 'Order of messages and rebirth requests',
  '2.4': 'Births, aliases and deaths at the host',
  '2.5': 'Commands of the host',
  '2.6': 'Rules for the broker',
};

export interface SectionCoverage {
  readonly section: string;
  readonly title: string;
  readonly entries: readonly { readonly assertion: Assertion; readonly standing: Standing }[];
  readonly coveredCount: number;
  /** All that bind the edge node or the host. */
  readonly ownCount: number;
}

export function toCoverage(): readonly SectionCoverage[] {
  return Object.entries(SECTIONS).map(([section, title]) => {
    const entries = assertions
      .filter((assertion) => assertion.section === section)
      .map((assertion) => ({ assertion, standing: toStanding(assertion) }));
    return {
      section,
      title,
      entries,
      coveredCount: entries.filter(({ standing }) => standing.kind === 'covered').length,
      ownCount: entries.filter(({ assertion }) => assertion.side !== 'broker').length,
    };
  });
}

/** Of one side or of both: covered, and all that bind it. */
export function countCoverage(side?: Assertion['side']): { readonly covered: number; readonly own: number } {
  const own = assertions.filter((one) => one.side !== 'broker' && (side === undefined || one.side === side));
  return { covered: own.filter((one) => toStanding(one).kind === 'covered').length, own: own.length };
}

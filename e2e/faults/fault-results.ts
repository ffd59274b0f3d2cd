import type { ConservationSum } from '../fixtures/conservation.ts';
import { FAULT_MATRIX, type FaultRow } from './fault-matrix.ts';

/** What one test of one fault came to. */
export interface FaultResult {
  readonly number: number;
  readonly title: string;
  readonly injection: string;
  readonly verdict: 'passed' | 'failed' | 'skipped';
  /** Why it was skipped, or the first line of how it failed. */
  readonly reason?: string;
  readonly seed: number;
  readonly recoveryS?: number;
  readonly sum?: ConservationSum;
  readonly notes?: readonly string[];
}

/**
 * The known results with those of a run put in. `replaces` says whether the run tried all tests of a number, so that
 * older ones of that number are dropped, or only some of them.
 */
export function mergeResults(
  known: readonly FaultResult[],
  seen: readonly FaultResult[],
  replaces: 'whole-numbers' | 'single-tests',
): readonly FaultResult[] {
  const isReplaced = (old: FaultResult): boolean =>
    seen.some(({ number, title }) => number === old.number && (replaces === 'whole-numbers' || title === old.title));
  return [...known.filter((old) => !isReplaced(old)), ...seen].sort(
    (a, b) => a.number - b.number || a.title.localeCompare(b.title),
  );
}

const TERMS = [
  ['produced', 'Produced'],
  ['received', 'Received'],
  ['dropped', 'Dropped'],
  ['queued', 'Queued'],
  ['deadLetters', 'Dead'],
  ['sourceOverflow', 'Overflow'],
  ['unexplained', 'Unexplained'],
  ['twice', 'Twice'],
] as const;

const HEAD = ['#', 'Fault', 'Injected', ...TERMS.map(([, title]) => title), 'Recovery (s)', 'Result'];

/** A Markdown table with a row for every fault of the matrix. */
export function toMarkdownTable(results: readonly FaultResult[]): string {
  const rows = FAULT_MATRIX.map((row) =>
    toCells(
      row,
      results.filter(({ number }) => number === row.number),
    ),
  );
  const lines = [HEAD, HEAD.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return lines.join('\n');
}

/** The same for a terminal: one line for each test that ran. */
export function toTextTable(results: readonly FaultResult[]): string {
  return results
    .map(({ number, title, verdict, sum, recoveryS, reason, notes = [] }) => {
      const terms = sum === undefined ? [] : TERMS.map(([term, name]) => `${name.toLowerCase()} ${sum[term]}`);
      const recovery = recoveryS === undefined ? [] : [`recovery ${recoveryS.toFixed(1)} s`];
      const facts = [
        ...terms,
        ...recovery,
        ...(verdict === 'passed' || reason === undefined ? [] : [reason]),
        ...notes,
      ];
      return `#${number} ${title}: ${verdict}\n    ${facts.join(', ')}`;
    })
    .join('\n');
}

function toCells(row: FaultRow, results: readonly FaultResult[]): readonly string[] {
  const empty = TERMS.map(() => '');
  if (results.length === 0) {
    const why = row.notInjected === undefined ? 'not tried yet' : `not injected here: ${row.notInjected}`;
    return [String(row.number), row.name, '', ...empty, '', why];
  }
  const sums = results.flatMap(({ sum }) => (sum === undefined ? [] : [sum]));
  const terms =
    sums.length === 0 ? empty : TERMS.map(([term]) => String(sums.reduce((total, sum) => total + sum[term], 0)));
  const recoveries = results.flatMap(({ recoveryS }) => (recoveryS === undefined ? [] : [recoveryS]));
  const recovery = recoveries.length === 0 ? '' : Math.max(...recoveries).toFixed(1);
  const injected = results.map(({ injection }) => injection).join('; ');
  return [String(row.number), row.name, injected, ...terms, recovery, describeVerdict(results)].map(toCell);
}

const toCell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function describeVerdict(results: readonly FaultResult[]): string {
  const count = (verdict: FaultResult['verdict']): number => results.filter((each) => each.verdict === verdict).length;
  const reasons = results.flatMap(({ verdict, reason }) => (verdict === 'passed' ? [] : [reason ?? verdict]));
  const notes = results.flatMap((each) => each.notes ?? []);
  const verdicts = (['passed', 'failed', 'skipped'] as const)
    .filter((verdict) => count(verdict) > 0)
    .map((verdict) => (results.length === 1 ? verdict : `${count(verdict)} ${verdict}`));
  return [verdicts.join(', '), ...reasons, ...notes].join('; ');
}

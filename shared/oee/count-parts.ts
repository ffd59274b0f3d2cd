import type { CounterEvidence, CounterRole, MachineAccount, MachineEvidence, MachineRules } from './machine-account.ts';
import { PartLedger } from './part-ledger.ts';
import { accountProducts, countsUpTo, type PartLedgers, productStretches } from './product-accounts.ts';
import type { RunTime } from './run-index.ts';
import type { TimeRange } from './time-class.ts';

type CountFacts = Pick<
  MachineAccount,
  | 'products'
  | 'counts'
  | 'countsAt'
  | 'productsIn'
  | 'stepsIn'
  | 'wholeStepsIn'
  | 'hasTotalCounter'
  | 'hasGoodCounter'
  | 'hasRejectCounter'
>;

interface CountInput {
  readonly evidence: Pick<MachineEvidence, 'products' | 'orders'>;
  readonly rules: Pick<MachineRules, 'ideals' | 'partsPerCount'>;
  readonly range: TimeRange;
  readonly ledgers: PartLedgers;
}

export interface CountedParts {
  readonly facts: CountFacts;
  readonly ledgers: PartLedgers;
}

/** Everything an account says of parts. */
export function countParts({ evidence, rules, range, ledgers }: CountInput): CountedParts {
  const stretches = productStretches(evidence, rules, range);
  const productsIn = (part: TimeRange) => accountProducts(stretches, ledgers, part);
  const countsAt = (atMs: number) => countsUpTo(stretches, ledgers, { fromMs: range.fromMs, toMs: atMs });
  return {
    ledgers,
    facts: {
      products: productsIn(range),
      counts: countsAt(range.toMs),
      countsAt,
      productsIn,
      stepsIn: (role: CounterRole, part: TimeRange) => ledgers[role]?.stepsIn(clipRange(part, range)) ?? [],
      hasTotalCounter: ledgers.total !== null,
      hasGoodCounter: ledgers.good !== null,
      hasRejectCounter: ledgers.reject !== null,
      wholeStepsIn: (role: CounterRole, part: TimeRange) => ledgers[role]?.wholeStepsIn(part) ?? [],
    },
  };
}

export function toLedgers(
  { total, good, reject, rework }: Pick<MachineEvidence, CounterRole>,
  { prorateGapMs }: Pick<MachineRules, 'prorateGapMs'>,
  gaps: readonly TimeRange[],
  run: RunTime,
): PartLedgers {
  const toLedger = (series: CounterEvidence | null): PartLedger | null =>
    series === null ? null : new PartLedger(series, gaps, run, prorateGapMs);
  return { total: toLedger(total), good: toLedger(good), reject: toLedger(reject), rework: toLedger(rework) };
}

export const clipRange = (part: TimeRange, range: TimeRange): TimeRange => ({
  fromMs: Math.max(part.fromMs, range.fromMs),
  toMs: Math.min(part.toMs, range.toMs),
});

import type { CountedStep, CounterRole, MachineAccount, ProductAccount } from './machine-account.ts';
import type { OeeInput, ProductCounts } from './oee-factors.ts';
import { overlapping } from './overlapping.ts';
import { add, divide, type Rational, subtract, toRational, ZERO } from './rational.ts';
import { plannedProductionMs, runMs, sumTime } from './time-account.ts';
import type { TimeAccount, TimeRange } from './time-class.ts';

/** With fewer cycles than these in a window, parts are shared out by how much of their cycle lies in it (D9). */
const PROPORTIONAL_CYCLES = 10;
/** With fewer, a performance only says where in a cycle the machine is (D11). */
const MIN_CYCLES = 5;

/** What the figures of a window are made of. */
export interface WindowFigures extends OeeInput {
  readonly plannedMs: number;
  readonly runMs: number;
  readonly products: readonly (ProductCounts & { readonly idealCycleMs: number | null })[];
  readonly range: TimeRange;
  readonly account: TimeAccount;
  readonly parts: readonly ProductAccount[];
  /** Counts in `products` are shares of cycles (D9); those in `parts` never are. */
  readonly isProportional: boolean;
  /** Too few cycles in its run time, or in its planned time, for a figure (D11). */
  readonly isRunTooShort: boolean;
  readonly isPlannedTooShort: boolean;
}

export function windowFigures(account: MachineAccount, range: TimeRange): WindowFigures {
  const isWhole = range.fromMs === account.range.fromMs && range.toMs === account.range.toMs;
  const times = isWhole ? account.account : sumTime(overlapping(account.intervals, range));
  const parts = isWhole ? account.products : account.productsIn(range);
  const longestMs = Math.max(0, ...parts.map(({ idealCycleMs, partsPerCount }) => (idealCycleMs ?? 0) * partsPerCount));
  const isProportional = longestMs > 0 && range.toMs - range.fromMs < PROPORTIONAL_CYCLES * longestMs;
  const plannedMs = plannedProductionMs(times);
  const ranMs = runMs(times);
  return {
    range,
    account: times,
    parts,
    plannedMs,
    runMs: ranMs,
    products: isProportional ? parts.map((part) => proportional(account, part)) : parts,
    isProportional,
    isRunTooShort: ranMs > 0 && ranMs < MIN_CYCLES * longestMs,
    isPlannedTooShort: plannedMs < MIN_CYCLES * longestMs,
  };
}

function proportional(account: MachineAccount, part: ProductAccount) {
  const share = (role: CounterRole): Rational => {
    let sum = ZERO;
    for (const step of account.wholeStepsIn(role, part)) sum = add(sum, shareOf(step, part));
    return multiplyCount(sum, part.partsPerCount);
  };
  const { totalCount, goodCount, rejectCount, reworkCount } = part;
  const total = totalCount === null ? null : share('total');
  const lost = add(rejectCount === null ? ZERO : share('reject'), reworkCount === null ? ZERO : share('rework'));
  // Good is computed where no counter says it; then the account's own good is total − reject.
  const hasGood = account.hasGoodCounter;
  const good = goodCount === null ? null : hasGood ? share('good') : subtract(total ?? ZERO, lost);
  return {
    idealCycleMs: part.idealCycleMs,
    totalCount: account.hasTotalCounter ? total : sumOf(good, lost, total),
    goodCount: good,
  };
}

const sumOf = (good: Rational | null, lost: Rational, total: Rational | null): Rational | null =>
  total === null || good === null ? null : add(good, lost);

const multiplyCount = (sum: Rational, partsPerCount: number): Rational =>
  divide(sum, divide(toRational(1), toRational(partsPerCount)));

/** The part of a step's count that its overlap with a range stands for. */
export function shareOf(step: CountedStep, range: TimeRange): Rational {
  const overlapMs = Math.min(step.toMs, range.toMs) - Math.max(step.fromMs, range.fromMs);
  if (overlapMs <= 0 || step.toMs <= step.fromMs) return ZERO;
  return divide(toRational(step.count * overlapMs), toRational(step.toMs - step.fromMs));
}

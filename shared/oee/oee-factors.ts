import type { Factor, OeeFactors } from '../domain/oee-snapshot.ts';
import { add, divide, isZero, multiply, type Rational, toNumber, toRational, ZERO } from './rational.ts';

/** Parts of one product, with the ideal cycle that held when they were made (D6, D7). */
export interface ProductCounts {
  /** Planned run time per item, milliseconds; null when nobody gave one (D8). */
  readonly idealCycleMs: number | Rational | null;
  /** Null when no counter says it; a fraction where long cycles are shared out (D9). */
  readonly totalCount: number | Rational | null;
  readonly goodCount: number | Rational | null;
}

export interface OeeInput {
  /** Planned production time, milliseconds. */
  readonly plannedMs: number | Rational;
  /** Run time with short stops, milliseconds. */
  readonly runMs: number | Rational;
  readonly products: readonly ProductCounts[];
}

/** The factors as exact fractions, null where there is none. `oee` = ideal × good / planned time. */
export interface ExactFactors {
  readonly availability: Rational | null;
  readonly performance: Rational | null;
  readonly quality: Rational | null;
  readonly oee: Rational | null;
}

/** Above this performance is a data fault: ideal too slow, counts or run time wrong (D5). It is not capped. */
export const PERFORMANCE_LIMIT = 1.02;

export const CAUSES = {
  notScheduled: 'No planned production time yet: not scheduled, or nothing is known.',
  noRun: 'The machine has not run.',
  partsWithoutRun: 'Parts were counted, but no run time: check the state.',
  noParts: 'No parts yet.',
  noIdeal: 'No ideal cycle is configured.',
  noTotal: 'No counter says how many parts were made.',
  noGood: 'No counter says how many parts were good.',
  overPerformance: 'Above 102 %: the ideal cycle is too slow, or run time or counts are wrong.',
} as const;

/**
 * Availability, performance, quality and OEE (oee.md 1.2, 2.5), exact until the last step. Values are
 * ratios, performance may exceed 1; where there is no value, `cause` says why in a sentence.
 */
export function oeeFactors(input: OeeInput): OeeFactors {
  const exact = exactFactors(input);
  const sums = sumProducts(input.products);
  const noRun = sums.total !== null && !isZero(sums.total) ? CAUSES.partsWithoutRun : CAUSES.noRun;
  const performanceCause = sums.earnedTotal === null ? (sums.total === null ? CAUSES.noTotal : CAUSES.noIdeal) : noRun;
  const qualityCause = sums.total === null ? CAUSES.noTotal : sums.good === null ? CAUSES.noGood : CAUSES.noParts;
  const oeeCause = sums.good === null ? CAUSES.noGood : CAUSES.noIdeal;
  return {
    availability: toFactor(exact.availability, CAUSES.notScheduled),
    performance: flagged(toFactor(exact.performance, performanceCause)),
    quality: toFactor(exact.quality, isZero(toExact(input.runMs)) ? noRun : qualityCause),
    oee: toFactor(exact.oee, exact.availability === null ? CAUSES.notScheduled : oeeCause),
  };
}

export function exactFactors({ plannedMs, runMs, products }: OeeInput): ExactFactors {
  const planned = toExact(plannedMs);
  const run = toExact(runMs);
  const { total, earnedTotal, good, earnedGood } = sumProducts(products);
  // D2: without run time there is nothing to compare with, and no part of it can be good.
  const performance = earnedTotal === null || isZero(run) ? null : divide(earnedTotal, run);
  return {
    availability: isZero(planned) ? null : divide(run, planned),
    performance,
    quality: isZero(run) ? null : qualityOf({ total, earnedTotal, good, earnedGood }),
    oee: oeeOf(planned, run, good, earnedGood),
  };
}

function oeeOf(planned: Rational, run: Rational, good: Rational | null, earnedGood: Rational | null): Rational | null {
  if (isZero(planned)) return null;
  // D2 and D4: these are 0 whatever the ideal cycle is.
  if (isZero(run) || (good !== null && isZero(good))) return ZERO;
  return earnedGood === null ? null : divide(earnedGood, planned);
}

export interface EarnedSums {
  readonly total: Rational | null;
  readonly good: Rational | null;
  /** Milliseconds the parts should have taken. */
  readonly earnedTotal: Rational | null;
  readonly earnedGood: Rational | null;
}

/** Weighted by time where ideals are known, else A × P × Q would not be OEE with two products (D6). */
function qualityOf({ total, earnedTotal, good, earnedGood }: EarnedSums): Rational | null {
  if (earnedTotal !== null && earnedGood !== null) return isZero(earnedTotal) ? null : divide(earnedGood, earnedTotal);
  return total === null || good === null || isZero(total) ? null : divide(good, total);
}

/** Sums over products; null where one of them has no such number. */
export function sumProducts(products: readonly ProductCounts[]): EarnedSums {
  const sum = (pick: (product: ProductCounts) => Rational | null): Rational | null => {
    let total = ZERO;
    for (const product of products) {
      const part = pick(product);
      if (part === null) return null;
      total = add(total, part);
    }
    return total;
  };
  const earned = (idealMs: number | Rational | null, count: number | Rational | null): Rational | null =>
    idealMs === null || count === null ? null : multiply(toExact(idealMs), toExact(count));
  return {
    total: sum(({ totalCount }) => (totalCount === null ? null : toExact(totalCount))),
    good: sum(({ goodCount }) => (goodCount === null ? null : toExact(goodCount))),
    earnedTotal: sum(({ idealCycleMs, totalCount }) => earned(idealCycleMs, totalCount)),
    earnedGood: sum(({ idealCycleMs, goodCount }) => earned(idealCycleMs, goodCount)),
  };
}

const toExact = (value: number | Rational): Rational => (typeof value === 'number' ? toRational(value) : value);

/** OEE of one product in plain doubles, for the many points of a trend; the rules are those of `oeeFactors`. */
export function oeeRatio(
  plannedMs: number,
  runMs: number,
  product: {
    readonly idealCycleMs: number | null;
    readonly totalCount: number | null;
    readonly goodCount: number | null;
  },
): number | null {
  if (plannedMs === 0) return null;
  if (runMs === 0 || product.goodCount === 0) return 0;
  const { idealCycleMs, goodCount } = product;
  return idealCycleMs === null || goodCount === null ? null : (idealCycleMs * goodCount) / plannedMs;
}

const toFactor = (exact: Rational | null, cause: string): Factor =>
  exact === null ? { value: null, cause } : { value: toNumber(exact), cause: null };

const flagged = ({ value, cause }: Factor): Factor => ({
  value,
  cause: value !== null && value > PERFORMANCE_LIMIT ? CAUSES.overPerformance : cause,
});

/** All factors without a value, for one reason. */
export function noFactors(cause: string): OeeFactors {
  const none: Factor = { value: null, cause };
  return { availability: none, performance: none, quality: none, oee: none };
}

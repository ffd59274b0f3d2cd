import { exactFactors, type ProductCounts } from './oee-factors.ts';
import { add, divide, isZero, multiply, type Rational, toRational, ZERO } from './rational.ts';

/** A run of one product in the calculator; all numbers exact. */
interface CalculatedRun {
  readonly idealCycleSeconds: Rational;
  readonly totalCount: Rational;
  readonly goodCount: Rational;
}

export interface CalculatorInput {
  readonly plannedSeconds: Rational;
  readonly runSeconds: Rational;
  readonly calendarSeconds?: Rational | undefined;
  readonly runs: readonly CalculatedRun[];
}

/** A figure with its exact value, or the cause why there is none. */
export interface CalculatedFigure {
  readonly exact: Rational | null;
  readonly cause: string | null;
}

export interface Calculated {
  readonly availability: CalculatedFigure;
  readonly performance: CalculatedFigure;
  readonly quality: CalculatedFigure;
  readonly oee: CalculatedFigure;
  /** Where the calendar time is given. */
  readonly teep?: CalculatedFigure;
  readonly remarks: readonly string[];
}

const LIMIT = toRational(1.02);

/** A, P, Q, OEE and TEEP by the rules of every account (oee.md 1.2, D1 to D6), from numbers that somebody gives. */
export function calculateOee(input: CalculatorInput): Calculated {
  const { plannedSeconds, runSeconds, calendarSeconds, runs } = input;
  const exact = exactFactors({
    plannedMs: plannedSeconds,
    runMs: runSeconds,
    products: runs.map(({ idealCycleSeconds, totalCount, goodCount }): ProductCounts => ({
      idealCycleMs: idealCycleSeconds,
      totalCount,
      goodCount,
    })),
  });
  const isPlanned = !isZero(plannedSeconds);
  const total = runs.reduce((sum, { totalCount }) => add(sum, totalCount), ZERO);
  const noRun = isZero(total)
    ? 'run time is 0: nothing to compare with'
    : 'run time is 0, but parts were counted: check the run time';
  const noPlan = 'planned time is 0: not scheduled';
  const noParts = 'no part was made';
  const figure = (value: Rational | null, cause: string): CalculatedFigure =>
    value === null ? { exact: null, cause } : { exact: value, cause: null };
  const isRunning = !isZero(runSeconds);
  const { performance } = exact;
  const isHigh = performance !== null && isAbove(performance, LIMIT);
  const remarks = isHigh
    ? ['performance is above 102 %: the ideal cycle is too long, or run time or counts are wrong; it is not capped']
    : [];
  return {
    availability: figure(exact.availability, noPlan),
    performance: figure(performance, noRun),
    quality: figure(exact.quality, isRunning ? noParts : noRun),
    oee: figure(exact.oee, noPlan),
    ...(calendarSeconds === undefined
      ? {}
      : { teep: teepOf(isPlanned ? exact.oee : ZERO, plannedSeconds, calendarSeconds) }),
    remarks,
  };
}

function teepOf(oee: Rational | null, planned: Rational, calendar: Rational): CalculatedFigure {
  if (isZero(calendar)) return { exact: null, cause: 'calendar time is 0' };
  return { exact: oee === null ? null : divide(multiply(oee, planned), calendar), cause: null };
}

export const isAbove = (a: Rational, b: Rational): boolean => a.numerator * b.denominator > b.numerator * a.denominator;

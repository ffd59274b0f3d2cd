import { type ExactFactors, exactFactors, type OeeInput } from './oee-factors.ts';
import { add, divide, type Rational, toRational, ZERO } from './rational.ts';

/**
 * Machines that do not depend on one another, as one figure (oee.md 2.6): numerators and denominators are summed. The
 * mean of their figures, or the product of mean factors, would be another number.
 */
export function sumFleet(machines: readonly OeeInput[]): ExactFactors {
  const sum = (pick: (machine: OeeInput) => number | Rational): Rational =>
    machines.reduce((total, machine) => {
      const value = pick(machine);
      return add(total, typeof value === 'number' ? toRational(value) : value);
    }, ZERO);
  return exactFactors({
    plannedMs: sum(({ plannedMs }) => plannedMs),
    runMs: sum(({ runMs }) => runMs),
    products: machines.flatMap(({ products }) => products),
  });
}

/** Ideal cycle of branches that work side by side: their ideal rates are summed. Null without branches. */
export function parallelIdealMs(idealCyclesMs: readonly number[]): Rational | null {
  if (idealCyclesMs.length === 0) return null;
  const one = toRational(1);
  const rate = idealCyclesMs.reduce((sum, idealMs) => add(sum, divide(one, toRational(idealMs))), ZERO);
  return divide(one, rate);
}

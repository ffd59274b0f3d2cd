import type { Kpi } from '../domain/equipment-shift.ts';
import type { MachineAccount } from './machine-account.ts';
import { CAUSES, exactFactors, oeeFactors, PERFORMANCE_LIMIT, sumProducts } from './oee-factors.ts';
import { divide, isZero, type Rational, subtract, toNumber, toRational, toText } from './rational.ts';
import { allMs } from './time-account.ts';
import type { WindowFigures } from './window-figures.ts';

export const TOO_EARLY = 'Too early: less than five ideal cycles have passed.';

/** A figure with its exact fraction; null has a cause. */
export function toKpi(
  facts: Pick<Kpi, 'id' | 'label' | 'unit' | 'formula'>,
  exact: Rational | null,
  cause: string | null,
): Kpi {
  const { id, label, unit, formula } = facts;
  if (exact === null) return { id, label, value: null, unit, cause, exact: null, formula };
  return { id, label, value: toNumber(exact), unit, cause: null, exact: toText(exact), formula };
}

/** A quotient of times; null when there is nothing to divide by. */
export const quotient = (numeratorMs: number, denominatorMs: number): Rational | null =>
  denominatorMs === 0 ? null : divide(toRational(numeratorMs), toRational(denominatorMs));

/** A × P × Q and what goes with them (oee.md 1.2), with the exact fraction each stands for; D1 to D5, D8, D11. */
export function vorneKpis(window: WindowFigures, stops: MachineAccount['stops']): Kpi[] {
  return [...factorKpis(window), ...timeKpis(window), ...stopKpis(window, stops)];
}

function factorKpis(window: WindowFigures): Kpi[] {
  const exact = exactFactors(window);
  const told = oeeFactors(window);
  const ratio = (id: string, label: string, formula: string) => ({ id, label, unit: 'ratio' as const, formula });
  const isEarly = window.isRunTooShort && exact.performance !== null;
  const isOeeEarly = window.isPlannedTooShort && exact.oee !== null;
  const performance = toKpi(
    ratio('performance', 'Performance', 'Σ(ideal cycle × total) / run time'),
    isEarly ? null : exact.performance,
    isEarly ? TOO_EARLY : told.performance.cause,
  );
  const isHigh = performance.value !== null && performance.value > PERFORMANCE_LIMIT;
  return [
    toKpi(
      ratio('availability', 'Availability', 'run time / planned production time'),
      exact.availability,
      told.availability.cause,
    ),
    isHigh ? { ...performance, cause: CAUSES.overPerformance } : performance,
    toKpi(
      ratio('quality', 'Quality', 'Σ(ideal cycle × good) / Σ(ideal cycle × total)'),
      exact.quality,
      told.quality.cause,
    ),
    toKpi(
      ratio('oee', 'OEE', 'Σ(ideal cycle × good) / planned production time'),
      isOeeEarly ? null : exact.oee,
      isOeeEarly ? TOO_EARLY : told.oee.cause,
    ),
  ];
}

function timeKpis(window: WindowFigures): Kpi[] {
  const { account, plannedMs } = window;
  const { oee } = exactFactors(window);
  const allTimeMs = allMs(account);
  const shiftMs = allTimeMs - account['not-scheduled'];
  const told = oeeFactors(window);
  const over = (baseMs: number): Rational | null => {
    if (baseMs === 0) return null;
    // Nothing was planned, so nothing was made of the time.
    if (oee === null) return plannedMs === 0 ? toRational(0) : null;
    return divide(scale(oee, plannedMs), toRational(baseMs));
  };
  const noTime = 'There is no time to compare with.';
  const cause = (baseMs: number): string | null => (baseMs === 0 ? noTime : told.oee.cause);
  const ran = { id: 'utilisation', label: 'Utilisation (planned / all time)', unit: 'ratio' as const };
  const earned = sumProducts(window.products).earnedTotal;
  const speed = earned === null ? null : subtract(toRational(window.runMs), earned);
  return [
    toKpi(
      { id: 'teep', label: 'TEEP', unit: 'ratio', formula: 'Σ(ideal cycle × good) / all time' },
      over(allTimeMs),
      cause(allTimeMs),
    ),
    toKpi(
      { id: 'ooe', label: 'OOE', unit: 'ratio', formula: 'Σ(ideal cycle × good) / shift time' },
      over(shiftMs),
      cause(shiftMs),
    ),
    toKpi({ ...ran, formula: 'planned production time / all time' }, quotient(plannedMs, allTimeMs), noTime),
    toKpi(
      { id: 'speed-loss', label: 'Speed loss', unit: 'ms', formula: 'run time − Σ(ideal cycle × total)' },
      speed,
      sumProducts(window.products).total === null ? CAUSES.noTotal : CAUSES.noIdeal,
    ),
  ];
}

function scale(value: Rational, factorMs: number): Rational {
  return isZero(value) || factorMs === 0 ? toRational(0) : divide(value, divide(toRational(1), toRational(factorMs)));
}

/** MTBF and MTTR count failures only, not every stop. */
function stopKpis({ runMs }: WindowFigures, stops: MachineAccount['stops']): Kpi[] {
  const lasting = (list: MachineAccount['stops']): number =>
    list.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  const unplanned = stops.filter(({ timeClass }) => timeClass !== 'planned' && timeClass !== 'no-order');
  const failures = stops.filter(({ timeClass }) => timeClass === 'failure');
  const noFailure = 'No failure in this time.';
  return [
    toKpi(
      { id: 'mtbf', label: 'MTBF', unit: 'ms', formula: `run time / failures (${failures.length})` },
      quotient(runMs, failures.length),
      noFailure,
    ),
    toKpi(
      { id: 'mttr', label: 'MTTR', unit: 'ms', formula: `time of failures / failures (${failures.length})` },
      quotient(lasting(failures), failures.length),
      noFailure,
    ),
    toKpi(
      { id: 'failures', label: 'Failures', unit: 'count', formula: 'stops whose longest part is a failure' },
      toRational(failures.length),
      null,
    ),
    toKpi(
      { id: 'stops', label: 'Stops', unit: 'count', formula: 'stops above the micro-stop limit, without planned ones' },
      toRational(unplanned.length),
      null,
    ),
    toKpi(
      { id: 'mean-stop', label: 'Mean stop', unit: 'ms', formula: `time of stops / stops (${unplanned.length})` },
      quotient(lasting(unplanned), unplanned.length),
      'No stop in this time.',
    ),
  ];
}

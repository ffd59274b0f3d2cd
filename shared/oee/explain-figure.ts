import type { EquipmentShift } from '../domain/equipment-shift.ts';
import type { Explanation } from '../domain/oee-explanation.ts';
import { isCounterRole, isTimeClass, type Opened, openFigure } from './explain-openings.ts';
import type { MachineAccount } from './machine-account.ts';
import { divide, isZero, type Rational, subtract, toNumber, toText } from './rational.ts';

/**
 * Opens a figure of a shift: numerator and denominator, the intervals and counter steps they are made of, and the metrics
 * whose samples say so. `figureId` is one of those that `ExplainQuery` names. The terms give the figure exactly. Null when there is no such figure.
 */
export function explainFigure(account: MachineAccount, shift: EquipmentShift, figureId: string): Explanation | null {
  const told = describeFigure(shift, figureId);
  const opened = openFigure(account, figureId);
  if (told === null || opened === null) return null;
  const exact = told.isWithoutValue ? null : recompute(opened);
  return {
    figureId,
    label: told.label,
    value: exact === null ? null : toNumber(exact),
    unit: told.unit,
    formula: told.formula,
    exact: exact === null ? null : toText(exact),
    cause: told.cause,
    basis: shift.basis,
    terms: opened.terms.map(({ term }) => term),
  };
}

function recompute({ terms, how }: Opened): Rational | null {
  const [first, ...others] = terms.map(({ exact }) => exact);
  if (first === undefined || first === null) return null;
  if (how === 'quotient') {
    const [base] = others;
    return base === undefined || base === null || isZero(base) ? null : divide(first, base);
  }
  let value = first;
  if (how === 'sum') return value;
  for (const other of others) {
    if (other === null) return null;
    value = subtract(value, other);
  }
  return value;
}

interface Told {
  readonly label: string;
  readonly unit: Explanation['unit'];
  readonly formula: string;
  readonly cause: string | null;
  readonly isWithoutValue: boolean;
}

function describeFigure(shift: EquipmentShift, figureId: string): Told | null {
  const kpi = [...shift.kpis, ...shift.isoKpis].find(({ id }) => id === figureId);
  if (kpi !== undefined) return { ...kpi, isWithoutValue: kpi.value === null };
  const step = shift.waterfall.find(({ id }) => id === figureId);
  if (step !== undefined) return plain(step.label, 'ms', step.kind === 'level' ? 'time of the ladder' : 'lost time');
  const [kind = '', rest = ''] = figureId.split(/:(.*)/s);
  if (kind === 'hour') return describeHour(shift, rest);
  if (kind === 'pareto') {
    const bar = shift.pareto.find(({ id }) => id === rest);
    return bar === undefined ? null : plain(`Lost by: ${bar.label}`, 'ms', 'sum of its stops');
  }
  if (kind === 'class' && isTimeClass(rest)) return plain(`Time ${rest}`, 'ms', 'sum of its intervals');
  if (kind === 'count' && isCounterRole(rest)) {
    const isCounted = shift.counts[rest] !== null;
    return { ...plain(`Parts: ${rest}`, 'count', 'sum of the steps of the counter'), isWithoutValue: !isCounted };
  }
  return null;
}

const HOUR_FACTORS = ['availability', 'performance', 'quality', 'oee'] as const;

/** `<fromMs>`, or `<fromMs>:<factor>`. */
function describeHour(shift: EquipmentShift, which: string): Told | null {
  const [start = '', factorId = 'oee'] = which.split(':');
  const hour = shift.hours.find(({ fromMs }) => String(fromMs) === start);
  const id = HOUR_FACTORS.find((one) => one === factorId);
  // Its formula is that of the shift.
  const kpi = shift.kpis.find((one) => one.id === factorId);
  if (hour === undefined || id === undefined || kpi === undefined) return null;
  const label = `${kpi.label} of the hour from ${new Date(hour.fromMs).toISOString().slice(11, 16)} UTC`;
  const { value, cause } = hour[id];
  return { label, unit: 'ratio', formula: kpi.formula, cause, isWithoutValue: value === null };
}

const plain = (label: string, unit: Told['unit'], formula: string): Told => ({
  label,
  unit,
  formula,
  cause: null,
  isWithoutValue: false,
});

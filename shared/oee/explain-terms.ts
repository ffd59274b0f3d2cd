import type { Explanation } from '../domain/oee-explanation.ts';
import { duration } from './describe-basis.ts';
import type {
  CounterRole,
  EvidenceRole,
  MachineAccount,
  MachineRules,
  ProductAccount,
  StopRecord,
} from './machine-account.ts';
import { sumProducts } from './oee-factors.ts';
import { overlapping } from './overlapping.ts';
import { CLASS_LABELS } from './pareto.ts';
import { multiply, type Rational, toNumber, toRational, ZERO } from './rational.ts';
import { roundWhole } from './round-figure.ts';
import type { TimeClass, TimeRange } from './time-class.ts';
import { startUpRejectMs } from './time-ladder.ts';
import { shareOf, windowFigures } from './window-figures.ts';

type Term = Explanation['terms'][number];
type Piece = Term['pieces'][number];

/** A term with the exact number it stands for; null when a counter or an ideal cycle is missing. */
export interface TermWithSum {
  readonly term: Term;
  readonly exact: Rational | null;
}

const PIECE_LIMIT = 500;
const SIGNAL_ROLES: readonly EvidenceRole[] = ['mode', 'stop-reason', 'starved', 'blocked', 'order', 'online'];

/** Where the samples are that say what the machine did. */
function timeMetrics({ metricNames, stateFrom }: MachineRules): string[] {
  const main: readonly EvidenceRole[] =
    stateFrom === 'state' ? ['state'] : stateFrom === 'run-signal' ? ['running'] : ['total', 'good'];
  return namesOf(metricNames, [...main, ...SIGNAL_ROLES]);
}

const namesOf = (names: MachineRules['metricNames'], roles: readonly EvidenceRole[]): string[] => [
  ...new Set(roles.flatMap((role) => names[role] ?? [])),
];

/** Longest first, at most 500. */
function toTerm(
  facts: Omit<Term, 'pieces' | 'pieceCount' | 'value'>,
  exact: Rational | null,
  pieces: Piece[],
): TermWithSum {
  const sorted = pieces.sort((a, b) => b.toMs - b.fromMs - (a.toMs - a.fromMs) || a.fromMs - b.fromMs);
  const { role, label, formula, unit } = facts;
  const value = exact === null ? 0 : toNumber(exact);
  const kept = sorted.slice(0, PIECE_LIMIT);
  return { exact, term: { role, label, formula, value, unit, pieces: kept, pieceCount: sorted.length } };
}

/** The time of some classes; `isOver` picks change-overs beyond their target, or within it. */
export function timeTerm(
  account: MachineAccount,
  range: TimeRange,
  role: Term['role'],
  label: string,
  isIn: (timeClass: TimeClass) => boolean,
  isOver?: boolean,
): TermWithSum {
  const metricNames = timeMetrics(account.rules);
  const pieces: Piece[] = [];
  const sums = new Map<TimeClass, number>();
  for (const { fromMs, toMs, timeClass, cause, isOverTarget } of overlapping(account.intervals, range)) {
    if (!isIn(timeClass) || (isOver !== undefined && isOver !== isOverTarget)) continue;
    const value = toMs - fromMs;
    sums.set(timeClass, (sums.get(timeClass) ?? 0) + value);
    const text = cause === null ? CLASS_LABELS[timeClass] : `${CLASS_LABELS[timeClass]}: ${cause}`;
    pieces.push({ label: text, fromMs, toMs, value, unit: 'ms', metricNames });
  }
  const sumMs = [...sums.values()].reduce((sum, ms) => sum + ms, 0);
  const formula = [...sums].map(([timeClass, ms]) => `${CLASS_LABELS[timeClass]} ${duration(ms)}`).join(' + ');
  return toTerm(
    { role, label, formula: formula === '' ? 'no such time' : formula, unit: 'ms' },
    toRational(sumMs),
    pieces,
  );
}

/** Which counters make a count, and with which sign: good is total less rejects and rework where it is not counted. */
function countersOf(account: MachineAccount, role: CounterRole): readonly (readonly [CounterRole, 1 | -1])[] {
  const { hasTotalCounter, hasGoodCounter, hasRejectCounter, counts } = account;
  const rework: readonly (readonly [CounterRole, 1 | -1])[] = counts.reworkCount === null ? [] : [['rework', -1]];
  if (role === 'good' && !hasGoodCounter) return [['total', 1], ['reject', -1], ...rework];
  if (role === 'total' && !hasTotalCounter) {
    return [['good', 1], ['reject', 1], ...rework.map(([name]) => [name, 1] as const)];
  }
  if (role === 'reject' && !hasRejectCounter) return [['total', 1], ['good', -1], ...rework];
  return [[role, 1]];
}

/** Parts of the whole range, step by step of the counters. */
export function countTerm(account: MachineAccount, role: CounterRole, as: Term['role'] = 'part'): TermWithSum {
  const { counts, products, rules } = account;
  const count = {
    total: counts.totalCount,
    good: counts.goodCount,
    reject: counts.rejectCount,
    rework: counts.reworkCount,
  }[role];
  const counters = countersOf(account, role);
  const pieces: Piece[] = [];
  for (const product of count === null ? [] : products) {
    for (const [counter, sign] of counters) {
      const metricNames = namesOf(rules.metricNames, [counter]);
      for (const step of account.stepsIn(counter, product)) {
        const value = sign * step.count * product.partsPerCount;
        const label = `${counter}${step.isEstimated ? ', estimated' : ''}`;
        pieces.push({ label, fromMs: step.fromMs, toMs: step.toMs, value, unit: 'count', metricNames });
      }
    }
  }
  const formula = counters
    .map(([name, sign], index) => (index === 0 ? name : `${sign < 0 ? '−' : '+'} ${name}`))
    .join(' ');
  return toTerm(
    { role: as, label: `Parts: ${role}`, formula, unit: 'count' },
    count === null ? null : toRational(count),
    pieces,
  );
}

/**
 * Ideal cycle × parts, milliseconds. `isRounded` gives the whole milliseconds of the ladder; `orCounts` parts alone where
 * a product has no ideal cycle, for quality; `isIdle` is zero, because nothing ran (D2).
 */
export function earnedTerm(
  account: MachineAccount,
  range: TimeRange,
  which: 'total' | 'good',
  as: Term['role'],
  options: { readonly isRounded?: boolean; readonly orCounts?: boolean; readonly isIdle?: boolean } = {},
): TermWithSum {
  const window = windowFigures(account, range);
  const sums = sumProducts(window.products);
  const earned = which === 'total' ? sums.earnedTotal : sums.earnedGood;
  const isOfCounts = options.orCounts === true && (sums.earnedTotal === null || sums.earnedGood === null);
  const label = which === 'total' ? 'Net run time' : 'Fully productive time';
  if (isOfCounts) return { ...countTerm(account, which, as), exact: sums[which] };
  if (options.isIdle === true) return toTerm({ role: as, label, formula: 'nothing ran', unit: 'ms' }, ZERO, []);
  const pieces = window.parts.flatMap((part) => earnedPieces(account, part, which, window.isProportional));
  const formula = window.products
    .map(({ idealCycleMs, ...counts }) => {
      const count = which === 'total' ? counts.totalCount : counts.goodCount;
      const parts = count === null ? 'not counted' : typeof count === 'number' ? count : toNumber(count);
      return `ideal ${idealCycleMs === null ? 'unknown' : `${idealCycleMs / 1_000} s`} × ${parts} parts`;
    })
    .join(' + ');
  // D2, D4: without a good part these are zero, whatever the ideal cycle is.
  const total = sums[which];
  const zeroed = earned ?? (total !== null && total.numerator === 0n ? total : null);
  const exact = zeroed === null || options.isRounded !== true ? zeroed : toRational(roundWhole(zeroed));
  return toTerm({ role: as, label, formula, unit: 'ms' }, exact, exact === null ? [] : pieces);
}

function earnedPieces(
  account: MachineAccount,
  part: ProductAccount,
  which: 'total' | 'good',
  isProportional: boolean,
): Piece[] {
  const { idealCycleMs, partsPerCount, productId } = part;
  if (idealCycleMs === null) return [];
  const pieces: Piece[] = [];
  for (const [counter, sign] of countersOf(account, which)) {
    const metricNames = namesOf(account.rules.metricNames, [counter]);
    const steps = isProportional ? account.wholeStepsIn(counter, part) : account.stepsIn(counter, part);
    for (const step of steps) {
      const count = isProportional ? shareOf(step, part) : toRational(step.count);
      const ms = multiply(count, multiply(toRational(idealCycleMs), toRational(sign * partsPerCount)));
      const times = `${counter} ${toNumber(count) * partsPerCount} × ideal ${idealCycleMs / 1_000} s`;
      const label = `${productId === null ? '' : `${productId}: `}${times}${step.isEstimated ? ', estimated' : ''}`;
      pieces.push({ label, fromMs: step.fromMs, toMs: step.toMs, value: toNumber(ms), unit: 'ms', metricNames });
    }
  }
  return pieces;
}

/** Stops, counted or summed. */
export function stopTerm(
  account: MachineAccount,
  stops: readonly StopRecord[],
  unit: 'count' | 'ms',
  role: Term['role'],
  label: string,
): TermWithSum {
  const metricNames = timeMetrics(account.rules);
  const pieces = stops.map(({ fromMs, toMs, cause, timeClass }): Piece => ({
    label: cause ?? CLASS_LABELS[timeClass],
    fromMs,
    toMs,
    value: unit === 'count' ? 1 : toMs - fromMs,
    unit,
    metricNames,
  }));
  const sum = pieces.reduce((total, { value }) => total + value, 0);
  return toTerm({ role, label, formula: `${stops.length} stops`, unit }, toRational(sum), pieces);
}

/** Ideal time of rejects made in change-overs, as it stands in the ladder. */
export function startUpTerm(account: MachineAccount): TermWithSum {
  const ms = startUpRejectMs(account, windowFigures(account, account.range));
  const metricNames = namesOf(account.rules.metricNames, ['good', 'reject', 'total']);
  const pieces = account.changeovers.map(({ fromMs, toMs }): Piece => ({
    label: 'Change-over',
    fromMs,
    toMs,
    value: startUpRejectMs({ ...account, changeovers: [{ fromMs, toMs }] }, null),
    unit: 'ms',
    metricNames,
  }));
  return toTerm(
    { role: 'part', label: 'Start-up rejects', formula: 'ideal × rejects of change-overs', unit: 'ms' },
    toRational(ms),
    pieces,
  );
}

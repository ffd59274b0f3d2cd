import type { Kpi } from '../domain/equipment-shift.ts';
import { CAUSES, exactFactors } from './oee-factors.ts';
import { isZero, multiply, type Rational } from './rational.ts';
import type { TimeAccount } from './time-class.ts';
import { quotient, toKpi, TOO_EARLY } from './vorne-kpis.ts';
import type { WindowFigures } from './window-figures.ts';

/** The time elements of ISO 22400-2 (oee.md 1.3), milliseconds. */
interface IsoElements {
  /** Planned busy time: with idle time without an order, which is inside of it here. */
  readonly pbtMs: number;
  /** Actual production time: without minor stoppages. */
  readonly aptMs: number;
  /** Actual unit set-up time. */
  readonly austMs: number;
  /** Actual unit delay time: minor stoppages too. */
  readonly adetMs: number;
  /** Actual unit down time: idle without an order, not broken. */
  readonly adotMs: number;
  /** Actual unit processing time: production and set-up. */
  readonly auptMs: number;
  /** Actual unit busy time. */
  readonly aubtMs: number;
}

/** By the rule of OPC 40001-1: not executing with an order is delay, without one it is down time. */
function isoElements(account: TimeAccount): IsoElements {
  const aptMs = account.run;
  const austMs = account.setup;
  const adetMs = account['short-stop'] + account.failure + account.starved + account.blocked + account.unassigned;
  const adotMs = account['no-order'];
  const auptMs = aptMs + austMs;
  const aubtMs = auptMs + adetMs;
  return { pbtMs: aubtMs + adotMs, aptMs, austMs, adetMs, adotMs, auptMs, aubtMs };
}

/** The view of ISO 22400-2 with its own labels; they are not mixed with those of the default view. */
export function isoKpis(window: WindowFigures): Kpi[] {
  const times = isoElements(window.account);
  const { pbtMs, aptMs, austMs, adetMs, auptMs, aubtMs } = times;
  const exact = exactFactors({ plannedMs: pbtMs, runMs: aptMs, products: window.products });
  const isEarly = window.isRunTooShort && exact.performance !== null;
  const effectiveness = isEarly ? null : exact.performance;
  const hasTotal = window.products.every(({ totalCount }) => totalCount !== null);
  const hasGood = window.products.every(({ goodCount }) => goodCount !== null);
  const noCount = hasTotal ? (hasGood ? null : CAUSES.noGood) : CAUSES.noTotal;
  const noIdeal = window.products.some(({ idealCycleMs }) => idealCycleMs === null) ? CAUSES.noIdeal : null;
  const noRun = aptMs === 0 ? CAUSES.noRun : null;
  const early = isEarly ? TOO_EARLY : null;
  const product = (share: Rational | null): Rational | null =>
    share === null || effectiveness === null || exact.quality === null
      ? null
      : multiply(multiply(share, effectiveness), exact.quality);
  const why = (pbtMs === 0 ? CAUSES.notScheduled : null) ?? noCount ?? noIdeal ?? noRun ?? early ?? CAUSES.noParts;
  const nee = product(quotient(auptMs, pbtMs));
  const ratio = (id: string, label: string, formula: string) => ({
    id: `iso-${id}`,
    label,
    unit: 'ratio' as const,
    formula,
  });
  const noTime = 'The time it is compared with is zero.';
  // D2, D3: nothing produced in planned time is an index of 0, though not every factor is there.
  const isIdle = pbtMs > 0 && (aptMs === 0 || (exact.performance !== null && isZero(exact.performance)));
  const zero = isIdle ? quotient(0, pbtMs) : null;
  return [
    toKpi(ratio('availability', 'Availability', 'APT / PBT'), quotient(aptMs, pbtMs), CAUSES.notScheduled),
    toKpi(
      ratio('effectiveness', 'Effectiveness', 'PRI × PQ / APT'),
      effectiveness,
      noRun ?? early ?? (hasTotal ? noIdeal : CAUSES.noTotal),
    ),
    toKpi(ratio('quality', 'Quality ratio', qualityFormula(window)), exact.quality, noRun ?? noCount ?? CAUSES.noParts),
    toKpi(
      ratio('oee', 'OEE index', 'Availability × Effectiveness × Quality ratio'),
      product(quotient(aptMs, pbtMs)) ?? zero,
      why,
    ),
    toKpi(ratio('nee', 'NEE index', 'AUPT / PBT × Effectiveness × Quality ratio'), nee ?? zero, why),
    toKpi(ratio('allocation', 'Allocation efficiency', 'AUBT / PBT'), quotient(aubtMs, pbtMs), CAUSES.notScheduled),
    toKpi(ratio('utilization', 'Utilization efficiency', 'APT / AUBT'), quotient(aptMs, aubtMs), noTime),
    toKpi(ratio('technical', 'Technical efficiency', 'APT / (APT + ADET)'), quotient(aptMs, aptMs + adetMs), noTime),
    toKpi(ratio('setup-rate', 'Set-up rate', 'AUST / AUPT'), quotient(austMs, auptMs), noTime),
    firstPass(window),
  ];
}

/** Weighted by planned time per item, else A × E × Q would not be the OEE index with two products (D6). */
const qualityFormula = ({ products }: WindowFigures): string =>
  new Set(products.map(({ idealCycleMs }) => idealCycleMs)).size > 1 ? 'Σ(PRI × GQ) / Σ(PRI × PQ)' : 'GQ / PQ';

/** FPY: good parts that were not reworked of all that were inspected; every part counted is taken as inspected. */
function firstPass({ parts }: WindowFigures): Kpi {
  const facts = { id: 'iso-fpy', label: 'First pass yield', unit: 'ratio' as const, formula: 'GQ without rework / PQ' };
  let good = 0;
  let total = 0;
  for (const { reworkCount, goodCount, totalCount } of parts) {
    if (reworkCount === null) return toKpi(facts, null, 'No counter says how many parts were reworked.');
    if (goodCount === null || totalCount === null) return toKpi(facts, null, CAUSES.noGood);
    good += goodCount;
    total += totalCount;
  }
  return toKpi(facts, quotient(good, total), CAUSES.noParts);
}

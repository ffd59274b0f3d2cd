import type { EquipmentShift, ShiftHead } from '../../shared/domain/equipment-shift.ts';
import type { OeeFactors } from '../../shared/domain/oee-snapshot.ts';
import { noFactors, oeeFactors } from '../../shared/oee/oee-factors.ts';
import type { ShiftFigures } from '../../shared/oee/stored-shift.ts';
import type { EquipmentFacts } from './equipment-view.ts';

/** A, P, Q and OEE of kept numerators and denominators. */
export function storedFactors(figures: ShiftFigures): OeeFactors {
  const { plannedMs, runMs, earnedTotalMs, earnedGoodMs, totalCount, goodCount } = figures;
  const isEarned = earnedTotalMs !== null && earnedGoodMs !== null;
  // Earned time is parts of an ideal cycle of one millisecond: the quotients are the same.
  const product = isEarned
    ? { idealCycleMs: 1, totalCount: Number(earnedTotalMs), goodCount: Number(earnedGoodMs) }
    : { idealCycleMs: null, totalCount, goodCount };
  return oeeFactors({ plannedMs, runMs, products: [product] });
}

export function storedCoverage({ plannedMs, unknownMs }: ShiftFigures): number | null {
  return plannedMs + unknownMs === 0 ? null : plannedMs / (plannedMs + unknownMs);
}

/** A shift whose samples retention has dropped: its figures as they were last, without anything to open them with. */
export function viewStored(
  facts: EquipmentFacts,
  head: ShiftHead,
  figures: ShiftFigures,
  place: { readonly timeZone: string; readonly takenAtMs: number },
): EquipmentShift {
  const { totalCount: total, goodCount: good, rejectCount: reject, reworkCount: rework } = figures;
  const text =
    'The samples of this shift are older than what the historian keeps: these are its figures as last computed.';
  return {
    ...emptyView(facts, place),
    shift: head,
    factors: storedFactors(figures),
    accountMs: { ...figures.accountMs },
    plannedMs: figures.plannedMs,
    runMs: figures.runMs,
    counts: { total, good, reject, rework },
    coverageRatio: storedCoverage(figures),
    basis: 'Kept figures: the samples are gone',
    ruleset: figures.ruleset,
    remarks: [{ code: 'samples-gone', text }],
  };
}

/** Before the first shift. */
export function emptyView(
  { equipmentId, name, kind, targetRatio }: EquipmentFacts,
  { timeZone, takenAtMs }: { readonly timeZone: string; readonly takenAtMs: number },
): EquipmentShift {
  return {
    equipmentId,
    name,
    kind,
    timeZone,
    takenAtMs,
    shift: null,
    state: { timeClass: 'not-scheduled', cause: null, sinceMs: takenAtMs },
    factors: noFactors('No shift has run yet.'),
    targetRatio,
    kpis: [],
    isoKpis: [],
    accountMs: {},
    plannedMs: 0,
    runMs: 0,
    counts: { total: null, good: null, reject: null, rework: null },
    coverageRatio: null,
    basis: 'No shift has run yet',
    ruleset: '',
    mostCostly: null,
    remarks: [],
    timeline: [],
    hours: [],
    worm: [],
    waterfall: [],
    pareto: [],
    stops: [],
    products: [],
  };
}

import type { EquipmentShift, ShiftHead } from '../../shared/domain/equipment-shift.ts';
import type { EquipmentOee } from '../../shared/domain/oee-snapshot.ts';
import { RULESET } from '../../shared/oee/machine-account.ts';

/** A shift drawn from the figures of the overview: no hours, stops and products. */
export function toPlainShift(
  oee: EquipmentOee,
  head: ShiftHead | null,
  timeZone: string,
  takenAtMs: number,
): EquipmentShift {
  const { totalCount: total, goodCount: good, rejectCount: reject } = oee;
  return {
    equipmentId: oee.equipmentId,
    name: oee.name,
    kind: oee.kind,
    timeZone,
    takenAtMs,
    shift: head,
    state: oee.state,
    factors: oee.factors,
    targetRatio: oee.targetRatio,
    kpis: [],
    isoKpis: [],
    accountMs: oee.accountMs,
    plannedMs: oee.plannedMs,
    runMs: oee.runMs,
    counts: { total, good, reject, rework: null },
    coverageRatio: oee.coverageRatio,
    basis: oee.basis,
    ruleset: RULESET,
    mostCostly: oee.mostCostly,
    remarks: [],
    timeline: oee.timeline,
    hours: [],
    worm: [],
    waterfall: [],
    pareto: [],
    stops: [],
    products: [],
  };
}

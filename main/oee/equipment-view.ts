import type { MachineConfig } from '../../shared/config/equipment.ts';
import type { EquipmentShift } from '../../shared/domain/equipment-shift.ts';
import type { EquipmentOee } from '../../shared/domain/oee-snapshot.ts';
import type { MachineAccount } from '../../shared/oee/machine-account.ts';
import { noFactors } from '../../shared/oee/oee-factors.ts';
import { shortenTimeline } from '../../shared/oee/shorten-timeline.ts';
import { emptyAccount, plannedProductionMs } from '../../shared/oee/time-account.ts';

/** What is known of an equipment also while no shift runs. */
export interface EquipmentFacts {
  readonly equipmentId: string;
  readonly name: string;
  readonly kind: EquipmentOee['kind'];
  readonly targetRatio: number;
  readonly idealCycleMs: number | null;
}

const TIMELINE_LIMIT = 600;
const MINUTE_MS = 60_000;
/** With fewer cycles a figure only says where in the first cycle the machine is (D11). */
const MIN_CYCLES = 5;

export const toMachineFacts = (config: MachineConfig): EquipmentFacts => ({
  equipmentId: config.id,
  name: config.name ?? config.id,
  kind: 'machine',
  targetRatio: config.targetOeePercent / 100,
  idealCycleMs: config.idealCycleMs ?? null,
});

/** The overview of an equipment, drawn from the same shift as its page. */
export function toEquipmentOee(shift: EquipmentShift, account: MachineAccount, facts: EquipmentFacts): EquipmentOee {
  const { total, good, reject } = shift.counts;
  return {
    equipmentId: shift.equipmentId,
    name: shift.name,
    kind: shift.kind,
    factors: shift.factors,
    targetRatio: shift.targetRatio,
    state: shift.state,
    accountMs: shift.accountMs,
    plannedMs: shift.plannedMs,
    runMs: shift.runMs,
    idealCycleMs: facts.idealCycleMs,
    totalCount: total ?? 0,
    goodCount: good ?? 0,
    rejectCount: reject ?? 0,
    coverageRatio: shift.coverageRatio,
    basis: shift.basis,
    mostCostly: shift.mostCostly,
    timeline: shortenTimeline(shift.timeline, TIMELINE_LIMIT),
    trend: toTrend(account),
  };
}

/** What is shown of a machine or the line while no shift runs. */
export function toUnscheduledOee(facts: EquipmentFacts, sinceMs: number): EquipmentOee {
  return {
    ...facts,
    factors: noFactors('Not scheduled: no shift is running.'),
    state: { timeClass: 'not-scheduled', cause: null, sinceMs },
    accountMs: {},
    plannedMs: 0,
    runMs: 0,
    totalCount: 0,
    goodCount: 0,
    rejectCount: 0,
    coverageRatio: null,
    basis: 'No shift is running',
    mostCostly: null,
    timeline: [],
    trend: [],
  };
}

/** OEE to date at each full minute of the shift: earned time of the good parts in the planned time so far. */
function toTrend({ range, intervals, productsIn }: MachineAccount): EquipmentOee['trend'] {
  const trend: EquipmentOee['trend'] = [];
  const toDate = emptyAccount();
  let next = 0;
  let earnedMs: number | null = 0;
  let longestMs = 0;
  for (let atMs = range.fromMs + MINUTE_MS; atMs <= range.toMs; atMs += MINUTE_MS) {
    for (let interval = intervals[next]; interval !== undefined && interval.toMs <= atMs; interval = intervals[next]) {
      toDate[interval.timeClass] += interval.toMs - interval.fromMs;
      next += 1;
    }
    const open = intervals[next];
    const openMs = open !== undefined && open.fromMs < atMs ? atMs - open.fromMs : 0;
    const account = open === undefined ? toDate : { ...toDate, [open.timeClass]: toDate[open.timeClass] + openMs };
    for (const { idealCycleMs, goodCount } of productsIn({ fromMs: atMs - MINUTE_MS, toMs: atMs })) {
      longestMs = Math.max(longestMs, idealCycleMs ?? 0);
      const isKnown: boolean = earnedMs !== null && goodCount !== null && (idealCycleMs !== null || goodCount === 0);
      earnedMs = isKnown ? (earnedMs ?? 0) + (idealCycleMs ?? 0) * (goodCount ?? 0) : null;
    }
    const plannedMs = plannedProductionMs(account);
    const isEnough = plannedMs > 0 && plannedMs >= MIN_CYCLES * longestMs;
    trend.push({ atMs, oee: earnedMs !== null && isEnough ? earnedMs / plannedMs : null });
  }
  return trend;
}

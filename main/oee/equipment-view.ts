import type { EquipmentOee, Factor, OeeFactors } from '../../shared/domain/oee-snapshot.ts';
import type { PartCounts } from '../../shared/oee/counter-deltas.ts';
import { describeBasis, describeMostCostly } from '../../shared/oee/describe-basis.ts';
import { noFactors, oeeFactors, oeeRatio } from '../../shared/oee/oee-factors.ts';
import { shortenTimeline } from '../../shared/oee/shorten-timeline.ts';
import { coverageRatio, emptyAccount, plannedProductionMs, runMs, sumTime } from '../../shared/oee/time-account.ts';
import {
  type ClassifiedInterval,
  TIME_CLASSES,
  type TimeAccount,
  type TimeRange,
} from '../../shared/oee/time-class.ts';

/** A machine or the line, with all that its figures are made of. */
export interface EquipmentFacts {
  readonly equipmentId: string;
  readonly name: string;
  readonly kind: EquipmentOee['kind'];
  readonly targetRatio: number;
  readonly idealCycleMs: number | null;
  readonly microStopMs: number;
  /** Shift to date. */
  readonly range: TimeRange;
  /** Divide `range` exactly; plan and micro-stop limit are in them. */
  readonly intervals: readonly ClassifiedInterval[];
  readonly countsAt: (atMs: number) => PartCounts;
  readonly remarks: readonly string[];
}

/** What is known of an equipment also while no shift runs. */
export type UnscheduledFacts = Omit<EquipmentFacts, 'range' | 'intervals' | 'countsAt'>;

const TIMELINE_LIMIT = 600;
const MINUTE_MS = 60_000;
/** With fewer cycles a performance only says where in the first cycle the machine is (D11). */
const MIN_CYCLES = 5;
const TOO_EARLY = 'Too early: less than five ideal cycles have passed.';

/** Everything a screen shows of one equipment, from exact numbers. */
export function toEquipmentOee(facts: EquipmentFacts): EquipmentOee {
  const { equipmentId, name, kind, targetRatio, idealCycleMs, microStopMs, range, intervals } = facts;
  const account = sumTime(intervals);
  const counts = facts.countsAt(range.toMs);
  const { totalCount, goodCount, rejectCount, fault } = counts;
  const remarks = fault === null ? facts.remarks : [...facts.remarks, fault];
  return {
    equipmentId,
    name,
    kind,
    factors: toFactors(facts, account, counts),
    targetRatio,
    state: toState(intervals, range.toMs),
    accountMs: Object.fromEntries(TIME_CLASSES.filter((key) => account[key] > 0).map((key) => [key, account[key]])),
    plannedMs: plannedProductionMs(account),
    runMs: runMs(account),
    idealCycleMs,
    totalCount: totalCount ?? 0,
    goodCount: goodCount ?? 0,
    rejectCount: rejectCount ?? 0,
    coverageRatio: coverageRatio(account),
    basis: describeBasis({ account, microStopMs, remarks }),
    mostCostly: describeMostCostly({ intervals, account, idealCycleMs, totalCount, rejectCount }),
    timeline: shortenTimeline(intervals, TIMELINE_LIMIT),
    trend: toTrend(facts),
  };
}

/** What is shown of a machine or the line while no shift runs. */
export function toUnscheduledOee(facts: UnscheduledFacts, sinceMs: number): EquipmentOee {
  const { equipmentId, name, kind, targetRatio, idealCycleMs } = facts;
  return {
    equipmentId,
    name,
    kind,
    factors: noFactors('Not scheduled: no shift is running.'),
    targetRatio,
    state: { timeClass: 'not-scheduled', cause: null, sinceMs },
    accountMs: {},
    plannedMs: 0,
    runMs: 0,
    idealCycleMs,
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

function toFactors({ idealCycleMs }: EquipmentFacts, account: TimeAccount, counts: PartCounts): OeeFactors {
  const plannedMs = plannedProductionMs(account);
  const ranMs = runMs(account);
  const { totalCount, goodCount } = counts;
  const factors = oeeFactors({ plannedMs, runMs: ranMs, products: [{ idealCycleMs, totalCount, goodCount }] });
  const enoughMs = MIN_CYCLES * (idealCycleMs ?? 0);
  return {
    ...factors,
    performance: onlyWhen(ranMs === 0 || ranMs >= enoughMs, factors.performance),
    oee: onlyWhen(plannedMs >= enoughMs, factors.oee),
  };
}

const onlyWhen = (isEnough: boolean, factor: Factor): Factor =>
  isEnough || factor.value === null ? factor : { value: null, cause: TOO_EARLY };

/** What it does now, since when: the class counts, not the states it went through in it. */
function toState(intervals: readonly ClassifiedInterval[], nowMs: number): EquipmentOee['state'] {
  const last = intervals.at(-1);
  if (last === undefined) return { timeClass: 'unknown', cause: null, sinceMs: nowMs };
  let sinceMs = last.fromMs;
  for (let index = intervals.length - 1; intervals[index]?.timeClass === last.timeClass; index -= 1) {
    sinceMs = intervals[index]?.fromMs ?? sinceMs;
  }
  return { timeClass: last.timeClass, cause: last.cause, sinceMs };
}

/** OEE to date at each full minute of the shift. */
function toTrend({ range, intervals, idealCycleMs, countsAt }: EquipmentFacts): EquipmentOee['trend'] {
  const trend: EquipmentOee['trend'] = [];
  const account = emptyAccount();
  let next = 0;
  for (let atMs = range.fromMs + MINUTE_MS; atMs <= range.toMs; atMs += MINUTE_MS) {
    for (let interval = intervals[next]; interval !== undefined && interval.toMs <= atMs; interval = intervals[next]) {
      account[interval.timeClass] += interval.toMs - interval.fromMs;
      next += 1;
    }
    const open = intervals[next];
    const toDate = { ...account };
    if (open !== undefined && open.fromMs < atMs) toDate[open.timeClass] += atMs - open.fromMs;
    const { totalCount, goodCount } = countsAt(atMs);
    const plannedMs = plannedProductionMs(toDate);
    const isEnough = plannedMs >= MIN_CYCLES * (idealCycleMs ?? 0);
    const oee = oeeRatio(plannedMs, runMs(toDate), { idealCycleMs, totalCount, goodCount });
    trend.push({ atMs, oee: isEnough ? oee : null });
  }
  return trend;
}

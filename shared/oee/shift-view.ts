import type { EquipmentShift, Kpi, ShiftHead, Stop } from '../domain/equipment-shift.ts';
import type { Factor } from '../domain/oee-snapshot.ts';
import { knownRatio } from './account-remarks.ts';
import { splitCounts } from './counts-view.ts';
import { describeMostCostly } from './describe-basis.ts';
import { hourBars, usedClasses, wormPoints } from './hour-bars.ts';
import { isoKpis } from './iso-kpis.ts';
import {
  type ExplainedInterval,
  type MachineAccount,
  RULESET,
  type StopCut,
  type StopRecord,
} from './machine-account.ts';
import { type ReasonLookup, toPareto } from './pareto.ts';
import { shiftBasis } from './shift-basis.ts';
import { shortenTimeline } from './shorten-timeline.ts';
import { cutTimes } from './stop-records.ts';
import { timeLadder } from './time-ladder.ts';
import { vorneKpis } from './vorne-kpis.ts';
import { type WindowFigures, windowFigures } from './window-figures.ts';
import { localTimeAt } from './zoned-time.ts';

/** What is told of a shift beside its account. */
export interface ShiftViewHead {
  readonly equipmentId: string;
  readonly name: string;
  readonly kind: EquipmentShift['kind'];
  /** IANA name. */
  readonly timeZone: string;
  readonly takenAtMs: number;
  readonly shift: ShiftHead;
  /** 0 … 1. */
  readonly targetRatio: number;
  /** Whose stops these are, when a machine of a line does not say it. */
  readonly machineId: string;
  readonly reasonOf: ReasonLookup;
  readonly cuts: readonly StopCut[];
  /** What else the figures stand on, for the basis line: which machines stand for a line. */
  readonly basis: readonly string[];
}

const TIMELINE_LIMIT = 2_000;

/** A shift of a machine or of the line as page, report, command and export are drawn from it. */
export function toEquipmentShift(account: MachineAccount, head: ShiftViewHead): EquipmentShift {
  const window = windowFigures(account, account.range);
  const kpis = vorneKpis(window, account.stops);
  const factor = (id: string): Factor => toFactor(kpis.find((kpi) => kpi.id === id));
  return {
    equipmentId: head.equipmentId,
    name: head.name,
    kind: head.kind,
    timeZone: head.timeZone,
    takenAtMs: head.takenAtMs,
    shift: head.shift,
    state: currentState(account.intervals, account.range.toMs),
    factors: {
      availability: factor('availability'),
      performance: factor('performance'),
      quality: factor('quality'),
      oee: factor('oee'),
    },
    targetRatio: head.targetRatio,
    kpis,
    isoKpis: isoKpis(window),
    accountMs: usedClasses(account.account),
    plannedMs: window.plannedMs,
    runMs: window.runMs,
    counts: splitCounts(account.counts),
    coverageRatio: knownRatio(account),
    basis: basisOf(account, window, head),
    ruleset: RULESET,
    mostCostly: mostCostly(account),
    remarks: account.remarks.map(({ code, text }) => ({ code, text })),
    timeline: shortenTimeline(account.intervals.map(toSegment), TIMELINE_LIMIT),
    hours: hourBars(account, head.targetRatio),
    worm: wormPoints(account, head.targetRatio),
    waterfall: timeLadder(account, window),
    pareto: toPareto(account, head.reasonOf),
    stops: toStopViews(account.stops, head),
    products: account.products.map((product) => ({
      productId: product.productId,
      orderId: product.orderId,
      fromMs: product.fromMs,
      toMs: product.toMs,
      idealCycleMs: product.idealCycleMs,
      counts: splitCounts(product),
    })),
  };
}

function basisOf(account: MachineAccount, window: WindowFigures, head: ShiftViewHead): string {
  return shiftBasis(account, window, {
    remarks: head.basis,
    computedAtMs: head.takenAtMs,
    localTime: (atMs) => localTimeAt(atMs, head.timeZone),
  });
}

const toFactor = (kpi: Kpi | undefined): Factor => ({ value: kpi?.value ?? null, cause: kpi?.cause ?? null });

const toSegment = ({ fromMs, toMs, timeClass, cause }: ExplainedInterval) => ({ fromMs, toMs, timeClass, cause });

/** Losses in time say the same whatever the ideal cycle is; those in parts need one for all products. */
function mostCostly({ intervals, account, products, counts }: MachineAccount): string | null {
  const ideals = new Set(products.map(({ idealCycleMs }) => idealCycleMs));
  const [only] = ideals;
  return describeMostCostly({
    intervals,
    account,
    idealCycleMs: ideals.size === 1 ? (only ?? null) : null,
    totalCount: counts.totalCount,
    rejectCount: counts.rejectCount,
  });
}

/** What it does now, and since when: the class counts, not the states it went through in it. */
function currentState(intervals: readonly ExplainedInterval[], nowMs: number): EquipmentShift['state'] {
  const last = intervals.at(-1);
  if (last === undefined) return { timeClass: 'unknown', cause: null, sinceMs: nowMs };
  let sinceMs = last.fromMs;
  for (let index = intervals.length - 1; intervals[index]?.timeClass === last.timeClass; index -= 1) {
    sinceMs = intervals[index]?.fromMs ?? sinceMs;
  }
  return { timeClass: last.timeClass, cause: last.cause, sinceMs };
}

/** Newest first. */
function toStopViews(stops: readonly StopRecord[], head: ShiftViewHead): Stop[] {
  const cutAt = cutTimes(head.cuts);
  return stops.toReversed().map((stop) => ({
    machineId: head.machineId,
    fromMs: stop.fromMs,
    toMs: stop.toMs,
    isOpen: stop.isOpen,
    timeClass: stop.timeClass,
    cause: stop.cause,
    reasonId: stop.reasonId,
    reasonLabel: stop.reasonId === null ? null : (head.reasonOf(stop.reasonId)?.label ?? stop.reasonId),
    reasonSource: stop.reasonSource,
    assignedBy: stop.assignment?.by ?? null,
    assignedAtMs: stop.assignment?.atMs ?? null,
    comment: stop.assignment?.comment ?? null,
    needsReason: stop.needsReason,
    parts: stop.parts.map(toSegment),
    isCutAtStart: cutAt.has(stop.fromMs),
  }));
}

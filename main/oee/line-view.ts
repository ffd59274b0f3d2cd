import { applyPlan, classifyStops } from '../../shared/oee/classify-stops.ts';
import type { PartCounts } from '../../shared/oee/counter-deltas.ts';
import { findBottleneck, gapsOf, withGaps } from '../../shared/oee/line-oee.ts';
import type { ShiftInstance } from '../../shared/oee/shift-calendar.ts';
import type { ClassifiedInterval, TimeRange } from '../../shared/oee/time-class.ts';
import type { EquipmentFacts, UnscheduledFacts } from './equipment-view.ts';
import type { MachineLedger } from './machine-ledger.ts';

/** A machine's time from one micro-stop limit before the shift to now, without the plan. */
export interface MachineTime {
  readonly ledger: MachineLedger;
  readonly intervals: readonly ClassifiedInterval[];
  /** What is not known of it, sorted. */
  readonly gaps: readonly TimeRange[];
}

export function toMachineTime(
  ledger: MachineLedger,
  shift: ShiftInstance,
  nowMs: number,
  deadSinceMs: number | null,
): MachineTime {
  const raw = ledger.intervals({ fromMs: shift.fromMs - ledger.microStopMs, toMs: nowMs }, deadSinceMs);
  return { ledger, intervals: classifyStops(raw, ledger.microStopMs), gaps: gapsOf(raw) };
}

/** Name, target and limits of a machine: all that is known of it while no shift runs. */
export function toUnscheduledFacts({ config, idealCycleMs, microStopMs }: MachineLedger): UnscheduledFacts {
  return {
    equipmentId: config.id,
    name: config.name ?? config.id,
    kind: 'machine',
    targetRatio: config.targetOeePercent / 100,
    idealCycleMs,
    microStopMs,
    remarks: [],
  };
}

export function toMachineFacts(time: MachineTime, shift: ShiftInstance, nowMs: number): EquipmentFacts {
  return {
    ...toUnscheduledFacts(time.ledger),
    ...toShiftFacts(time.intervals, shift, nowMs),
    countsAt: time.ledger.counter(shift.fromMs, time.gaps),
  };
}

/**
 * The line as the virtual machine of oee.md 2.6: time and ideal cycle of the bottleneck, parts of the last
 * machine, unknown while either of them is. Null without machines. Without any ideal cycle the last machine
 * stands for the line's time, and the line has availability and quality only.
 */
export function toLineFacts(
  machines: readonly MachineTime[],
  shift: ShiftInstance,
  nowMs: number,
  lineName: string,
): EquipmentFacts | null {
  const last = machines.at(-1);
  const bottleneck = bottleneckOf(machines, ({ ledger }) => ledger);
  if (last === undefined || bottleneck === undefined) return null;
  const facts = toUnscheduledFacts(bottleneck.ledger);
  const lastName = toUnscheduledFacts(last.ledger).name;
  const intervals = withGaps(bottleneck.intervals, last.gaps, `${lastName} is not known`);
  return {
    ...facts,
    equipmentId: lineName,
    name: lineName,
    kind: 'line',
    ...toShiftFacts(intervals, shift, nowMs),
    countsAt: countsOfLine(last.ledger, shift, [...bottleneck.gaps, ...last.gaps]),
    remarks: [`time and ideal cycle of ${facts.name}`, `parts of ${lastName}`],
  };
}

/** What is known of the line while no shift runs; null without machines. */
export function toUnscheduledLineFacts(ledgers: readonly MachineLedger[], lineName: string): UnscheduledFacts | null {
  const bottleneck = bottleneckOf(ledgers, (ledger) => ledger);
  if (bottleneck === undefined) return null;
  return { ...toUnscheduledFacts(bottleneck), equipmentId: lineName, name: lineName, kind: 'line' };
}

function bottleneckOf<T>(machines: readonly T[], ledgerOf: (machine: T) => MachineLedger): T | undefined {
  const index = findBottleneck(
    machines.map(ledgerOf).map(({ config, idealCycleMs }) => ({ isBottleneck: config.isBottleneck, idealCycleMs })),
  );
  return index === null ? machines.at(-1) : machines[index];
}

function countsOfLine(
  last: MachineLedger,
  shift: ShiftInstance,
  gaps: readonly TimeRange[],
): (atMs: number) => PartCounts {
  return last.counter(
    shift.fromMs,
    [...gaps].sort((a, b) => a.fromMs - b.fromMs || a.toMs - b.toMs),
  );
}

function toShiftFacts(
  intervals: readonly ClassifiedInterval[],
  shift: ShiftInstance,
  nowMs: number,
): Pick<EquipmentFacts, 'range' | 'intervals'> {
  const range = { fromMs: shift.fromMs, toMs: nowMs };
  return { range, intervals: applyPlan(intervals, { scheduled: [shift], planned: shift.breaks }, range) };
}

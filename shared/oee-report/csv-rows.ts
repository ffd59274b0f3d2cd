import type { Counts, EquipmentShift, ProductRun } from '../domain/equipment-shift.ts';
import { add, multiply, type Rational, toRational, ZERO } from '../oee/rational.ts';
import { TIME_CLASSES, type TimeRange } from '../oee/time-class.ts';
import { CLASS_COLUMNS, type CsvSection } from './csv-columns.ts';
import type { CsvCell } from './csv-text.ts';
import { parseExact } from './exact-figure.ts';
import { localIsoText, utcIsoText } from './report-time.ts';

export type CsvRow = Readonly<Record<string, CsvCell>>;

/** The rows of one section of one piece of equipment, cells by the name of their column. */
export const ROWS: Readonly<Record<Exclude<CsvSection, 'all'>, (shift: EquipmentShift) => readonly CsvRow[]>> = {
  accounts: (shift) => [accountRow(shift)],
  kpis: (shift) => [...kpiRows(shift.kpis, 'vorne'), ...kpiRows(shift.isoKpis, 'iso')],
  hours: (shift) =>
    shift.hours.map((hour) => ({
      ...rangeCells(hour, shift.timeZone),
      ...classCells(hour.accountMs),
      ...countCells(hour.counts),
      target_count: hour.targetCount,
      oee: hour.oee.value,
      cause: hour.oee.cause,
    })),
  losses: (shift) => [
    ...shift.waterfall.map(({ id, label, kind, ms, partCount, bigLoss }) => ({
      ...{ id, label, kind, length_ms: ms, part_count: partCount, big_loss: bigLoss },
    })),
    ...shift.pareto.map(({ id, label, path, timeClass, lostMs, stopCount }) => ({
      ...{ id, label, path: path.join(' > '), time_class: timeClass },
      ...{ kind: 'reason', length_ms: lostMs, stop_count: stopCount },
    })),
  ],
  stops: (shift) => [...shift.stops].sort((a, b) => a.fromMs - b.fromMs).map((stop) => stopRow(stop, shift.timeZone)),
  runs: (shift) =>
    shift.products.map((run) => ({
      ...rangeCells(run, shift.timeZone),
      ...countCells(run.counts),
      product_id: run.productId,
      order_id: run.orderId,
      ideal_cycle_ms: run.idealCycleMs,
      earned_total_ms: exactCell(earnedMs([run], 'total')),
      earned_good_ms: exactCell(earnedMs([run], 'good')),
    })),
  timeline: (shift) =>
    shift.timeline.map((segment) => ({
      ...rangeCells(segment, shift.timeZone),
      time_class: segment.timeClass,
      cause: segment.cause,
    })),
  remarks: (shift) => shift.remarks.map(({ code, text }) => ({ id: code, label: text })),
};

function accountRow(shift: EquipmentShift): CsvRow {
  const { shift: head, timeZone } = shift;
  const oee = shift.kpis.find(({ id }) => id === 'oee');
  const signature = head?.signature ?? null;
  return {
    ...(head === null ? {} : rangeCells(head, timeZone)),
    taken_at_utc: utcIsoText(shift.takenAtMs),
    ...classCells(shift.accountMs),
    planned_production_ms: shift.plannedMs,
    run_time_ms: shift.runMs,
    ...countCells(shift.counts),
    earned_total_ms: exactCell(earnedMs(shift.products, 'total')),
    earned_good_ms: exactCell(earnedMs(shift.products, 'good')),
    oee: shift.factors.oee.value,
    oee_exact: exactText(oee?.exact ?? null),
    target_oee: shift.targetRatio,
    coverage: shift.coverageRatio,
    basis: shift.basis,
    revised_at_utc: utcOrNull(head?.revisedAtMs ?? null),
    revised_because: head?.revisedBecause ?? null,
    signed_by: signature?.by ?? null,
    signed_at_utc: utcOrNull(signature?.atMs ?? null),
    signed_at_local: signature === null ? null : localIsoText(signature.atMs, timeZone),
    signed_revision: signature?.revision ?? null,
    signed_oee: signature?.oee ?? null,
    sign_comment: signature?.comment ?? null,
  };
}

const kpiRows = (kpis: EquipmentShift['kpis'], view: string): CsvRow[] =>
  kpis.map(({ id, label, value, unit, exact, formula, cause }) => {
    const fraction = parseExact(exact);
    return {
      ...{ view, id, label, value, unit, formula, cause },
      numerator: fraction === null ? null : String(fraction.numerator),
      denominator: fraction === null ? null : String(fraction.denominator),
      exact: exactText(exact),
    };
  });

function stopRow(stop: EquipmentShift['stops'][number], timeZone: string): CsvRow {
  return {
    ...rangeCells(stop, timeZone),
    machine_id: stop.machineId,
    is_open: stop.isOpen,
    time_class: stop.timeClass,
    cause: stop.cause,
    needs_reason: stop.needsReason,
    reason_id: stop.reasonId,
    reason_label: stop.reasonLabel,
    reason_source: stop.reasonSource,
    assigned_by: stop.assignedBy,
    assigned_at_utc: utcOrNull(stop.assignedAtMs),
    assigned_at_local: stop.assignedAtMs === null ? null : localIsoText(stop.assignedAtMs, timeZone),
    comment: stop.comment,
  };
}

/** Ideal cycle × parts over all runs; null without any, and where an ideal cycle or a count is not known (D8). */
function earnedMs(runs: readonly ProductRun[], role: 'total' | 'good'): Rational | null {
  if (runs.length === 0) return null;
  let sum = ZERO;
  for (const { idealCycleMs, counts } of runs) {
    const count = counts[role];
    if (idealCycleMs === null || count === null) return null;
    sum = add(sum, multiply(toRational(idealCycleMs), toRational(count)));
  }
  return sum;
}

/** A whole number as it is, else as a fraction: nothing is rounded on the way out. */
const exactCell = (value: Rational | null): CsvCell =>
  value === null
    ? null
    : { exact: value.denominator === 1n ? `${value.numerator}` : `${value.numerator}/${value.denominator}` };

/** `59 ÷ 240`: with a slash a spreadsheet would take `1/2` for a day in February. */
const exactText = (exact: string | null): CsvCell => exact?.replace('/', ' ÷ ') ?? null;

const utcOrNull = (atMs: number | null): string | null => (atMs === null ? null : utcIsoText(atMs));

const rangeCells = ({ fromMs, toMs }: TimeRange, timeZone: string): CsvRow => ({
  from_utc: utcIsoText(fromMs),
  to_utc: utcIsoText(toMs),
  from_local: localIsoText(fromMs, timeZone),
  to_local: localIsoText(toMs, timeZone),
  length_ms: toMs - fromMs,
});

const classCells = (accountMs: EquipmentShift['accountMs']): CsvRow =>
  Object.fromEntries(CLASS_COLUMNS.map((name, index) => [name, accountMs[TIME_CLASSES[index] ?? 'run'] ?? 0]));

const countCells = ({ total, good, reject, rework }: Counts): CsvRow => ({
  ...{ total_count: total, good_count: good, reject_count: reject, rework_count: rework },
});

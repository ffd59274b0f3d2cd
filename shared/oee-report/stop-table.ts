import type { EquipmentShift, Stop, TimelineSegment } from '../domain/equipment-shift.ts';
import { DASH } from './exact-figure.ts';
import { localText, spanText, timeOfDayTexts } from './report-time.ts';
import type { ReportTable } from './shift-report.ts';
import { describeClass } from './state-signs.ts';

const SOURCES: Readonly<Record<Stop['reasonSource'], string>> = {
  plan: 'plan',
  machine: 'machine',
  neighbour: 'neighbour',
  operator: 'operator',
  none: '',
};

/** Stops in the order of time; those that need a reason and have none are marked. */
export function stopTable(shift: EquipmentShift, machineNames: ReadonlyMap<string, string>): ReportTable {
  const { stops, timeZone } = shift;
  const sorted = [...stops].sort((a, b) => a.fromMs - b.fromMs);
  const clock = timeOfDayTexts(
    { fromMs: sorted[0]?.fromMs ?? 0, toMs: Math.max(0, ...sorted.map(({ toMs }) => toMs)) },
    timeZone,
  );
  const unexplainedCount = sorted.filter(({ needsReason }) => needsReason).length;
  return {
    title: 'Stops',
    note: describeUnexplained(sorted.length, unexplainedCount),
    columns: [
      { label: 'From', align: 'text' },
      { label: 'To', align: 'text' },
      { label: 'h:mm:ss', align: 'number' },
      ...(shift.kind === 'line' ? ([{ label: 'Machine', align: 'text' }] as const) : []),
      { label: 'What', align: 'text' },
      { label: 'Reason', align: 'text' },
      { label: 'Said by', align: 'text' },
      { label: 'Comment', align: 'text' },
    ],
    barLabel: null,
    rows: sorted.map((stop) => ({
      cells: [
        clock(stop.fromMs),
        stop.isOpen ? 'still open' : clock(stop.toMs),
        spanText(stop.toMs - stop.fromMs),
        ...(shift.kind === 'line' ? [machineNames.get(stop.machineId) ?? stop.machineId] : []),
        describeWhat(stop),
        stop.reasonLabel ?? stop.cause ?? DASH,
        describeSource(stop, timeZone),
        stop.comment ?? '',
      ],
      bar: null,
      mark: stop.needsReason ? 'No reason yet' : null,
    })),
    foot: null,
    absence: 'No stop was longer than a short stop.',
  };
}

function describeUnexplained(count: number, unexplainedCount: number): string | null {
  if (count === 0) return null;
  if (unexplainedCount === 0) return 'All of them are explained.';
  return unexplainedCount === 1 ? '1 of them has no reason yet.' : `${unexplainedCount} of them have no reason yet.`;
}

/** The class, and where a stop has several the time of each: they divide it exactly. */
function describeWhat({ timeClass, parts }: Stop): string {
  const spans = new Map<TimelineSegment['timeClass'], number>();
  for (const part of parts) spans.set(part.timeClass, (spans.get(part.timeClass) ?? 0) + part.toMs - part.fromMs);
  if (spans.size < 2) return describeClass(timeClass);
  return [...spans].map(([part, ms]) => `${describeClass(part)} ${spanText(ms)}`).join(' + ');
}

function describeSource({ reasonSource, assignedBy, assignedAtMs }: Stop, timeZone: string): string {
  if (assignedBy === null) return SOURCES[reasonSource];
  return assignedAtMs === null ? assignedBy : `${assignedBy}\n${localText(assignedAtMs, timeZone)}`;
}

import type { EquipmentShift, Kpi } from '../../shared/domain/equipment-shift.ts';
import type { Explanation, SampleLine } from '../../shared/domain/oee-explanation.ts';

type View = 'vorne' | 'iso';

const MAX_STOPS = 20;
const MAX_PIECES = 20;
const WIDTH = 24;

/** A shift as lines for a terminal; times in the zone of the site. */
export function describeShift(shift: EquipmentShift, view: View): string {
  const { shift: head, timeZone } = shift;
  const when = toClock(timeZone);
  if (head === null) return `${shift.name}: no shift has run yet`;
  const state =
    head.revision > 1 ? `${head.phase}, revision ${head.revision} (${head.revisedBecause ?? ''})` : head.phase;
  const kpis = view === 'iso' ? shift.isoKpis : shift.kpis;
  const losses = shift.waterfall.map(({ label, ms }) => `  ${label.padEnd(WIDTH)} ${minutes(ms)}`);
  const stops = shift.stops.slice(0, MAX_STOPS).map((stop) => {
    const why = stop.reasonLabel ?? stop.cause ?? (stop.needsReason ? 'needs a reason' : '');
    return `  ${when(stop.fromMs)}  ${minutes(stop.toMs - stop.fromMs)}  ${stop.timeClass.padEnd(11)} ${why}`;
  });
  return [
    `${shift.name}  ${head.name} ${head.productionDay}  ${when(head.fromMs)} to ${when(head.toMs)}  ${state}`,
    ...(head.signature === null ? [] : [`  revision ${head.signature.revision} is signed by ${head.signature.by}`]),
    ...kpis.map((kpi) => `  ${kpi.label.padEnd(WIDTH)} ${value(kpi)}${kpi.cause === null ? '' : `  (${kpi.cause})`}`),
    `  ${shift.basis}`,
    ...shift.remarks.map(({ text }) => `  ! ${text}`),
    ...(losses.length === 0 ? [] : ['losses', ...losses]),
    ...(stops.length === 0 ? [] : [`stops (${shift.stops.length})`, ...stops]),
  ].join('\n');
}

function value({ value: found, unit, exact }: Pick<Kpi, 'value' | 'unit' | 'exact'>): string {
  if (found === null) return '–'.padStart(9);
  const text = unit === 'ratio' ? `${(found * 100).toFixed(1)} %` : unit === 'ms' ? minutes(found) : String(found);
  return `${text.padStart(9)}${exact === null ? '' : `  = ${exact}`}`;
}

const minutes = (ms: number): string => `${(ms / 60_000).toFixed(1)} min`.padStart(10);

/** `2026-03-28 06:00:00`, by the wall clock of a zone. */
function toClock(timeZone: string): (atMs: number) => string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  return (atMs) => format.format(atMs);
}

/** A line for each figure of each shift: instants in UTC, numbers unrounded. */
export function shiftCsv(shifts: readonly EquipmentShift[], view: View): string {
  const rows = shifts.flatMap((shift) => {
    const { shift: head, equipmentId } = shift;
    if (head === null) return [];
    const place = [
      equipmentId,
      head.name,
      head.productionDay,
      iso(head.fromMs),
      iso(head.toMs),
      head.phase,
      head.revision,
    ];
    const line = (id: string, unit: string, amount: number | null, exact: string | null) =>
      [...place, id, unit, amount ?? '', exact ?? ''].map(cell).join(',');
    return [
      ...(view === 'iso' ? shift.isoKpis : shift.kpis).map((kpi) => line(kpi.id, kpi.unit, kpi.value, kpi.exact)),
      ...Object.entries(shift.accountMs).map(([timeClass, ms]) => line(`class:${timeClass}`, 'ms', ms ?? 0, null)),
      ...Object.entries(shift.counts).map(([role, count]) => line(`count:${role}`, 'count', count, null)),
    ];
  });
  return ['equipment,shift,day,from,to,phase,revision,figure,unit,value,exact', ...rows].join('\n');
}

const iso = (atMs: number): string => new Date(atMs).toISOString();

const cell = (field: string | number): string => {
  const text = String(field);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** A figure down to its samples, as lines for a terminal. `samples` belong to the first pieces, in their order. */
export function describeExplanation(
  told: Explanation,
  samples: readonly (readonly SampleLine[])[],
  timeZone: string,
): string {
  const when = toClock(timeZone);
  const unread = [...samples];
  const lines = [
    `${told.label} ${value(told).trim()}`,
    `  ${told.formula}`,
    `  ${told.basis}`,
    ...(told.cause === null ? [] : [`  ! ${told.cause}`]),
  ];
  for (const term of told.terms) {
    lines.push(`${term.role}: ${term.label} ${value({ ...term, exact: null }).trim()}  (${term.formula})`);
    for (const piece of term.pieces.slice(0, MAX_PIECES)) {
      const amount = value({ ...piece, exact: null }).trim();
      lines.push(
        `  ${when(piece.fromMs)} to ${when(piece.toMs)}  ${amount}  ${piece.label}  [${piece.metricNames.join(', ')}]`,
      );
      for (const sample of unread.shift() ?? []) {
        const late = sample.isHistorical ? '  came late' : '';
        lines.push(`      ${when(sample.timeMs)}  ${sample.metricName} = ${sample.value}  ${sample.quality}${late}`);
      }
    }
    if (term.pieceCount > MAX_PIECES) lines.push(`  … ${term.pieceCount - MAX_PIECES} more`);
  }
  return lines.join('\n');
}

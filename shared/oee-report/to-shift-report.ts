import type { EquipmentShift, Kpi, ShiftHead } from '../domain/equipment-shift.ts';
import { accountSumMs, accountTable, elapsedMs, paretoTable, waterfallTable } from './account-tables.ts';
import { countText, figureText, ratioText } from './exact-figure.ts';
import { hourTable, kpiTable, runTable } from './production-tables.ts';
import { localText, spanText, utcIsoText } from './report-time.ts';
import {
  equipmentHeading,
  type ReportOptions,
  type ReportRemark,
  type ReportTable,
  type ShiftReport,
} from './shift-report.ts';
import { toSignOff } from './sign-off.ts';
import { stopTable } from './stop-table.ts';

type HeadlineKpi = Omit<Kpi, 'formula'>;

/** What stands large on the first page of the Vorne view. */
const HEADLINE = [
  { id: 'availability', label: 'Availability' },
  { id: 'performance', label: 'Performance' },
  { id: 'quality', label: 'Quality' },
  { id: 'oee', label: 'OEE' },
] as const;
/** Availability, effectiveness, quality ratio, OEE index and NEE index. */
const ISO_HEADLINE_COUNT = 5;

/**
 * The report of a shift: the line first and its machines after it, or one machine alone. Text is as it came; the
 * pages made of it escape it. `shifts` must hold at least one.
 */
export function toShiftReport(shifts: readonly EquipmentShift[], options: ReportOptions): ShiftReport {
  const [first] = shifts;
  if (first === undefined) throw new RangeError('a shift report needs at least one piece of equipment');
  const { place, view, program } = options;
  const names = new Map(shifts.map(({ equipmentId, name }) => [equipmentId, name]));
  const { shift } = first;
  const when = shift === null ? 'no shift yet' : `${shift.name} ${shift.productionDay}`;
  return {
    title: `Shift report, ${equipmentHeading(first)}, ${when}`,
    place: [place.enterprise, place.site, place.area, place.line].join(' / '),
    facts: toFacts(first, options),
    caution: shift === null ? 'No shift has run yet.' : toCaution(shift),
    headline: headlineKpis(first, view).map((kpi) => ({ label: kpi.label, figure: figureText(kpi), cause: kpi.cause })),
    summary: summaryTable(shifts, view),
    remarks: shifts.flatMap(toRemarks),
    timeline: {
      fromMs: shift?.fromMs ?? first.takenAtMs,
      toMs: shift?.toMs ?? first.takenAtMs,
      timeZone: first.timeZone,
      rows: shifts.map((entry) => ({ name: equipmentHeading(entry), segments: entry.timeline })),
    },
    sections: shifts.map((entry) => ({
      heading: equipmentHeading(entry),
      basis: entry.basis,
      mostCostly: entry.mostCostly,
      tables: [
        kpiTable(entry, view),
        accountTable(entry),
        waterfallTable(entry),
        hourTable(entry),
        paretoTable(entry),
        stopTable(entry, names),
        runTable(entry),
      ],
    })),
    signOff: toSignOff(shift, first.timeZone),
    program,
  };
}

function toFacts(first: EquipmentShift, { view, generatedAtMs }: ReportOptions): ShiftReport['facts'] {
  const { shift, timeZone, ruleset } = first;
  const both = (atMs: number): string => `${localText(atMs, timeZone)}   UTC ${utcIsoText(atMs)}`;
  const general = [
    { label: 'View', value: view === 'iso' ? 'ISO 22400-2' : 'Vorne / TPM' },
    { label: 'Rules', value: ruleset },
    { label: 'Figures taken', value: both(first.takenAtMs) },
    { label: 'Report made', value: both(generatedAtMs) },
  ];
  if (shift === null) return [{ label: 'Time zone', value: timeZone }, ...general];
  const revised = shift.revisedAtMs === null ? '' : `, ${both(shift.revisedAtMs)}`;
  const because = shift.revisedBecause === null ? '' : `: ${shift.revisedBecause}`;
  return [
    { label: 'Shift', value: shift.name },
    { label: 'Production day', value: shift.productionDay },
    { label: 'From', value: both(shift.fromMs) },
    { label: 'To', value: both(shift.toMs) },
    { label: 'Length', value: `${spanText(shift.toMs - shift.fromMs)} in ${timeZone}` },
    { label: 'Breaks', value: describeBreaks(shift, timeZone) },
    { label: 'Standing', value: PHASES[shift.phase] },
    { label: 'Revision', value: `${shift.revision}${revised}${because}` },
    ...general,
  ];
}

const PHASES = { running: 'running, to date', provisional: 'provisional', final: 'final', revised: 'revised' } as const;

const describeBreaks = ({ breaks }: ShiftHead, timeZone: string): string =>
  breaks.length === 0
    ? 'none'
    : breaks
        .map(({ name, fromMs, toMs }) => `${name} ${localText(fromMs, timeZone)}, ${spanText(toMs - fromMs)}`)
        .join('; ');

function toCaution({ phase, signature, revision }: ShiftHead): string | null {
  if (phase === 'running') return 'The shift is still running: these are the figures to date.';
  if (phase === 'provisional') return 'Provisional: late data may still change these figures.';
  const isOutdated = signature !== null && signature.revision !== revision;
  if (isOutdated) return `Revised after it was signed: the signature is of revision ${signature.revision}.`;
  return phase === 'revised' ? 'Revised after it was final.' : null;
}

function toRemarks(shift: EquipmentShift): ReportRemark[] {
  const about = equipmentHeading(shift);
  const remarks = shift.remarks.map(({ text }) => ({ about, text }));
  const offMs = accountSumMs(shift) - elapsedMs(shift);
  if (shift.shift === null || offMs === 0) return remarks;
  const text = `The time account and the wall clock differ by ${offMs} ms: this is a fault of the account.`;
  return [...remarks, { about, text }];
}

/** The four factors, which every shift has, with the fractions of the figures they are; in the ISO view its ratios. */
function headlineKpis(shift: EquipmentShift, view: ReportOptions['view']): readonly HeadlineKpi[] {
  if (view === 'iso') return shift.isoKpis.filter(({ unit }) => unit === 'ratio').slice(0, ISO_HEADLINE_COUNT);
  return HEADLINE.map(({ id, label }) => ({
    ...{ id, label, unit: 'ratio' },
    ...shift.factors[id],
    exact: shift.kpis.find((kpi) => kpi.id === id)?.exact ?? null,
  }));
}

function summaryTable(shifts: readonly EquipmentShift[], view: ReportOptions['view']): ReportTable {
  const columns = new Map(shifts.flatMap((shift) => headlineKpis(shift, view).map(({ id, label }) => [id, label])));
  return {
    title: shifts.length === 1 ? 'At a glance' : 'Line and machines',
    note: null,
    columns: [
      { label: 'Equipment', align: 'text' },
      ...[...columns.values()].map((label) => ({ label, align: 'number' }) as const),
      { label: 'Target OEE', align: 'number' },
      { label: 'Made', align: 'number' },
      { label: 'Good', align: 'number' },
      { label: 'Rejects', align: 'number' },
      { label: 'Coverage', align: 'number' },
    ],
    barLabel: null,
    rows: shifts.map((shift) => {
      const figures = new Map(headlineKpis(shift, view).map((kpi) => [kpi.id, figureText(kpi)]));
      return {
        cells: [
          equipmentHeading(shift),
          ...[...columns.keys()].map((id) => figures.get(id) ?? '–'),
          ratioText(shift.targetRatio),
          countText(shift.counts.total),
          countText(shift.counts.good),
          countText(shift.counts.reject),
          ratioText(shift.coverageRatio),
        ],
        bar: null,
        mark: null,
      };
    }),
    foot: null,
    absence: '',
  };
}

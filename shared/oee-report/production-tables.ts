import type { EquipmentShift, HourBar, Kpi } from '../domain/equipment-shift.ts';
import { countText, DASH, figureText, ratioText } from './exact-figure.ts';
import { localText, spanText, timeOfDayTexts } from './report-time.ts';
import type { ReportOptions, ReportRow, ReportTable } from './shift-report.ts';

const kpisOf = (shift: EquipmentShift, view: ReportOptions['view']): readonly Kpi[] =>
  view === 'iso' ? shift.isoKpis : shift.kpis;

export function kpiTable(shift: EquipmentShift, view: ReportOptions['view']): ReportTable {
  return {
    title: view === 'iso' ? 'Figures, ISO 22400-2' : 'Figures',
    note: `Exact fractions of milliseconds and parts; rounded only to be shown. Target OEE ${ratioText(shift.targetRatio)}.`,
    columns: [
      { label: 'Figure', align: 'text' },
      { label: 'Value', align: 'number' },
      { label: 'Exact', align: 'text' },
      { label: 'Formula', align: 'text' },
      { label: 'Remark', align: 'text' },
    ],
    barLabel: null,
    rows: kpisOf(shift, view).map((kpi) => ({
      cells: [kpi.label, figureText(kpi), kpi.exact ?? DASH, kpi.formula, kpi.cause ?? ''],
      bar: null,
      mark: null,
    })),
    foot: null,
    absence: 'No figures yet.',
  };
}

export function hourTable(shift: EquipmentShift): ReportTable {
  const { hours, timeZone } = shift;
  const clock = timeOfDayTexts(rangeOf(hours), timeZone);
  // Room to the right, so that a target that is the largest of all is still seen as a line.
  const largest =
    1.05 * Math.max(1, ...hours.flatMap(({ counts, targetCount }) => [counts.good ?? 0, targetCount ?? 0]));
  return {
    title: 'Hour by hour',
    note: `Hours of UTC in local time (${timeZone}), cut at the edges of the shift.`,
    columns: [
      { label: 'From', align: 'text' },
      { label: 'To', align: 'text' },
      { label: 'Good', align: 'number' },
      { label: 'Target', align: 'number' },
      { label: 'Made', align: 'number' },
      { label: 'Rejects', align: 'number' },
      { label: 'Running', align: 'number' },
      { label: 'OEE', align: 'number' },
    ],
    barLabel: 'Good parts, the line is the target',
    rows: hours.map(({ fromMs, toMs, counts, targetCount, accountMs, oee }) => ({
      cells: [
        clock(fromMs),
        clock(toMs),
        countText(counts.good),
        countText(targetCount),
        countText(counts.total),
        countText(counts.reject),
        spanText(accountMs.run ?? 0),
        oee.value === null ? `${DASH}${oee.cause === null ? '' : ` ${oee.cause}`}` : ratioText(oee.value),
      ],
      bar: {
        fromRatio: 0,
        toRatio: Math.max(0, counts.good ?? 0) / largest,
        tone: 'made',
        markRatio: targetCount === null ? null : Math.max(0, targetCount) / largest,
      },
      mark: null,
    })),
    foot: null,
    absence: 'No hour of the shift has begun.',
  };
}

const rangeOf = (hours: readonly HourBar[]): { readonly fromMs: number; readonly toMs: number } => ({
  fromMs: hours[0]?.fromMs ?? 0,
  toMs: hours.at(-1)?.toMs ?? 0,
});

export function runTable({ products, timeZone }: EquipmentShift): ReportTable {
  return {
    title: 'Products',
    note: null,
    columns: [
      { label: 'Product', align: 'text' },
      { label: 'Order', align: 'text' },
      { label: 'From', align: 'text' },
      { label: 'To', align: 'text' },
      { label: 'Ideal cycle', align: 'number' },
      { label: 'Made', align: 'number' },
      { label: 'Good', align: 'number' },
      { label: 'Rejects', align: 'number' },
      { label: 'Rework', align: 'number' },
    ],
    barLabel: null,
    rows: products.map(({ productId, orderId, fromMs, toMs, idealCycleMs, counts }): ReportRow => ({
      cells: [
        productId ?? 'not named',
        orderId ?? DASH,
        localText(fromMs, timeZone),
        localText(toMs, timeZone),
        idealCycleMs === null ? DASH : `${idealCycleMs / 1_000} s`,
        countText(counts.total),
        countText(counts.good),
        countText(counts.reject),
        countText(counts.rework),
      ],
      bar: null,
      mark: null,
    })),
    foot: null,
    absence: 'Nothing was counted.',
  };
}

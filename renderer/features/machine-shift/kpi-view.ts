import type { EquipmentShift, Kpi } from '../../../shared/domain/equipment-shift.ts';
import { percentText } from '../../components/number-text.ts';
import { countOrDash, describeFigure, minuteText, toFigureText } from '../shift/figure-text.ts';

/** Two names for what is nearly the same; never mixed on one page (guide 1.5). */
export type KpiSet = 'vorne' | 'iso';

export interface KpiView {
  readonly id: string;
  readonly label: string;
  readonly figure: string;
  readonly unit: string;
  /** The figure in words, for the name of its button. */
  readonly spoken: string;
  /** Why there is none, or what is doubtful about it. */
  readonly cause: string | null;
  readonly formula: string;
  /** 0 … 1 of the bar; null draws none. */
  readonly fillRatio: number | null;
  readonly targetRatio: number | null;
  readonly isBelow: boolean;
  /** What stands below the bar. */
  readonly note: string;
}

export interface KpiStripView {
  /** The figure and its factors, large. */
  readonly main: readonly KpiView[];
  readonly more: readonly KpiView[];
}

const MAIN: Readonly<Record<KpiSet, readonly string[]>> = {
  vorne: ['oee', 'availability', 'performance', 'quality'],
  iso: ['iso-oee', 'iso-availability', 'iso-effectiveness', 'iso-quality'],
};

export function toKpiStrip(shift: EquipmentShift, set: KpiSet): KpiStripView {
  const kpis = set === 'vorne' ? shift.kpis : shift.isoKpis;
  const isMain = (id: string): boolean => MAIN[set].some((name) => id === name || id.startsWith(`${name}-`));
  const rankOf = (id: string): number => MAIN[set].findIndex((name) => id === name || id.startsWith(`${name}-`));
  const views = kpis.map((kpi) => toKpiView(kpi, shift));
  return {
    main: views.filter(({ id }) => isMain(id)).sort((one, other) => rankOf(one.id) - rankOf(other.id)),
    more: views.filter(({ id }) => !isMain(id)),
  };
}

function toKpiView(kpi: Kpi, shift: EquipmentShift): KpiView {
  const figure = toFigureText(kpi.value, kpi.unit);
  const isOee = kpi.id === 'oee' || kpi.id.startsWith('iso-oee');
  return {
    id: kpi.id,
    label: kpi.label,
    figure: figure.text,
    unit: figure.unit,
    spoken: `${kpi.label} ${describeFigure(kpi.value, kpi.unit)}`,
    cause: kpi.cause,
    formula: kpi.formula,
    fillRatio: kpi.unit === 'ratio' && kpi.value !== null ? Math.min(1, Math.max(0, kpi.value)) : null,
    targetRatio: isOee ? shift.targetRatio : null,
    isBelow: isOee && kpi.value !== null && kpi.value < shift.targetRatio,
    note: noteOf(kpi, shift, isOee),
  };
}

function noteOf(kpi: Kpi, shift: EquipmentShift, isOee: boolean): string {
  if (isOee) return `target ${percentText(shift.targetRatio).replace(/\.0$/, '')} %`;
  switch (kpi.id) {
    case 'availability':
      return `${minuteText(shift.runMs)} of ${minuteText(shift.plannedMs)} min`;
    case 'performance':
      return `${countOrDash(shift.counts.total)} made`;
    case 'quality':
      return `${countOrDash(shift.counts.reject)} rejected`;
    default:
      return kpi.formula;
  }
}

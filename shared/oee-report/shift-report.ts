import type { EquipmentShift } from '../domain/equipment-shift.ts';
import type { TimelineSegment } from '../domain/equipment-shift.ts';
import type { SignOff } from './sign-off.ts';

/** Names of the site file, from the enterprise down to the line. */
export interface ReportPlace {
  readonly enterprise: string;
  readonly site: string;
  readonly area: string;
  readonly line: string;
}

export interface ReportOptions {
  readonly place: ReportPlace;
  /** Vorne by default on screens; ISO 22400-2 has its own labels, and the two are never mixed (oee.md 1.5). */
  readonly view: 'vorne' | 'iso';
  readonly generatedAtMs: number;
  /** Name and version of the program, for the foot of the report. */
  readonly program: string;
}

/** A horizontal bar in a row, as shares of the width: 0 … 1. */
export interface ReportBar {
  readonly fromRatio: number;
  readonly toRatio: number;
  readonly tone: 'level' | 'loss' | 'made';
  /** A line across, such as the target. */
  readonly markRatio: number | null;
}

export interface ReportRow {
  readonly cells: readonly string[];
  readonly bar: ReportBar | null;
  /** Said in words in front of the row and drawn with a bold edge; null for a row like any other. */
  readonly mark: string | null;
}

interface ReportColumn {
  readonly label: string;
  readonly align: 'text' | 'number';
}

export interface ReportTable {
  readonly title: string;
  readonly note: string | null;
  readonly columns: readonly ReportColumn[];
  /** Label of the column of bars, the last one; null where the rows have none. */
  readonly barLabel: string | null;
  readonly rows: readonly ReportRow[];
  /** Sums below the rows. */
  readonly foot: readonly string[] | null;
  /** The sentence that stands there when there are no rows. */
  readonly absence: string;
}

export interface ReportRemark {
  readonly about: string;
  readonly text: string;
}

export interface ReportTimeline {
  readonly fromMs: number;
  readonly toMs: number;
  readonly timeZone: string;
  readonly rows: readonly { readonly name: string; readonly segments: readonly TimelineSegment[] }[];
}

export interface EquipmentSection {
  readonly heading: string;
  readonly basis: string;
  readonly mostCostly: string | null;
  readonly tables: readonly ReportTable[];
}

/** The report as data: all text unescaped, all figures already as people read them. HTML and print derive from it. */
export interface ShiftReport {
  readonly title: string;
  readonly place: string;
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  /** Why these numbers are not the last word; null when they are. */
  readonly caution: string | null;
  readonly headline: readonly { readonly label: string; readonly figure: string; readonly cause: string | null }[];
  readonly summary: ReportTable;
  readonly remarks: readonly ReportRemark[];
  readonly timeline: ReportTimeline;
  readonly sections: readonly EquipmentSection[];
  readonly signOff: SignOff;
  readonly program: string;
}

/** `Line LINE01`, `Filler`. */
export const equipmentHeading = ({ kind, name }: Pick<EquipmentShift, 'kind' | 'name'>): string =>
  kind === 'line' ? `Line ${name}` : name;

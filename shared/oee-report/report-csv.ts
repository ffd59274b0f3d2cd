import type { EquipmentShift } from '../domain/equipment-shift.ts';
import { columnsOf, CSV_SECTIONS, type CsvSection } from './csv-columns.ts';
import { type CsvRow, ROWS } from './csv-rows.ts';
import { csvText } from './csv-text.ts';

export interface CsvOptions {
  /** One section with its own columns, or `all`: one long table, told apart by its first column. */
  readonly section: CsvSection;
  /** Excel needs it to read UTF-8; other programs may show it as a sign. */
  readonly hasByteOrderMark: boolean;
}

/**
 * The shift as CSV, with what the figures are made of: milliseconds, parts and earned milliseconds (ideal cycle ×
 * parts). `earned_good_ms / planned_production_ms` is the OEE, exactly.
 */
export function reportCsv(shifts: readonly EquipmentShift[], { section, hasByteOrderMark }: CsvOptions): string {
  const columns = columnsOf(section);
  const rows: CsvRow[] = shifts.flatMap((shift) =>
    CSV_SECTIONS.flatMap((name) => {
      if (name === 'all' || (section !== 'all' && section !== name)) return [];
      return ROWS[name](shift).map((row) => ({ ...headCells(shift), record: name, ...row }));
    }),
  );
  return csvText(
    columns,
    rows.map((row) => columns.map((column) => row[column] ?? null)),
    hasByteOrderMark,
  );
}

const headCells = ({ equipmentId, name, kind, shift, ruleset, timeZone }: EquipmentShift): CsvRow => ({
  equipment_id: equipmentId,
  equipment_name: name,
  equipment_kind: kind,
  shift_name: shift?.name ?? null,
  production_day: shift?.productionDay ?? null,
  shift_phase: shift?.phase ?? null,
  revision: shift?.revision ?? null,
  ruleset,
  time_zone: timeZone,
});

import type { EquipmentShift } from '../domain/equipment-shift.ts';
import type { ReportFormat } from '../domain/shift-report-order.ts';

/** Longest that a part of the name may be; file systems end at 255 bytes. */
const PART_LENGTH = 40;

/** A name for the file, good on every file system: `shift-report_LINE01_2026-03-27_Early_r2.pdf`. */
export function reportFileName({ name, shift }: EquipmentShift, format: ReportFormat): string {
  const parts = shift === null ? [name] : [name, shift.productionDay, shift.name, `r${shift.revision}`];
  return `${['shift-report', ...parts.map(plain)].join('_')}.${format}`;
}

const plain = (text: string): string =>
  [...text.replaceAll(/[^\p{L}\p{N}-]+/gu, '-').replaceAll(/^-+|-+$/g, '')].slice(0, PART_LENGTH).join('') || 'x';

import { z } from 'zod';
import { ShiftKey } from './equipment-shift.ts';

export const ReportFormat = z.enum(['html', 'pdf', 'csv']);
export type ReportFormat = z.infer<typeof ReportFormat>;

/** Whose shift is to be written, how. The window is not asked for a path: the person says it in the dialog. */
export const ShiftReportOrder = ShiftKey.extend({
  format: ReportFormat,
  view: z.enum(['vorne', 'iso']),
});
export type ShiftReportOrder = z.infer<typeof ShiftReportOrder>;

export const ShiftReportAnswer = z.discriminatedUnion('phase', [
  z.object({ phase: z.literal('saved'), path: z.string() }),
  z.object({ phase: z.literal('cancelled') }),
]);
export type ShiftReportAnswer = z.infer<typeof ShiftReportAnswer>;

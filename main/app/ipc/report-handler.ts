import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { app, type BrowserWindow, dialog } from 'electron';
import type { EquipmentShift } from '../../../shared/domain/equipment-shift.ts';
import type { ReportFormat, ShiftReportAnswer, ShiftReportOrder } from '../../../shared/domain/shift-report-order.ts';
import { reportCsv } from '../../../shared/oee-report/report-csv.ts';
import { reportFileName } from '../../../shared/oee-report/report-file.ts';
import { reportHtml } from '../../../shared/oee-report/report-html.ts';
import { toShiftReport } from '../../../shared/oee-report/to-shift-report.ts';
import { collectShifts } from '../../engine/collect-shifts.ts';
import type { Clock } from '../../platform/clock.ts';
import { describeError, EngineError } from '../../platform/engine-error.ts';
import { printReport } from '../print-report.ts';
import type { EnginePhase } from '../workbench-engine.ts';
import { requireEngine } from './engine-handlers.ts';

const FORMAT_NAMES: Readonly<Record<ReportFormat, string>> = {
  html: 'Page for a browser',
  pdf: 'PDF',
  csv: 'Table for a spreadsheet',
};

/**
 * Reads the shift first, so that what cannot be had is said before a file is asked for; then writes the whole file or
 * none. Rejects with `oee/…`, `historian/…`, `report/not-printed` and `report/not-written`.
 */
export const reportHandler =
  (current: () => EnginePhase, window: () => BrowserWindow | null, clock: Clock) =>
  async (order: ShiftReportOrder): Promise<ShiftReportAnswer> => {
    const engine = requireEngine(current());
    const snapshot = engine.readSnapshot();
    if (snapshot === null) throw new EngineError('engine/starting', 'The engine is still starting.');
    const { equipmentId, shiftFromMs, format, view } = order;
    const machineIds = snapshot.oee?.machines.map((machine) => machine.equipmentId) ?? [];
    const shifts = await collectShifts(engine.oee, { equipmentId, shiftFromMs }, machineIds);
    const path = await askForPath(window(), shifts[0], format);
    if (path === null) return { phase: 'cancelled' };
    const program = `Lineside ${app.getVersion()}`;
    const options = { place: snapshot.site, view, generatedAtMs: clock.nowMs(), program };
    await writeWhole(path, await toContent(shifts, format, options, clock));
    return { phase: 'saved', path };
  };

async function toContent(
  shifts: readonly EquipmentShift[],
  format: ReportFormat,
  options: Parameters<typeof toShiftReport>[1],
  clock: Clock,
): Promise<string | Uint8Array> {
  // A person opens it in a spreadsheet: with the mark Excel takes it for UTF-8.
  if (format === 'csv') return reportCsv(shifts, { section: 'all', hasByteOrderMark: true });
  const html = reportHtml(toShiftReport(shifts, options));
  return format === 'html' ? html : printReport(html, clock);
}

async function askForPath(
  window: BrowserWindow | null,
  shift: EquipmentShift | undefined,
  format: ReportFormat,
): Promise<string | null> {
  const name = shift === undefined ? `shift-report.${format}` : reportFileName(shift, format);
  const options = {
    title: 'Save the shift report',
    defaultPath: join(app.getPath('documents'), name),
    filters: [{ name: FORMAT_NAMES[format], extensions: [format] }],
  };
  const { canceled, filePath } =
    window === null ? await dialog.showSaveDialog(options) : await dialog.showSaveDialog(window, options);
  return canceled || filePath === '' ? null : filePath;
}

async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const unfinished = `${path}.${randomUUID()}.new`;
  try {
    await writeFile(unfinished, content);
    await rename(unfinished, path);
  } catch (cause) {
    await rm(unfinished, { force: true });
    const text = `The report could not be written to ${path}: ${describeError(cause)}. Choose another folder.`;
    throw new EngineError('report/not-written', text, { path }, { cause });
  }
}

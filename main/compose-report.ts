import type { EquipmentShift, ShiftLine, ShiftListQuery } from '../shared/domain/equipment-shift.ts';
import type { ReportPlace } from '../shared/oee-report/shift-report.ts';
import { openOeeDesk } from './compose-oee-desk.ts';
import { readSiteFile } from './config/read-site-file.ts';
import { collectShifts } from './engine/collect-shifts.ts';

export interface ReportSource {
  readonly place: ReportPlace;
  /** The line with its machines, or one machine; `shiftFromMs` null is the shift that runs, else the last one. */
  read(equipmentId: string, shiftFromMs: number | null): Promise<EquipmentShift[]>;
  list(query: ShiftListQuery): Promise<ShiftLine[]>;
  close(): Promise<void>;
}

/**
 * Shifts of a site for one command, from the historian alone: the gateway need not run.
 * @throws EngineError `config/…`, `cli/usage`, later `oee/…` and `historian/…`.
 */
export async function composeReport(configFile: string): Promise<ReportSource> {
  const { site, machines } = await readSiteFile(configFile);
  const { desk, close } = await openOeeDesk(configFile);
  const machineIds = machines.map(({ id }) => id);
  return {
    place: site,
    read: (equipmentId, shiftFromMs) => collectShifts(desk, { equipmentId, shiftFromMs }, machineIds),
    list: (query) => desk.shifts(query),
    close,
  };
}

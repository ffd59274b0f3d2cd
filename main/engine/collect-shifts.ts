import type { EquipmentShift, ShiftKey } from '../../shared/domain/equipment-shift.ts';
import type { OeeDesk } from './ports.ts';

/**
 * The shift of a machine, or of the line with the same shift of each of its machines behind it: what a report is
 * made of. One after the other, since each may take the historian a while. Rejects as the desk does.
 */
export async function collectShifts(
  desk: Pick<OeeDesk, 'shift'>,
  key: ShiftKey,
  machineIds: readonly string[],
): Promise<EquipmentShift[]> {
  const first = await desk.shift(key);
  const shifts = [first];
  if (first.kind === 'machine') return shifts;
  for (const equipmentId of machineIds) {
    shifts.push(await desk.shift({ equipmentId, shiftFromMs: first.shift?.fromMs ?? key.shiftFromMs }));
  }
  return shifts;
}

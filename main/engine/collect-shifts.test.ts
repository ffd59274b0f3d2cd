import { describe, expect, it } from 'vitest';
import type { ShiftKey } from '../../shared/domain/equipment-shift.ts';
import { EARLY_FROM_MS, shiftOf } from '../../shared/testing/shift-fixture.ts';
import { collectShifts } from './collect-shifts.ts';

function deskOf(kind: 'line' | 'machine') {
  const asked: ShiftKey[] = [];
  const shift = (key: ShiftKey) => {
    asked.push(key);
    return Promise.resolve(
      shiftOf({ equipmentId: key.equipmentId, kind: key.equipmentId === 'LINE01' ? kind : 'machine' }),
    );
  };
  return { asked, desk: { shift } };
}

describe('the shifts of a report', () => {
  it('are the line and, of the same shift, each machine in the order of the line', async () => {
    const { asked, desk } = deskOf('line');
    const shifts = await collectShifts(desk, { equipmentId: 'LINE01', shiftFromMs: null }, ['Filler', 'Capper']);
    expect(shifts.map(({ equipmentId }) => equipmentId)).toEqual(['LINE01', 'Filler', 'Capper']);
    // Asked without a time, the next shift could begin between the line and its machines.
    expect(asked.map(({ shiftFromMs }) => shiftFromMs)).toEqual([null, EARLY_FROM_MS, EARLY_FROM_MS]);
  });

  it('are one for a machine', async () => {
    const { desk } = deskOf('machine');
    expect(await collectShifts(desk, { equipmentId: 'Filler', shiftFromMs: 5 }, ['Filler', 'Capper'])).toHaveLength(1);
  });
});

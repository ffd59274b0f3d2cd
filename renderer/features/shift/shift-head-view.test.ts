import { describe, expect, it } from 'vitest';
import type { ShiftHead } from '../../../shared/domain/equipment-shift.ts';
import { AT_MS, equipmentShiftOf } from '../../testing/equipment-shift.ts';
import { describeShift, toFreshness, toPhaseView } from './shift-head-view.ts';

const ZONE = 'Europe/Berlin';
const headOf = (changes: Partial<ShiftHead> = {}): ShiftHead => ({ ...equipmentShiftOf().shift!, ...changes });

describe('the head of a shift', () => {
  it('says its local times with the zone', () => {
    expect(describeShift(headOf(), ZONE)).toBe('Early, Mon 23 Nov, 06:00–14:00 CET, 8 h');
  });

  it('shows a night in which the clocks change in its true length, with both zones', () => {
    const autumn = headOf({ name: 'Night', fromMs: Date.UTC(2026, 9, 24, 20), toMs: Date.UTC(2026, 9, 25, 5) });
    expect(describeShift(autumn, ZONE)).toBe('Night, Sat 24 Oct, 22:00 CEST–06:00 CET, 9 h');
    const spring = headOf({ name: 'Night', fromMs: Date.UTC(2026, 2, 28, 21), toMs: Date.UTC(2026, 2, 29, 4) });
    expect(describeShift(spring, ZONE)).toBe('Night, Sat 28 Mar, 22:00 CET–06:00 CEST, 7 h');
  });

  it('marks numbers that can still move', () => {
    expect(toPhaseView(headOf(), ZONE).text).toBe('to date');
    expect(toPhaseView(headOf({ phase: 'provisional' }), ZONE)).toMatchObject({ text: 'provisional' });
    expect(toPhaseView(headOf({ phase: 'final' }), ZONE).detail).toBe('Settled, revision 1.');
  });

  it('says when and why a settled shift was revised, and what had been signed', () => {
    const view = toPhaseView(
      headOf({
        phase: 'revised',
        revision: 3,
        revisedAtMs: AT_MS,
        revisedBecause: 'late data of 2 h',
        signature: { by: 'M. Huber', atMs: AT_MS - 3_600_000, comment: null, revision: 2, oee: 0.714 },
      }),
      ZONE,
    );
    expect(view).toEqual({
      text: 'revised, no. 3',
      detail:
        'Changed after it was final at Mon 23 Nov 11:42: late data of 2 h. ' +
        'Signed by M. Huber at Mon 23 Nov 10:42: OEE 71.4 %, revision 2 then.',
      isRevised: true,
    });
  });
});

describe('toFreshness', () => {
  it('says the age of a running shift that is not told any more, never of an ended one', () => {
    expect(toFreshness(equipmentShiftOf(), AT_MS + 5_000)).toEqual({ text: 'as of 11:42:00 CET', isOld: false });
    expect(toFreshness(equipmentShiftOf(), AT_MS + 40_000)).toEqual({
      text: 'as of 11:42:00 CET, 40 s ago',
      isOld: true,
    });
    const ended = equipmentShiftOf({ shift: headOf({ phase: 'final' }) });
    expect(toFreshness(ended, AT_MS + 40_000_000).isOld).toBe(false);
  });
});

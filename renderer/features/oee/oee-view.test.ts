import { describe, expect, it } from 'vitest';
import { TIME_CLASSES } from '../../../shared/oee/time-class.ts';
import { machineOf, snapshotOf } from '../../../shared/testing/snapshot-fixture.ts';
import { AT_MS, BEGIN_MS, equipmentShiftOf, minute } from '../../testing/equipment-shift.ts';
import { toAxis, toEquipmentList, toLegend, toTimelineView, toTrendPoints } from './oee-view.ts';

const ZONE = 'Europe/Berlin';
const shift = equipmentShiftOf();
const ended = equipmentShiftOf({ takenAtMs: minute(900), shift: { ...shift.shift!, phase: 'final' } });

describe('toTimelineView', () => {
  it('says each stretch and the whole row in words', () => {
    const view = toTimelineView(shift, ZONE);
    expect(view.segments[3]?.title).toBe('Failure: Label web torn, 09:17, 14 min');
    expect(view.summary).toBe('Running 3 h 12 min, Planned 1 h, Failure 40 min, Short stop 14 min');
  });
});

describe('toTrendPoints', () => {
  const live = machineOf({
    trend: [
      { atMs: minute(60), oee: 0.5 },
      { atMs: AT_MS + 1, oee: 0.9 },
    ],
  });

  it('ends a running shift with the figure of now', () => {
    expect(toTrendPoints(shift, live)).toEqual([
      { atMs: minute(60), oee: 0.5 },
      { atMs: AT_MS, oee: 0.624 },
    ]);
  });

  it('goes by the hours of an earlier shift', () => {
    expect(toTrendPoints(ended, live)[0]).toEqual({ atMs: minute(60), oee: 3_620 / 5_400 });
  });
});

describe('toAxis', () => {
  it('goes from the start of the shift to now, or to its end', () => {
    expect(toAxis([shift], ZONE)).toEqual({ fromMs: BEGIN_MS, toMs: AT_MS, note: 'shift to date' });
    expect(toAxis([ended], ZONE)).toEqual({ fromMs: BEGIN_MS, toMs: minute(480), note: 'whole shift' });
  });

  it('begins where data do when most of the shift is unknown, and is never shorter than ten minutes', () => {
    const timeline = [
      { fromMs: BEGIN_MS, toMs: minute(340), timeClass: 'unknown' as const, cause: null },
      { fromMs: minute(340), toMs: AT_MS, timeClass: 'run' as const, cause: null },
    ];
    expect(toAxis([{ ...shift, timeline }], ZONE)).toEqual({
      fromMs: minute(340),
      toMs: minute(350),
      note: 'from 11:40, unknown before',
    });
  });
});

describe('the list of equipment', () => {
  it('has the line first', () => {
    expect(toEquipmentList(snapshotOf().oee!).map(({ name }) => name)).toEqual(['LINE01', 'Filler']);
    expect(toEquipmentList({ ...snapshotOf().oee!, line: null })).toHaveLength(1);
  });

  it('names the states that occur', () => {
    expect(toLegend([shift], TIME_CLASSES)).toEqual(['run', 'failure', 'unassigned', 'planned', 'unknown']);
  });
});

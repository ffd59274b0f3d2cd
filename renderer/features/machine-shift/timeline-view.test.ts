import { describe, expect, it } from 'vitest';
import { AT_MS, BEGIN_MS, equipmentShiftOf, minute } from '../../testing/equipment-shift.ts';
import { clampWindow, zoomWindow } from './time-window.ts';
import { toFirstWindow, toMarks, toWholeWindow } from './timeline-view.ts';

const shift = equipmentShiftOf();
const whole = toWholeWindow(shift);

describe('toMarks', () => {
  it('finds the stop of a stretch, and says what is missing', () => {
    const marks = toMarks(shift, whole);
    expect(marks).toHaveLength(9);
    expect(marks.filter(({ stop }) => stop !== null).map(({ title }) => title)).toEqual([
      'Failure: Label web torn, 09:17:00, 14:00',
      'Stop, no reason yet, 11:31:00, 5:00, needs a reason',
    ]);
    expect(marks[1]).toMatchObject({ timeClass: 'planned', stop: null });
  });

  it('draws what touches the window only', () => {
    const marks = toMarks(shift, { fromMs: minute(200), toMs: minute(212) });
    expect(marks.map(({ timeClass }) => timeClass)).toEqual(['failure', 'run']);
    expect(marks[0]?.stop?.cause).toBe('Label web torn');
  });

  it('says the reason a person gave instead of what the machine named', () => {
    const stops = shift.stops.map((stop) => ({ ...stop, reasonId: 'r1', reasonLabel: 'Film splice' }));
    expect(toMarks({ ...shift, stops }, whole)[3]?.title).toContain('Failure: Film splice');
  });
});

describe('the window of a timeline', () => {
  it('is the shift to now, and its end once it is over', () => {
    expect(whole).toEqual({ fromMs: BEGIN_MS, toMs: AT_MS });
    expect(toWholeWindow({ ...shift, takenAtMs: minute(900) })).toEqual({ fromMs: BEGIN_MS, toMs: minute(480) });
    expect(toFirstWindow(shift)).toEqual({ window: whole, isUnknownBefore: false });
  });

  it('begins with what is known where most is not', () => {
    const late = {
      ...shift,
      timeline: [
        { fromMs: BEGIN_MS, toMs: minute(300), timeClass: 'unknown' as const, cause: null },
        { fromMs: minute(300), toMs: AT_MS, timeClass: 'run' as const, cause: null },
      ],
    };
    expect(toFirstWindow(late)).toEqual({ window: { fromMs: minute(300), toMs: AT_MS }, isUnknownBefore: true });
  });

  it('zooms around its middle and stays inside the shift', () => {
    expect(zoomWindow(whole, whole, 0.5)).toEqual({
      fromMs: BEGIN_MS + (AT_MS - BEGIN_MS) / 4,
      toMs: AT_MS - (AT_MS - BEGIN_MS) / 4,
    });
    expect(zoomWindow(whole, whole, 2)).toEqual(whole);
    expect(clampWindow({ fromMs: AT_MS, toMs: AT_MS + 1 }, whole)).toEqual({ fromMs: AT_MS - 20_000, toMs: AT_MS });
  });
});

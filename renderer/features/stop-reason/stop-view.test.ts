import { describe, expect, it } from 'vitest';
import { equipmentShiftOf, minute, stopOf } from '../../testing/equipment-shift.ts';
import { cutsOf, describeAssignment, describeStop, describeUnexplained, toStopView } from './stop-view.ts';

const ZONE = 'Europe/Berlin';

describe('a stop in words', () => {
  it('has the reason of a person before what the machine named', () => {
    expect(toStopView(stopOf(), ZONE)).toMatchObject({
      start: '09:17:00',
      length: '14:00',
      state: 'Failure',
      why: 'Label web torn',
      source: 'named by the machine',
      who: '',
    });
    const given = stopOf({
      reasonLabel: 'Film splice',
      reasonSource: 'operator',
      assignedBy: 'M. Huber',
      assignedAtMs: minute(215),
      comment: 'new roll',
    });
    expect(toStopView(given, ZONE)).toMatchObject({ why: 'Film splice', who: 'M. Huber', comment: 'new roll' });
    expect(describeAssignment(given, ZONE)).toBe('M. Huber, 23 Nov 09:35:00: “new roll”');
    expect(describeAssignment(stopOf(), ZONE)).toBeNull();
  });

  it('says that it still grows and that nobody has said why', () => {
    const open = stopOf({
      isOpen: true,
      cause: null,
      needsReason: true,
      reasonSource: 'none',
      timeClass: 'unassigned',
    });
    expect(toStopView(open, ZONE)).toMatchObject({ length: '14:00 …', why: '– no reason yet' });
    expect(describeStop(open, ZONE)).toBe('Stop, no reason yet, 09:17:00–now, 14:00');
  });

  it('counts what nobody has explained', () => {
    expect(describeUnexplained(equipmentShiftOf().stops)).toBe('1 stop · 5 min');
    expect(describeUnexplained([stopOf()])).toBe('');
  });
});

describe('cutsOf', () => {
  it('finds the cuts at both ends of a stop', () => {
    const first = stopOf({ toMs: minute(200) });
    const middle = stopOf({ fromMs: minute(200), toMs: minute(205), isCutAtStart: true });
    const last = stopOf({ fromMs: minute(205), toMs: minute(211), isCutAtStart: true });
    const stops = [last, middle, first];
    expect(stops.map((stop) => cutsOf(stop, stops))).toEqual([
      [minute(205)],
      [minute(200), minute(205)],
      [minute(200)],
    ]);
    expect(cutsOf(stopOf(), stops)).toEqual([]);
  });
});

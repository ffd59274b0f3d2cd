import { describe, expect, it } from 'vitest';
import type { ShiftConfig } from '../../../shared/config/equipment.ts';
import { toImpact } from './calendar-impact.ts';
import { mondayOf, type Plan, toClockWarnings, toMonth, toWeek } from './calendar-week.ts';
import { clockChangeOn, clockChangesFrom, describeChange, HOUR_MS, judgeTime } from './clock-change.ts';
import { moveInPlan } from './shift-draft.ts';

const on = (year: number, month: number, day: number) => ({ year, month, day });
const changeOn = (zone: string, [year, month, day]: readonly [number, number, number]): string => {
  const change = clockChangeOn(on(year, month, day), zone);
  return change === null ? 'none' : describeChange(change);
};
const ALL = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const shift = (name: string, from: string, to: string, breaks: ShiftConfig['breaks'] = []): ShiftConfig => ({
  name,
  days: [...ALL],
  from,
  to,
  breaks,
});
const plan = (...shifts: ShiftConfig[]): Plan => ({ shifts, calendar: { exceptions: [], plannedWindows: [] } });
const NIGHT = shift('Night', '22:00', '06:00');

describe('clockChangeOn', () => {
  it.each([
    ['Europe/Berlin', [2026, 3, 29], '23 h: clocks go forward 02:00 → 03:00'],
    ['Europe/Berlin', [2026, 10, 25], '25 h: clocks go back 03:00 → 02:00'],
    ['America/New_York', [2026, 3, 8], '23 h: clocks go forward 02:00 → 03:00'],
    ['America/New_York', [2026, 11, 1], '25 h: clocks go back 02:00 → 01:00'],
    ['Australia/Lord_Howe', [2026, 10, 4], '23.5 h: clocks go forward 02:00 → 02:30'],
    ['Australia/Lord_Howe', [2026, 4, 5], '24.5 h: clocks go back 02:00 → 01:30'],
    ['Europe/Berlin', [2026, 3, 28], 'none'],
    ['Asia/Kolkata', [2026, 3, 29], 'none'],
  ] as const)('knows the true length of a day in %s (%j)', (zone, date, expected) => {
    expect(changeOn(zone, date)).toBe(expected);
  });

  it('finds both of a year', () => {
    expect(clockChangesFrom(on(2026, 1, 1), 'Europe/Berlin').map(({ date }) => date.month)).toEqual([3, 10]);
  });
});

describe('judgeTime', () => {
  const spring = clockChangeOn(on(2026, 3, 29), 'Europe/Berlin')!;
  const autumn = clockChangeOn(on(2026, 10, 25), 'Europe/Berlin')!;
  it('says what is taken for a time that is left out or comes twice, and nothing of others', () => {
    expect(judgeTime('02:30', spring, 'Europe/Berlin')).toBe('02:30 does not exist on 2026-03-29: it counts as 03:30');
    expect(judgeTime('02:30', autumn, 'Europe/Berlin')).toBe('02:30 comes twice on 2026-10-25: the later one counts');
    expect(judgeTime('01:59', spring, 'Europe/Berlin')).toBeNull();
    expect(judgeTime('03:00', spring, 'Europe/Berlin')).toBeNull();
    expect(judgeTime('03:00', autumn, 'Europe/Berlin')).toBeNull();
    expect(judgeTime('01:30', autumn, 'Europe/Berlin')).toBeNull();
  });

  it('warns of a break in such an hour by the name of its shift', () => {
    const night = shift('Night', '22:00', '06:00', [{ name: 'Meal', from: '02:15', to: '03:00' }]);
    expect(toClockWarnings([night], [spring], 'Europe/Berlin')).toEqual([
      'Night: Meal starts at 02:15; 02:15 does not exist on 2026-03-29: it counts as 03:15.',
    ]);
  });
});

describe('toWeek', () => {
  const week = toWeek(plan(NIGHT), 'Europe/Berlin', mondayOf(on(2026, 3, 29)));
  it('draws the day of the change in its true length, and the night across midnight in two pieces', () => {
    expect(week.map(({ lengthMs }) => lengthMs / HOUR_MS)).toEqual([24, 24, 24, 24, 24, 24, 23]);
    expect(week[6]).toMatchObject({ key: '2026-03-29', changeAtMs: 2 * HOUR_MS });
    const hours = week[6]?.shifts.map(({ topMs, lengthMs }) => [topMs / HOUR_MS, lengthMs / HOUR_MS]);
    expect(hours).toEqual([
      [0, 5],
      [21, 2],
    ]);
  });
});

describe('toWeek with special days and windows', () => {
  const special: Plan = {
    shifts: [shift('Early', '06:00', '14:00')],
    calendar: {
      exceptions: [
        { date: '2026-12-24', name: 'Christmas', shifts: [{ name: 'Early', from: '06:00', to: '10:00', breaks: [] }] },
      ],
      plannedWindows: [
        { name: 'Cleaning', kind: 'maintenance', machine: 'Filler', when: { on: ['wed'], from: '23:00', to: '01:00' } },
      ],
    },
  };
  const week = toWeek(special, 'Europe/Berlin', on(2026, 12, 21));

  it('tells the shift of a special day from that of the week', () => {
    const seen = week.slice(2, 5).map(({ shifts }) => shifts.map(({ lengthMs, isSpecial }) => [lengthMs, isSpecial]));
    expect(seen).toEqual([[[8 * HOUR_MS, false]], [[4 * HOUR_MS, true]], [[8 * HOUR_MS, false]]]);
  });

  it('draws a weekly window across midnight in two pieces', () => {
    const seen = week.map(({ windows }) => windows.map(({ name, topMs, lengthMs }) => [name, topMs, lengthMs]));
    expect(seen.slice(2, 4)).toEqual([
      [['Cleaning, Filler', 23 * HOUR_MS, HOUR_MS]],
      [['Cleaning, Filler', 0, HOUR_MS]],
    ]);
    expect(seen.flat()).toHaveLength(2);
  });

  it('keeps the names of its elements while a shift is moved, so that the focus stays', () => {
    const keysOf = (one: Plan): string[] =>
      toWeek(one, 'Europe/Berlin', on(2026, 12, 21)).flatMap(({ shifts }) => shifts.map(({ key }) => key));
    const moved = moveInPlan(special, { name: 'Early', localDate: '2026-12-21' }, 45, false);
    expect(keysOf(moved)).toEqual(keysOf(special));
  });
});

describe('toMonth', () => {
  it('lists shifts by production day: the night of the change has 7 h', () => {
    const month = toMonth(plan(NIGHT), 'Europe/Berlin', on(2026, 3, 1));
    expect(month).toHaveLength(31);
    expect(month.filter(({ fromMs, toMs }) => toMs - fromMs !== 8 * HOUR_MS).map(({ localDate }) => localDate)).toEqual(
      ['2026-03-28'],
    );
  });
});

describe('toImpact', () => {
  const nowMs = Date.UTC(2026, 5, 15, 12);
  const AT = { timeZone: 'UTC', machineIds: ['Filler', 'Packer'], nowMs };
  const early = shift('Early', '06:00', '14:00');
  it('counts shifts that a break changes, and the planned time it takes', () => {
    const after = shift('Early', '06:00', '14:00', [{ name: 'Meal', from: '10:00', to: '10:30' }]);
    const impact = toImpact(plan(early), plan(after), AT);
    expect(impact).toMatchObject({ changedCount: 57, closedCount: 28 });
    expect(impact.plannedBeforeMs - impact.plannedAfterMs).toBe(28 * 0.5 * HOUR_MS);
  });

  it('counts nothing where nothing changes, and shifts that are no more', () => {
    expect(toImpact(plan(early), plan(early), AT)).toMatchObject({ changedCount: 0, closedCount: 0 });
    expect(toImpact(plan(early, NIGHT), plan(early), AT).plannedAfterMs).toBe(28 * 8 * HOUR_MS);
  });

  it('counts shifts into which a planned window reaches, and the machine time it takes', () => {
    const when = { on: ['mon' as const], from: '13:00', to: '15:00' };
    const weekly = (kind: 'maintenance' | 'setup-target', machine?: string): Plan => ({
      shifts: [early],
      calendar: {
        exceptions: [],
        plannedWindows: [{ name: 'Cleaning', kind, when, ...(machine !== undefined && { machine }) }],
      },
    });
    expect(toImpact(plan(early), weekly('maintenance', 'Filler'), AT)).toMatchObject({
      changedCount: 9,
      closedCount: 4,
      windowsBeforeMs: 0,
      // An hour of each of four shifts: the other is after their end.
      windowsAfterMs: 4 * HOUR_MS,
    });
    expect(toImpact(plan(early), weekly('maintenance'), AT).windowsAfterMs).toBe(8 * HOUR_MS);
    expect(toImpact(plan(early), weekly('setup-target'), AT).windowsAfterMs).toBe(0);
  });
});

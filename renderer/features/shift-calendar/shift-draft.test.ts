import { describe, expect, it } from 'vitest';
import type { Plan } from './calendar-week.ts';
import { type DayShift, drawInPlan, freeName, moveInPlan, moveShift, shiftsToBegin } from './shift-draft.ts';

const early: DayShift = {
  name: 'Early',
  from: '06:00',
  to: '14:00',
  breaks: [{ name: 'Meal', from: '10:00', to: '10:30' }],
};
const night: DayShift = { name: 'Night', from: '22:00', to: '06:00', breaks: [] };
const PLAN: Plan = {
  shifts: [{ ...early, days: ['mon', 'thu'] }],
  calendar: {
    exceptions: [
      { date: '2026-12-24', name: 'Christmas', shifts: [{ ...early, to: '10:00', breaks: [] }] },
      { date: '2026-12-28', name: 'Stocktaking', shifts: 'closed' },
    ],
    plannedWindows: [],
  },
};

describe('moveShift', () => {
  it('takes the breaks along, and moves the end alone', () => {
    expect(moveShift(early, 45, false)).toEqual({
      ...early,
      from: '06:45',
      to: '14:45',
      breaks: [{ name: 'Meal', from: '10:45', to: '11:15' }],
    });
    expect(moveShift(night, -30, true)).toEqual({ ...night, to: '05:30' });
  });

  it('does not let a shift begin on another day', () => {
    expect(moveShift({ ...early, from: '00:00' }, -15, false).from).toBe('00:00');
    expect(moveShift(night, 120, false).from).toBe('22:00');
    expect(moveShift(night, 105, false)).toMatchObject({ from: '23:45', to: '07:45' });
  });

  it('keeps a shift between a quarter of an hour and a day long', () => {
    expect(moveShift({ ...early, to: '06:15' }, -15, true).to).toBe('06:15');
    expect(moveShift({ ...early, to: '05:45' }, 15, true).to).toBe('06:00');
    expect(moveShift({ ...early, to: '06:00' }, 15, true).to).toBe('06:00');
    expect(moveShift({ ...early, to: '06:00' }, -15, true).to).toBe('05:45');
  });
});

describe('moveInPlan', () => {
  it('moves the shift of the week on a usual day, that of the special day on that day, and none on a closed one', () => {
    const usual = moveInPlan(PLAN, { name: 'Early', localDate: '2026-12-21' }, 15, false);
    expect(usual.shifts[0]?.from).toBe('06:15');
    expect(usual.calendar).toBe(PLAN.calendar);
    const special = moveInPlan(PLAN, { name: 'Early', localDate: '2026-12-24' }, 15, true);
    expect(special.shifts).toBe(PLAN.shifts);
    expect(special.calendar.exceptions[0]?.shifts).toMatchObject([{ from: '06:00', to: '10:15' }]);
    expect(moveInPlan(PLAN, { name: 'Early', localDate: '2026-12-28' }, 15, false)).toBe(PLAN);
  });
});

describe('drawInPlan', () => {
  it('adds a shift to that day of every week, to a special day itself, and nothing to a closed one', () => {
    const drawn = drawInPlan(PLAN, '2026-12-22', '15:00', '17:30');
    expect(drawn?.shifts[1]).toEqual({ name: 'New shift', days: ['tue'], from: '15:00', to: '17:30', breaks: [] });
    const special = drawInPlan(PLAN, '2026-12-24', '12:00', '13:00');
    expect(special?.shifts).toBe(PLAN.shifts);
    expect(special?.calendar.exceptions[0]?.shifts).toMatchObject([{ name: 'Early' }, { name: 'New shift' }]);
    expect(drawInPlan(PLAN, '2026-12-28', '12:00', '13:00')).toBeNull();
  });

  it('finds a name that is free', () => {
    expect(freeName([{ ...early, name: 'New shift' }, early])).toBe('New shift 2');
  });
});

describe('shiftsToBegin', () => {
  it('begins a special day with what its day of the week has, or with one shift', () => {
    expect(shiftsToBegin(PLAN.shifts, '2026-12-31')).toEqual([early]);
    expect(shiftsToBegin(PLAN.shifts, '2026-12-22')).toMatchObject([{ name: 'New shift', from: '06:00' }]);
  });
});

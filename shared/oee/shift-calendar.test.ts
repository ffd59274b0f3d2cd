import { describe, expect, it } from 'vitest';
import { ShiftConfig } from '../config/equipment.ts';
import { runningShift } from './shift-calendar.ts';

const ALL_DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const shift = (change: object): ShiftConfig =>
  ShiftConfig.parse({ name: 'Early', days: ALL_DAYS, from: '06:00', to: '14:00', ...change });
const NIGHT = shift({
  name: 'Night',
  from: '22:00',
  to: '06:00',
  breaks: [{ name: 'Meal', from: '01:00', to: '01:30' }],
});
const BERLIN = 'Europe/Berlin';
const HOUR_MS = 3_600_000;
const hours = (found: { fromMs: number; toMs: number } | null): number =>
  ((found?.toMs ?? 0) - (found?.fromMs ?? 0)) / HOUR_MS;
const at = (text: string): number => Date.parse(text);

describe('runningShift', () => {
  it('finds the shift by local time, start included and end not', () => {
    const shifts = [shift({}), shift({ name: 'Late', from: '14:00', to: '22:00' })];
    expect(runningShift(shifts, BERLIN, at('2026-01-05T06:00+01:00'))?.name).toBe('Early');
    expect(runningShift(shifts, BERLIN, at('2026-01-05T13:59:59.999+01:00'))?.name).toBe('Early');
    expect(runningShift(shifts, BERLIN, at('2026-01-05T14:00+01:00'))?.name).toBe('Late');
    expect(runningShift(shifts, BERLIN, at('2026-01-05T05:59+01:00'))).toBeNull();
    expect(runningShift([], BERLIN, at('2026-01-05T06:00+01:00'))).toBeNull();
  });

  it('K1: the night in which spring begins has 7 hours, the one in autumn 9', () => {
    expect(hours(runningShift([NIGHT], BERLIN, at('2026-03-29T03:30+02:00')))).toBe(7);
    expect(hours(runningShift([NIGHT], BERLIN, at('2026-10-25T02:30+01:00')))).toBe(9);
    expect(hours(runningShift([NIGHT], BERLIN, at('2026-01-05T23:00+01:00')))).toBe(8);
  });

  it('K3: a night belongs to the day on which it starts', () => {
    expect(runningShift([NIGHT], BERLIN, at('2026-03-29T04:00+02:00'))?.localDate).toBe('2026-03-28');
  });

  it('looks at the weekday of the start', () => {
    const friday = shift({ ...NIGHT, days: ['fri'] });
    expect(runningShift([friday], BERLIN, at('2026-01-10T02:00+01:00'))?.name).toBe('Night');
    expect(runningShift([friday], BERLIN, at('2026-01-09T02:00+01:00'))).toBeNull();
  });

  it('places breaks after midnight and cuts them at the end of the shift', () => {
    const found = runningShift([NIGHT], BERLIN, at('2026-01-05T23:00+01:00'));
    expect(found?.breaks).toEqual([
      { name: 'Meal', fromMs: at('2026-01-06T01:00+01:00'), toMs: at('2026-01-06T01:30+01:00') },
    ]);
    const late = shift({
      breaks: [
        { name: 'Cleaning', from: '13:45', to: '14:15' },
        { name: 'Never', from: '15:00', to: '15:10' },
      ],
    });
    expect(runningShift([late], 'UTC', at('2026-01-05T08:00Z'))?.breaks).toEqual([
      { name: 'Cleaning', fromMs: at('2026-01-05T13:45Z'), toMs: at('2026-01-05T14:00Z') },
    ]);
  });

  it('K2: resolves local times that do not exist forward, and those that exist twice to the later one', () => {
    const odd = shift({ from: '02:30', to: '10:00' });
    expect(runningShift([odd], BERLIN, at('2026-03-29T06:00+02:00'))?.fromMs).toBe(at('2026-03-29T01:30Z'));
    expect(runningShift([odd], BERLIN, at('2026-10-25T06:00+01:00'))?.fromMs).toBe(at('2026-10-25T01:30Z'));
  });

  it('knows zones of half an hour and on the other side of the day', () => {
    expect(runningShift([shift({})], 'Asia/Kolkata', at('2026-01-05T00:30Z'))?.fromMs).toBe(at('2026-01-05T00:30Z'));
    expect(runningShift([shift({})], 'Pacific/Auckland', at('2026-01-04T17:00Z'))?.localDate).toBe('2026-01-05');
  });

  it('gives an instant to the shift that started last where two overlap', () => {
    const shifts = [shift({ name: 'Day', from: '07:00', to: '15:00' }), shift({})];
    expect(runningShift(shifts, 'UTC', at('2026-01-05T08:00Z'))?.name).toBe('Day');
  });

  it('runs round the clock where from and to are the same', () => {
    expect(hours(runningShift([shift({ from: '06:00', to: '06:00' })], 'UTC', at('2026-01-06T05:00Z')))).toBe(24);
  });
});

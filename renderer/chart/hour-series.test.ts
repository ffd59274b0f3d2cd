import { describe, expect, it } from 'vitest';
import { equipmentShiftOf } from '../testing/equipment-shift.ts';
import { toHourPicture } from './hour-series.ts';

const { hours } = equipmentShiftOf();
const HOUR_MS = 3_600_000;

describe('toHourPicture', () => {
  it('holds every hour against its own target and marks the one that is not whole', () => {
    const { columns, most } = toHourPicture(hours, 'good', 0.8, 'Europe/Berlin');
    expect(columns.map(({ label }) => label)).toEqual(['06:00', '07:00', '08:00', '09:00', '10:00', '11:00']);
    expect(columns[3]).toMatchObject({ text: '2,210', target: 4_320, isFarBelow: true, isPart: false });
    expect(columns[1]?.isFarBelow).toBe(false);
    expect(columns[5]).toMatchObject({
      isPart: true,
      title: '11:00: 1,793 good, target 3,024\nA 90.0 % × P 37.7 % × Q 97.8 % = OEE 33.2 %',
    });
    expect(most).toBeGreaterThan(4_320);
  });

  it('shows OEE with the cause where there is none', () => {
    const silent = [{ ...hours[0]!, oee: { value: null, cause: 'not scheduled' } }];
    expect(toHourPicture(silent, 'oee', 0.8, 'Europe/Berlin').columns[0]).toMatchObject({
      text: '–',
      value: null,
      isFarBelow: false,
      title: '06:00: –, not scheduled, target 80 %\nA 90.0 % × P 76.2 % × Q 97.8 % = OEE –',
    });
  });

  it('shows each factor of OEE without a target, and opens to that factor', () => {
    const { columns, most } = toHourPicture(hours, 'quality', 0.8, 'Europe/Berlin');
    expect(columns[0]).toMatchObject({
      text: '97.8',
      target: null,
      isFarBelow: false,
      figureId: `hour:${hours[0]!.fromMs}:quality`,
    });
    expect(most).toBeCloseTo(97.8 * 1.12);
    const [late] = toHourPicture(hours, 'oee', 0.8, 'Europe/Berlin').columns;
    expect(late?.figureId).toBe(`hour:${hours[0]!.fromMs}`);
  });

  it('draws the 25 hours of the autumn day, the repeated one with its zone', () => {
    const startMs = Date.UTC(2026, 9, 24, 22);
    const day = Array.from({ length: 25 }, (_none, index) => ({
      ...hours[0]!,
      fromMs: startMs + index * HOUR_MS,
      toMs: startMs + (index + 1) * HOUR_MS,
    }));
    const labels = toHourPicture(day, 'good', 0.8, 'Europe/Berlin').columns.map(({ label }) => label);
    expect(labels.slice(1, 5)).toEqual(['01:00', '02:00 CEST', '02:00 CET', '03:00']);
    expect(new Set(labels).size).toBe(25);
  });

  it('names the hours of a zone that is half an hour off', () => {
    expect(toHourPicture(hours.slice(0, 1), 'good', 0.8, 'Asia/Kolkata').columns[0]?.label).toBe('10:30');
  });
});

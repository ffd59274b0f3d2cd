import { describe, expect, it } from 'vitest';
import {
  ageText,
  dayText,
  durationText,
  exactTimeText,
  latencyText,
  lengthText,
  momentText,
  roughDurationText,
  stopwatchText,
  timestampText,
  zoneText,
} from './time-text.ts';

const HOUR_MS = 3_600_000;

describe('times as text', () => {
  it('shows the two largest parts of a length', () => {
    expect([40_000, 14 * 60_000, 3 * HOUR_MS + 12 * 60_000, 3 * HOUR_MS, 51 * HOUR_MS].map(durationText)).toEqual([
      '40 s',
      '14 min',
      '3 h 12 min',
      '3 h',
      '2 d 3 h',
    ]);
  });

  it('never shows a negative age, also when the clock of the source runs ahead', () => {
    expect(ageText(-5_000)).toBe('0.0 s');
    expect(ageText(230)).toBe('0.2 s');
    expect(ageText(124_000)).toBe('2 min');
  });

  it('counts a fault like a stop watch', () => {
    expect(stopwatchText(102_000)).toBe('00:01:42');
    expect(stopwatchText(2 * 86_400_000 + 3_000)).toBe('2 d 00:00:03');
  });

  it('shows a latency in the unit it is read in', () => {
    expect([0.4, 248, 999.6, 3_213, 5_000, 12_400].map(latencyText)).toEqual([
      '0 ms',
      '248 ms',
      '1 s',
      '3.2 s',
      '5 s',
      '12 s',
    ]);
  });

  it('says roughly how long the buffer lasts', () => {
    expect(roughDurationText(41 * HOUR_MS + 5)).toBe('41 h');
    expect(roughDurationText(90 * 24 * HOUR_MS)).toBe('90 days');
  });

  it('uses the time zone of the site, not of this computer', () => {
    const atMs = Date.UTC(2026, 10, 23, 9, 46, 18, 250);
    expect(exactTimeText(atMs, 'Europe/Berlin')).toBe('10:46:18');
    expect(timestampText(atMs, 'Asia/Kolkata')).toBe('23 Nov 15:16:18.250');
  });

  it('names the day of a moment that is not of the last hours', () => {
    const atMs = Date.UTC(2026, 10, 21, 9, 46, 18);
    expect(momentText(atMs, atMs + HOUR_MS, 'Europe/Berlin')).toBe('10:46:18');
    expect(momentText(atMs, atMs + 48 * HOUR_MS, 'Europe/Berlin')).toBe('21 Nov 10:46:18');
  });

  it('gives the length of a stop to the second', () => {
    expect([4_999, 258_000, 3_858_000, -1].map(lengthText)).toEqual(['0:04', '4:18', '1:04:18', '0:00']);
  });

  it('names day and zone as they are at that time', () => {
    const atMs = Date.UTC(2026, 9, 24, 20);
    expect(dayText(atMs, 'Europe/Berlin')).toBe('Sat 24 Oct');
    expect(zoneText(atMs, 'Europe/Berlin')).toBe('CEST');
    expect(zoneText(atMs + 12 * HOUR_MS, 'Europe/Berlin')).toBe('CET');
  });
});

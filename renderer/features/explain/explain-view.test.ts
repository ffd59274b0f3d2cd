import { describe, expect, it } from 'vitest';
import { minute } from '../../testing/equipment-shift.ts';
import { toPieceView, toSampleCells, toTermView } from './explain-view.ts';

const piece = {
  label: 'Failure: Label web torn',
  fromMs: minute(197),
  toMs: minute(211),
  value: 840_000,
  unit: 'ms' as const,
  metricNames: ['Status/StateCurrent'],
};

describe('an explanation in words', () => {
  it('names the side of a term, its amount to the second, and how much of it is listed', () => {
    const term = {
      role: 'denominator' as const,
      label: 'Planned production time',
      formula: 'all − planned',
      value: 16_920_400,
      unit: 'ms' as const,
      pieces: [piece],
      pieceCount: 812,
    };
    expect(toTermView(term)).toEqual({
      role: 'Below the line',
      label: 'Planned production time',
      formula: 'all − planned',
      amount: '4:42:00 (16,920 s)',
      pieces: '812 intervals and steps, the longest 1 listed',
    });
    expect(toTermView({ ...term, pieceCount: 1 }).pieces).toBe('1 interval or step');
  });

  it('places a piece in local time with its zone', () => {
    expect(toPieceView(piece, 'Europe/Berlin')).toEqual({
      label: 'Failure: Label web torn',
      time: '09:17:00–09:31:00 CET',
      amount: '14:00 (840 s)',
    });
    const step = { ...piece, fromMs: piece.toMs, value: 3, unit: 'count' as const };
    expect(toPieceView(step, 'Europe/Berlin')).toMatchObject({ time: '09:31:00 CET', amount: '3' });
  });

  it('shows of a sample when it was and when it came, and that it came later', () => {
    const sample = {
      timeMs: minute(197),
      receivedAtMs: minute(197) + 7_200_000,
      machineId: 'Labeller',
      metricName: 'Status/StateCurrent',
      value: 'Aborted',
      quality: 'good',
      isHistorical: true,
    };
    expect(toSampleCells(sample, 'Europe/Berlin')).toEqual([
      '23 Nov 09:17:00.000',
      '23 Nov 11:17:00.000 (+2:00:00)',
      'Status/StateCurrent',
      'Aborted',
      'good, sent later',
    ]);
    const early = { ...sample, receivedAtMs: sample.timeMs - 500, isHistorical: false };
    expect(toSampleCells(early, 'Europe/Berlin')[1]).toBe('23 Nov 09:16:59.500 (−0.5 s)');
  });
});

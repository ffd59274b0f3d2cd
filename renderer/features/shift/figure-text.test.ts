import { describe, expect, it } from 'vitest';
import { countOrDash, describeFigure } from './figure-text.ts';

describe('figures as text', () => {
  it('rounds for display only, and shows a dash for what has no value', () => {
    expect(describeFigure(0.62351, 'ratio')).toBe('62.4 %');
    expect(describeFigure(1.44, 'ratio')).toBe('144.0 %');
    expect(describeFigure(0, 'ratio')).toBe('0.0 %');
    expect(describeFigure(null, 'ratio')).toBe('–');
    expect(countOrDash(null)).toBe('–');
  });

  it('takes seconds for short times, hours for long ones', () => {
    expect([4_500, 2_472_000, 90 * 3_600_000].map((ms) => describeFigure(ms, 'ms'))).toEqual([
      '4.5 s',
      '41.2 min',
      '90.0 h',
    ]);
  });

  it('keeps the fraction of a count that is one', () => {
    expect(describeFigure(18_108, 'count')).toBe('18,108');
    expect(describeFigure(3.25, 'count')).toBe('3.25');
  });
});

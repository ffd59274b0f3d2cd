import { describe, expect, it } from 'vitest';
import { countText, megabyteText, percentText, plural, rateText, shortCountText } from './number-text.ts';

describe('numbers as text', () => {
  it('groups digits and shortens for badges', () => {
    expect(countText(1_204)).toBe('1,204');
    expect([999, 1_204, 999_949, 1_000_000].map(shortCountText)).toEqual(['999', '1.2 k', '999.9 k', '1.0 M']);
  });

  it('lets a slow rate not look like none', () => {
    expect([0, 0.24, 12.4].map(rateText)).toEqual(['0/s', '0.2/s', '12/s']);
  });

  it('shows ratios as percent and does not cap them', () => {
    expect(percentText(0.748)).toBe('74.8');
    expect(percentText(1.04)).toBe('104.0');
  });

  it('counts one as one', () => {
    expect(plural(1, 'tag')).toBe('1 tag');
    expect(plural(3, 'tag')).toBe('3 tags');
    expect(megabyteText(300_000)).toBe('0.3');
  });
});

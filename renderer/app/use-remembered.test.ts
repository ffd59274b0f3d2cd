import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readRemembered } from './use-remembered.ts';

const Widths = z.array(z.number().min(0)).length(2);

describe('what a window remembers', () => {
  it('is what was kept', () => {
    expect(readRemembered('[30,70]', Widths, [50, 50])).toEqual([30, 70]);
  });

  it.each([null, '', '{', '[1]', '["a","b"]', '[-1,101]'])('is as on the first day for %j', (text) => {
    expect(readRemembered(text, Widths, [50, 50])).toEqual([50, 50]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SeenNodes } from './seen-nodes.ts';

describe('the set of nodes seen', () => {
  it('says of each of 300,000 similar ids exactly once that it is new', () => {
    const seen = new SeenNodes();
    let newCount = 0;
    for (let round = 0; round < 2; round++) {
      for (let index = 0; index < 300_000; index++) if (seen.add(`ns=2;s=Line.Tag_${index}`)) newCount++;
    }
    expect(newCount).toBe(300_000);
    expect(seen.count).toBe(300_000);
  });

  it('does what a set of texts does', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 3 }), { maxLength: 3_000 }), (ids) => {
        const seen = new SeenNodes();
        const set = new Set<string>();
        for (const id of ids) {
          expect(seen.add(id)).toBe(!set.has(id));
          set.add(id);
        }
      }),
    );
  });
});

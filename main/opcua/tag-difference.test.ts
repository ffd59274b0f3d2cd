import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TagId } from '../../shared/domain/metric.ts';
import type { OpcuaTag } from './opcua-source-options.ts';
import { compareTags } from './tag-difference.ts';

const tags = fc.uniqueArray(
  fc.record({
    tagId: fc.constantFrom('a', 'b', 'c', 'd') as fc.Arbitrary<TagId>,
    node: fc.constantFrom('x', 'y'),
    datatype: fc.constantFrom<OpcuaTag['datatype'][]>('Double', 'Int32'),
    samplingIntervalMs: fc.constantFrom(0, 250),
    queueSize: fc.constantFrom(1, 2),
    isExempt: fc.boolean(),
    deadbandAbsolute: fc.constantFrom(undefined, 1),
  }),
  { selector: ({ tagId }) => tagId },
);

describe('the difference of two lists of tags', () => {
  it('leads from the one to the other, and leaves alone what is the same', () => {
    fc.assert(
      fc.property(tags, tags, (before: OpcuaTag[], after: OpcuaTag[]) => {
        const { gone, changed, added } = compareTags(before, after);
        const reached = new Map(before.map((tag) => [tag.tagId, tag]));
        for (const tag of gone) reached.delete(tag.tagId);
        for (const { from, to } of changed) {
          expect(reached.get(from.tagId)).toBe(from);
          expect([to.node, to.datatype]).toEqual([from.node, from.datatype]);
          expect(to).not.toEqual(from);
          reached.set(to.tagId, to);
        }
        for (const tag of added) {
          expect(reached.has(tag.tagId)).toBe(false);
          reached.set(tag.tagId, tag);
        }
        expect(reached).toEqual(new Map(after.map((tag) => [tag.tagId, tag])));
      }),
    );
  });

  it('is empty for tags that say the same', () => {
    fc.assert(
      fc.property(tags, (list: OpcuaTag[]) => {
        const copies = list.map((tag) => ({ ...tag }));
        expect(compareTags(list, copies)).toEqual({ gone: [], changed: [], added: [] });
      }),
    );
  });
});

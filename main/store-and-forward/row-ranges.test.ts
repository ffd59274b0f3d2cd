import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addRange,
  addRanges,
  countRows,
  hasRow,
  removeRange,
  removeRanges,
  rowIdAt,
  type RowRanges,
  toRanges,
} from './row-ranges.ts';

const range = fc
  .tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 12 }))
  .map(([first, length]) => ({ firstRowId: first, lastRowId: first + length }));
const step = fc.record({ isAdd: fc.boolean(), range });

const idsOf = (ranges: RowRanges): number[] =>
  ranges.flatMap(({ firstRowId, lastRowId }) =>
    Array.from({ length: lastRowId - firstRowId + 1 }, (_, index) => firstRowId + index),
  );
const build = (steps: readonly { isAdd: boolean; range: { firstRowId: number; lastRowId: number } }[]): RowRanges =>
  steps.reduce<RowRanges>((ranges, next) => (next.isAdd ? addRange : removeRange)(ranges, next.range), []);

describe('row ranges', () => {
  it('hold exactly the rows that a set would hold', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30, size: 'max' }), (steps) => {
        const model = new Set<number>();
        for (const { isAdd, range: each } of steps) {
          for (const rowId of idsOf([each])) {
            if (isAdd) model.add(rowId);
            else model.delete(rowId);
          }
        }
        const ranges = build(steps);
        const expected = [...model].sort((a, b) => a - b);
        expect(idsOf(ranges)).toEqual(expected);
        expect(countRows(ranges)).toBe(expected.length);
        expect(toRanges(expected)).toEqual(ranges);
        expected.forEach((rowId, index) => expect(rowIdAt(ranges, index)).toBe(rowId));
        expect(rowIdAt(ranges, expected.length)).toBeUndefined();
        for (let rowId = 0; rowId < 60; rowId++) expect(hasRow(ranges, rowId)).toBe(model.has(rowId));
      }),
    );
  });

  it('stay sorted, disjoint and never adjacent', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30, size: 'max' }), (steps) => {
        const ranges = build(steps);
        ranges.forEach((each, index) => {
          expect(each.firstRowId).toBeLessThanOrEqual(each.lastRowId);
          expect(each.firstRowId).toBeGreaterThan((ranges[index - 1]?.lastRowId ?? -1) + 1);
        });
      }),
    );
  });

  it('join and subtract whole sets', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 20, size: 'max' }),
        fc.array(step, { maxLength: 20, size: 'max' }),
        (one, two) => {
          const [a, b] = [build(one), build(two)];
          const [setA, setB] = [idsOf(a), new Set(idsOf(b))];
          expect(idsOf(addRanges(a, b))).toEqual([...new Set([...setA, ...setB])].sort((x, y) => x - y));
          expect(idsOf(removeRanges(a, b))).toEqual(setA.filter((rowId) => !setB.has(rowId)));
        },
      ),
    );
  });

  it('ignore a range that ends before it begins', () => {
    const ranges = toRanges([1, 2, 5]);
    expect(addRange(ranges, { firstRowId: 9, lastRowId: 8 })).toBe(ranges);
    expect(removeRange(ranges, { firstRowId: 2, lastRowId: 1 })).toBe(ranges);
  });
});

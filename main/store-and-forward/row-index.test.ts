import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RowIndex } from './row-index.ts';

interface Step {
  readonly addCount: number;
  readonly gap: number;
  readonly removeFrom: number;
  readonly removeCount: number;
}

const steps = fc.array(
  fc.record<Step>({
    addCount: fc.integer({ min: 0, max: 6_000 }),
    gap: fc.integer({ min: 0, max: 10_000 }),
    removeFrom: fc.integer({ min: 0, max: 30_000 }),
    removeCount: fc.integer({ min: 0, max: 9_000 }),
  }),
  { maxLength: 6 },
);

describe('RowIndex', () => {
  it('says of any rows what a plain list says', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: 20_000 }), (all, fromIndex) => {
        const index = new RowIndex();
        let rows: { readonly rowId: number; readonly metricId: number }[] = [];
        let lastRowId = 0;
        for (const { addCount, gap, removeFrom, removeCount } of all) {
          lastRowId += gap;
          for (let count = 0; count < addCount; count++) {
            const row = { rowId: ++lastRowId, metricId: 1 + (lastRowId % 7) };
            index.add(row.rowId, row.metricId);
            rows.push(row);
          }
          const range = { firstRowId: removeFrom, lastRowId: removeFrom + removeCount - 1 };
          index.removeRange(range);
          rows = rows.filter(({ rowId }) => rowId < range.firstRowId || rowId > range.lastRowId);
        }
        expect(index.rowCount).toBe(rows.length);
        for (const at of [0, fromIndex, rows.length - 1, rows.length]) {
          expect(index.rowIdAt(at)).toBe(at < 0 ? undefined : rows[at]?.rowId);
        }
        expect(index.nextRowId(fromIndex)).toBe(rows.find(({ rowId }) => rowId > fromIndex)?.rowId);
        const wanted = rows.filter(({ metricId }) => metricId === 2 || metricId === 5);
        expect(index.find([5, 2], fromIndex, 50)).toEqual({
          rowCount: wanted.length,
          rowIds: wanted.slice(fromIndex, fromIndex + 50).map(({ rowId }) => rowId),
        });
      }),
      { numRuns: 60 },
    );
  });

  it('finds rows that were told of later as if they had been added with their metrics', () => {
    const ranges = fc.array(fc.tuple(fc.integer({ min: 1, max: 3_000 }), fc.integer({ min: 1, max: 9_000 })), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(ranges, fc.integer({ min: 0, max: 40_000 }), (gapsAndLengths, goneFrom) => {
        const [told, added] = [new RowIndex(), new RowIndex()];
        const rowIds: number[] = [];
        let lastRowId = 0;
        for (const [gap, length] of gapsAndLengths) {
          const firstRowId = lastRowId + gap;
          lastRowId = firstRowId + length - 1;
          told.addRange({ firstRowId, lastRowId });
          for (let rowId = firstRowId; rowId <= lastRowId; rowId++) {
            added.add(rowId, 1 + (rowId % 7));
            rowIds.push(rowId);
          }
        }
        // Those that have gone before they were told of stay gone.
        for (const index of [told, added]) index.removeRange({ firstRowId: goneFrom, lastRowId: goneFrom + 999 });
        for (const rowId of rowIds) told.setMetric(rowId, 1 + (rowId % 7));
        expect(told.rowCount).toBe(added.rowCount);
        expect(told.find([3, 5], 100, 50)).toEqual(added.find([3, 5], 100, 50));
      }),
      { numRuns: 60 },
    );
  });

  it('counts a row whose metric id is damaged, and finds it by no search', () => {
    const index = new RowIndex();
    index.add(1, 0);
    index.add(2, -5);
    index.add(3, 2 ** 40);
    expect(index.rowCount).toBe(3);
    expect(index.rowIdAt(2)).toBe(3);
    expect(index.find([0, 1, 2], 0, 10)).toEqual({ rowCount: 0, rowIds: [] });
  });

  it('removes a range far wider than what is there', () => {
    const index = new RowIndex();
    index.add(5, 1);
    index.add(50_000, 1);
    index.removeRange({ firstRowId: 6, lastRowId: Number.MAX_SAFE_INTEGER });
    expect([index.rowCount, index.rowIdAt(0), index.rowIdAt(1)]).toEqual([1, 5, undefined]);
  });

  it('takes little memory for the rows that an outage of weeks has left', () => {
    const before = process.memoryUsage().arrayBuffers;
    const index = new RowIndex();
    const rowCount = 10_000;
    for (let row = 1; row <= rowCount; row++) {
      index.add(row * 4_096, 1);
      index.add(row * 4_096 + 1, 2);
      index.removeRange({ firstRowId: row * 4_096 + 1, lastRowId: row * 4_096 + 1 });
    }
    expect(index.rowCount).toBe(rowCount);
    expect(index.rowIdAt(rowCount - 1)).toBe(rowCount * 4_096);
    // Each of the chunks as an array would take 16 kB.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(rowCount * 4_000);
  });
});

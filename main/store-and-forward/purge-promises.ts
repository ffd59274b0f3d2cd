/** What the port promises of purges and dead letters, one list for every implementation of it. */
import { describe, expect, it } from 'vitest';
import type { LossEntry } from '../../shared/domain/listings.ts';
import { BASE_MS, changeOf, changesOf, EVERYTHING } from './change-ramp.ts';
import type { ForwardBuffer, RowQuery } from './forward-buffer.ts';

export function describePurge(name: string, opened: () => Promise<ForwardBuffer>): void {
  describe(`a purge of the forward buffer (${name})`, () => {
    it('counts what a purge would take without taking it, and enters what it takes into the ledger', async () => {
      const buffer = await opened();
      await buffer.append([changeOf(1), changeOf(2, { metricName: 'Speed' }), changeOf(3, { deviceId: null })]);
      await buffer.append(changesOf(4, 3));
      const loss = (more: Partial<LossEntry>): LossEntry => ({
        deviceId: 'press-1',
        metricName: 'Count',
        reason: 'purged',
        droppedCount: 4,
        firstTimestampMs: BASE_MS + 1,
        lastTimestampMs: BASE_MS + 6,
        ...more,
      });
      const filter = { search: 'COUNT' };
      const node = { deviceId: null, droppedCount: 1, firstTimestampMs: BASE_MS + 3, lastTimestampMs: BASE_MS + 3 };
      const expected = [loss(node), loss({})];
      expect(await buffer.countPurge(filter)).toHaveLength(2);
      expect(await buffer.countPurge(filter)).toEqual(expect.arrayContaining(expected));
      expect(await buffer.stats()).toMatchObject({ rowCount: 6, droppedCount: 0 });
      expect(await buffer.purge(filter)).toEqual(expect.arrayContaining(expected));
      expect((await buffer.read(EVERYTHING)).map((row) => row.metricName)).toEqual(['Speed']);
      expect(await buffer.losses()).toEqual(expect.arrayContaining(expected));
      expect(await buffer.stats()).toMatchObject({ rowCount: 1, firstRowId: 2, lastRowId: 6, droppedCount: 5 });
      expect(await buffer.purge(filter)).toEqual([]);
      await buffer.close();
    });

    it('lists and purges by class, span of time and what is sent, and keeps a list right while rows come and go', async () => {
      const buffer = await opened();
      const classes = ['low', 'normal', 'high'] as const;
      const offer = (from: number): Promise<unknown> =>
        buffer.append(
          Array.from({ length: 30 }, (_, index) =>
            changeOf(from + index, { priority: classes[(from + index) % 3] ?? 'normal' }),
          ),
        );
      await offer(0);
      const ids = async (more: Partial<RowQuery>): Promise<readonly number[]> =>
        (await buffer.page({ fromIndex: 0, maxRows: 100, search: '', ...more })).rows.map((row) => row.rowId);
      const span = { fromMs: BASE_MS + 9, beforeMs: BASE_MS + 18 };
      expect(await ids({ filter: span })).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18]);
      expect(await ids({ filter: { ...span, priority: 'high' } })).toEqual([12, 15, 18]);
      const rows = [{ firstRowId: 4, lastRowId: 13 }];
      expect(await ids({ filter: span, sent: { rows, isSent: true } })).toEqual([10, 11, 12, 13]);
      expect(await ids({ filter: { priority: 'low' }, sent: { rows, isSent: false } })).toEqual([
        1, 16, 19, 22, 25, 28,
      ]);
      await offer(30);
      await buffer.confirm([{ firstRowId: 1, lastRowId: 20 }]);
      expect(await ids({ filter: { priority: 'low' }, fromIndex: 2, maxRows: 3 })).toEqual([28, 31, 34]);
      expect(await ids({ search: 'nothing', filter: { priority: 'low' } })).toEqual([]);
      await buffer.purge({ fromMs: BASE_MS + 25, priority: 'normal' });
      expect((await buffer.page({ fromIndex: 0, maxRows: 1, search: '' })).rowCount).toBe(28);
      expect(await ids({ filter: { priority: 'normal' } })).toEqual([23]);
      expect(await buffer.row(23)).toMatchObject({ rowId: 23, value: 22 });
      expect(await buffer.row(20)).toBeUndefined();
      await buffer.close();
    });

    it('purges by device, metric, time, all of them together, and everything', async () => {
      const buffer = await opened();
      const kinds = ['oven', 'press', null].flatMap((deviceId) =>
        ['A', 'B'].map((metricName) => ({ deviceId, metricName })),
      );
      await buffer.append(Array.from({ length: 60 }, (_, index) => changeOf(index, kinds[index % 6])));
      const count = async (): Promise<number> => (await buffer.stats()).rowCount;
      await buffer.purge({ deviceId: 'oven', metricName: 'A', beforeMs: BASE_MS + 30 });
      expect(await count()).toBe(55);
      await buffer.purge({ deviceId: null });
      expect(await count()).toBe(35);
      await buffer.purge({ metricName: 'B' });
      expect(await count()).toBe(15);
      await buffer.purge({ beforeMs: BASE_MS + 30 });
      expect(await count()).toBe(10);
      expect((await buffer.read(EVERYTHING)).map((row) => row.value)).toEqual([30, 32, 36, 38, 42, 44, 48, 50, 54, 56]);
      const page = await buffer.page({ fromIndex: 8, maxRows: 5, search: 'oven' });
      expect(page).toMatchObject({ rowCount: 5, rows: [] });
      await buffer.purge({});
      expect(await buffer.stats()).toMatchObject({
        rowCount: 0,
        firstRowId: null,
        oldestTimestampMs: null,
        droppedCount: 60,
      });
      expect((await buffer.append(changesOf(1, 1))).lastRowId).toBe(61);
      await buffer.close();
    });

    it('purges many rows in slices, appends and reads in between, and leaves what came after it', async () => {
      const buffer = await opened();
      await buffer.append(changesOf(0, 50_000));
      const purging = buffer.purge({ search: 'count' });
      const appending = buffer.append(changesOf(50_000, 10));
      expect((await purging).map((loss) => loss.droppedCount)).toEqual([50_000]);
      await appending;
      expect((await buffer.read(EVERYTHING)).map((row) => row.rowId)).toEqual(
        changesOf(50_001, 10).map((row) => row.value),
      );
      await buffer.confirm([{ firstRowId: 1, lastRowId: 50_001 }]);
      expect((await buffer.stats()).rowCount).toBe(9);
      await buffer.close();
    });

    it('has no dead letters as long as nothing is wrong', async () => {
      const buffer = await opened();
      await buffer.append(changesOf(1, 3));
      expect(await buffer.deadLetters()).toEqual([]);
      expect(await buffer.retryDeadLetters()).toEqual({ retriedCount: 0, keptCount: 0, lastRowId: 3 });
      await buffer.close();
    });
  });
}

/** What the port promises of purges and dead letters, one list for every implementation of it. */
import { describe, expect, it } from 'vitest';
import type { LossEntry } from '../../shared/domain/listings.ts';
import { BASE_MS, changeOf, changesOf, EVERYTHING } from './change-ramp.ts';
import type { ForwardBuffer } from './forward-buffer.ts';

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

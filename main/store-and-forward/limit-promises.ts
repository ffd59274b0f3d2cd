/** What every implementation of the port does when it is full. */
import { describe, expect, it } from 'vitest';
import { PRIORITIES, type Priority } from '../../shared/domain/metric.ts';
import { BASE_MS, changeOf, changesOf, EVERYTHING } from './change-ramp.ts';
import type { BufferedChange, ForwardBuffer, WhenFull } from './forward-buffer.ts';

export function describeLimit(
  name: string,
  opened: (more: { readonly limitBytes: number; readonly whenFull?: WhenFull }) => Promise<ForwardBuffer>,
): void {
  describe(`the limit of the forward buffer (${name})`, () => {
    /** Offers batches of all classes mixed, one third each, until so many rows are dropped. */
    async function offerMixed(
      buffer: ForwardBuffer,
      untilDropped: number,
      look: (() => Promise<void>) | undefined = undefined,
    ): Promise<number> {
      let offeredCount = 0;
      for (let droppedCount = 0; droppedCount < untilDropped; offeredCount += 300) {
        const batch = Array.from({ length: 300 }, (_, index) =>
          changeOf(offeredCount + index, {
            metricName: PRIORITIES[index % 3] ?? '',
            priority: PRIORITIES[index % 3] ?? 'normal',
          }),
        );
        droppedCount += (await buffer.append(batch)).droppedCount;
        await look?.();
      }
      return offeredCount;
    }

    const countOf = (rows: readonly BufferedChange[], priority: Priority): number =>
      rows.filter((row) => (row.priority ?? 'normal') === priority).length;

    let droppedBefore: ReadonlyMap<string, number> = new Map();

    /**
     * An append that drops rows of a class leaves none of a lower one, neither stored nor offered. A later append may
     * store low rows again: rows are dropped by the hundred, so that there is some room left afterwards.
     */
    async function expectOrder(buffer: ForwardBuffer): Promise<void> {
      const dropped = new Map((await buffer.losses()).map((loss) => [loss.metricName, loss.droppedCount]));
      for (const [place, priority] of PRIORITIES.entries()) {
        if ((dropped.get(priority) ?? 0) === (droppedBefore.get(priority) ?? 0)) continue;
        for (const lower of PRIORITIES.slice(0, place)) {
          expect(await buffer.read({ ...EVERYTHING, priority: lower }), `${lower} beside a lost ${priority}`).toEqual(
            [],
          );
        }
      }
      droppedBefore = dropped;
    }

    it.each(['drop-oldest', 'drop-newest'] as const)('drops the lowest class first (%s), counted', async (whenFull) => {
      const buffer = await opened({ limitBytes: 1_000_000, whenFull });
      droppedBefore = new Map();
      const early = await offerMixed(buffer, 1, () => expectOrder(buffer));
      const firstRows = await buffer.read(EVERYTHING);
      expect(countOf(firstRows, 'normal')).toBe(early / 3);
      expect(countOf(firstRows, 'high')).toBe(early / 3);
      // More than there are low rows; looked at after each append.
      const more = await offerMixed(buffer, early, () => expectOrder(buffer));
      const rows = await buffer.read(EVERYTHING);
      const losses = new Map((await buffer.losses()).map((loss) => [loss.metricName, loss.droppedCount]));
      for (const priority of PRIORITIES) {
        const offeredCount = (early + more) / 3;
        expect(countOf(rows, priority) + (losses.get(priority) ?? 0), priority).toBe(offeredCount);
      }
      expect(losses.get('high') ?? 0).toBeLessThan(losses.get('normal') ?? 0);
      expect(losses.get('normal') ?? 0).toBeLessThan(losses.get('low') ?? 0);
      const stats = await buffer.stats();
      expect(stats.droppedCount).toBe([...losses.values()].reduce((sum, count) => sum + count, 0));
      expect(stats.byteCount).toBeLessThanOrEqual(stats.limitBytes);
      await buffer.close();
    });

    it('wins room by dropping low rows that stand between others, and keeps those', async () => {
      const buffer = await opened({ limitBytes: 1_000_000 });
      const early = await offerMixed(buffer, 1);
      await offerMixed(buffer, early / 6);
      const rows = await buffer.read(EVERYTHING);
      const losses = await buffer.losses();
      // A third of the file is low: half of that is far from enough to touch another class.
      expect(losses.map((loss) => loss.metricName)).toEqual(['low']);
      expect(rows.map((row) => row.rowId)).toEqual(rows.map((row) => row.rowId).toSorted((a, b) => a - b));
      await buffer.close();
    });

    it('drops the oldest at the limit, and counts and names each of them', async () => {
      const buffer = await opened({ limitBytes: 1_000_000 });
      let offeredCount = 0;
      let droppedCount = 0;
      for (; droppedCount < 2_000; offeredCount += 500) {
        droppedCount += (await buffer.append(changesOf(offeredCount, 500))).droppedCount;
      }
      const rows = await buffer.read(EVERYTHING);
      const stats = await buffer.stats();
      expect(rows.map((row) => row.value)).toEqual(
        Array.from({ length: offeredCount - droppedCount }, (_, index) => droppedCount + index),
      );
      expect(stats).toMatchObject({ rowCount: rows.length, droppedCount, storedCount: offeredCount });
      expect(stats.byteCount).toBeLessThanOrEqual(stats.limitBytes);
      expect(await buffer.losses()).toEqual([
        {
          deviceId: 'press-1',
          metricName: 'Count',
          reason: 'buffer-full-oldest-at-most',
          droppedCount,
          firstTimestampMs: BASE_MS,
          lastTimestampMs: BASE_MS + droppedCount - 1,
        },
      ]);
      await buffer.close();
    });

    it('drops the newest at the limit when told so, and takes rows again after a confirm', async () => {
      const buffer = await opened({ limitBytes: 1_000_000, whenFull: 'drop-newest' });
      let offeredCount = 0;
      let droppedCount = 0;
      for (; droppedCount === 0; offeredCount += 500) {
        droppedCount += (await buffer.append(changesOf(offeredCount, 500))).droppedCount;
      }
      const kept = await buffer.read(EVERYTHING);
      expect(kept.map((row) => row.value)).toEqual(kept.map((_, index) => index));
      expect(kept.length + droppedCount).toBe(offeredCount);
      expect(await buffer.losses()).toMatchObject([{ reason: 'buffer-full-newest-at-most', droppedCount }]);
      await buffer.confirm([{ firstRowId: 1, lastRowId: 1_000 }]);
      expect((await buffer.append(changesOf(offeredCount, 500))).droppedCount).toBe(0);
      await buffer.close();
    });
  });
}

/** The promises of the port, one list for every implementation of it. */
import { describe, expect, it } from 'vitest';
import { type MetricChange, type MetricValue, PRIORITIES, type Priority } from '../../shared/domain/metric.ts';
import { BASE_MS, changeOf, changesOf, EVERYTHING } from './change-ramp.ts';
import type { BufferedChange, ForwardBuffer, WhenFull } from './forward-buffer.ts';
import { describePurge } from './purge-promises.ts';

export interface BufferForTest {
  readonly limitBytes: number;
  readonly whenFull: WhenFull;
}

const toChange = (row: BufferedChange): MetricChange => ({
  deviceId: row.deviceId,
  metricName: row.metricName,
  datatype: row.datatype,
  value: row.value,
  quality: row.quality,
  statusCode: row.statusCode,
  timestampMs: row.timestampMs,
  ...(row.priority === undefined ? {} : { priority: row.priority }),
});

const VALUES: readonly (readonly [MetricChange['datatype'], MetricValue])[] = [
  ['Int8', -128],
  ['UInt8', 255],
  ['Int16', -32_768],
  ['UInt16', 65_535],
  ['Int32', -2_147_483_648],
  ['UInt32', 4_294_967_295],
  ['Int64', -(2n ** 63n)],
  ['UInt64', 2n ** 64n - 1n],
  ['Float', 1.5],
  ['Double', 0.1 + 0.2],
  ['Double', Number.MIN_VALUE],
  ['Double', Number.NaN],
  ['Double', Number.POSITIVE_INFINITY],
  ['Double', Number.NEGATIVE_INFINITY],
  ['Double', -0],
  ['Double', null],
  ['Boolean', true],
  ['Boolean', false],
  ['String', ''],
  ['String', 'Grüße ☃ 🏭 \u0000 end'],
  ['Text', '007'],
  ['UUID', '6f1c3b0e-2f54-4a57-9b0a-0f6a5f2b9e11'],
  ['DateTime', 253_402_300_799_999],
  ['Bytes', Uint8Array.of(0, 255, 7)],
  ['Bytes', new Uint8Array(0)],
  ['DoubleArray', [Number.NaN, Number.NEGATIVE_INFINITY, -0, Number.MIN_VALUE]],
  ['Int64Array', [-(2n ** 63n), 2n ** 63n - 1n]],
  ['UInt64Array', [2n ** 64n - 1n]],
  ['BooleanArray', [true, false]],
  ['StringArray', ['', 'Grüße ☃', '[1]']],
  ['UInt8Array', []],
];

export function describeForwardBuffer(name: string, open: (options: BufferForTest) => Promise<ForwardBuffer>): void {
  const opened = (more: Partial<BufferForTest> = {}): Promise<ForwardBuffer> =>
    open({ limitBytes: 50_000_000, whenFull: 'drop-oldest', ...more });

  describePurge(name, opened);

  describe(`the forward buffer (${name})`, () => {
    it('gives back every change exactly, in the order of acceptance', async () => {
      const buffer = await opened();
      const changes = VALUES.map(([datatype, value], index) =>
        changeOf(index, { datatype, value, metricName: `m${index % 3}`, deviceId: index % 2 === 0 ? null : 'oven' }),
      );
      await buffer.append(changes.slice(0, 10));
      await buffer.append(changes.slice(10));
      const rows = await buffer.read(EVERYTHING);
      expect(rows.map(toChange)).toStrictEqual(changes);
      expect(rows.map((row) => row.rowId)).toEqual(changes.map((_, index) => index + 1));
      await buffer.close();
    });

    it('keeps quality and status code', async () => {
      const buffer = await opened();
      const changes = (['good', 'uncertain', 'bad', 'stale'] as const).map((quality, index) =>
        changeOf(index, { quality, statusCode: 0x8000_0000 + index }),
      );
      await buffer.append(changes);
      expect(await buffer.read(EVERYTHING)).toMatchObject(changes);
      await buffer.close();
    });

    it('reads a range in pieces without a gap or a repeat', async () => {
      const buffer = await opened();
      await buffer.append(changesOf(1, 25));
      const seen: number[] = [];
      for (let afterRowId = 3; afterRowId < 20;) {
        const rows = await buffer.read({ afterRowId, upToRowId: 20, maxRows: 7 });
        seen.push(...rows.map((row) => row.rowId));
        afterRowId = rows.at(-1)?.rowId ?? 20;
      }
      expect(seen).toEqual(Array.from({ length: 17 }, (_, index) => index + 4));
      await buffer.close();
    });

    it('deletes confirmed rows only, and never gives a row id twice', async () => {
      const buffer = await opened();
      await buffer.append(changesOf(1, 10));
      await buffer.confirm([
        { firstRowId: 2, lastRowId: 4 },
        { firstRowId: 8, lastRowId: 10 },
      ]);
      await buffer.confirm([{ firstRowId: 2, lastRowId: 3 }]);
      const { lastRowId } = await buffer.append(changesOf(11, 1));
      expect(lastRowId).toBe(11);
      expect((await buffer.read(EVERYTHING)).map((row) => row.rowId)).toEqual([1, 5, 6, 7, 11]);
      expect(await buffer.stats()).toMatchObject({ rowCount: 5, storedCount: 11, firstRowId: 1, lastRowId: 11 });
      await buffer.close();
    });

    it('pages over gaps, oldest first', async () => {
      const buffer = await opened();
      await buffer.append(changesOf(1, 30));
      await buffer.confirm([{ firstRowId: 3, lastRowId: 12 }]);
      const page = await buffer.page({ fromIndex: 1, maxRows: 3, search: '' });
      expect(page.rowCount).toBe(20);
      expect(page.rows.map((row) => row.rowId)).toEqual([2, 13, 14]);
      expect((await buffer.page({ fromIndex: 20, maxRows: 5, search: '' })).rows).toEqual([]);
      await buffer.close();
    });

    it('finds rows by device or metric name, whatever the case', async () => {
      const buffer = await opened();
      await buffer.append([
        changeOf(1, { deviceId: 'Oven-2', metricName: 'Temperature' }),
        changeOf(2),
        changeOf(3, { deviceId: null, metricName: 'Oven/Door' }),
      ]);
      const ids = async (search: string): Promise<readonly number[]> =>
        (await buffer.page({ fromIndex: 0, maxRows: 10, search })).rows.map((row) => row.rowId);
      expect(await ids('oven')).toEqual([1, 3]);
      expect(await ids('TEMPER')).toEqual([1]);
      expect(await ids('nothing')).toEqual([]);
      expect(await buffer.page({ fromIndex: 1, maxRows: 1, search: 'oven' })).toMatchObject({
        rowCount: 2,
        rows: [{ rowId: 3 }],
      });
      await buffer.close();
    });

    it('keeps settings', async () => {
      const buffer = await opened();
      expect(await buffer.readSetting('bdSeq')).toBeUndefined();
      await buffer.writeSetting('bdSeq', '7');
      await buffer.writeSetting('bdSeq', '8');
      expect(await buffer.readSetting('bdSeq')).toBe('8');
      await buffer.close();
    });

    it('adds up recorded losses by metric and reason', async () => {
      const buffer = await opened();
      const loss = { deviceId: 'press-1', metricName: 'Count', reason: 'file-unavailable', droppedCount: 3 };
      await buffer.recordLosses([{ ...loss, firstTimestampMs: 20, lastTimestampMs: 30 }]);
      await buffer.recordLosses([{ ...loss, firstTimestampMs: 10, lastTimestampMs: 25 }]);
      await buffer.recordLosses([{ ...loss, deviceId: null, firstTimestampMs: 1, lastTimestampMs: 2 }]);
      const losses = await buffer.losses();
      expect(losses).toHaveLength(2);
      expect(losses).toContainEqual({ ...loss, droppedCount: 6, firstTimestampMs: 10, lastTimestampMs: 30 });
      expect((await buffer.stats()).droppedCount).toBe(9);
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
          reason: 'buffer-full-oldest',
          droppedCount,
          firstTimestampMs: BASE_MS,
          lastTimestampMs: BASE_MS + droppedCount - 1,
        },
      ]);
      await buffer.close();
    });

    it('reads one class of rows, each in the order of acceptance', async () => {
      const buffer = await opened();
      const classes = ['high', undefined, 'low', 'normal', 'low', 'high'] as const;
      await buffer.append(
        classes.map((priority, index) => changeOf(index, priority === undefined ? {} : { priority })),
      );
      const idsOf = async (priority: Priority, afterRowId = 0): Promise<readonly number[]> =>
        (await buffer.read({ ...EVERYTHING, afterRowId, priority })).map((row) => row.rowId);
      expect(await idsOf('high')).toEqual([1, 6]);
      expect(await idsOf('normal')).toEqual([2, 4]);
      expect(await idsOf('low')).toEqual([3, 5]);
      expect(await idsOf('low', 3)).toEqual([5]);
      expect((await buffer.read(EVERYTHING)).map((row) => row.priority ?? 'normal')).toEqual(
        classes.map((priority) => priority ?? 'normal'),
      );
      await buffer.close();
    });

    /** Offers batches of all classes mixed, one third each, until so many rows are dropped. */
    async function offerMixed(buffer: ForwardBuffer, untilDropped: number): Promise<number> {
      let offeredCount = 0;
      for (let droppedCount = 0; droppedCount < untilDropped; offeredCount += 300) {
        const batch = Array.from({ length: 300 }, (_, index) =>
          changeOf(offeredCount + index, {
            metricName: PRIORITIES[index % 3] ?? '',
            priority: PRIORITIES[index % 3] ?? 'normal',
          }),
        );
        droppedCount += (await buffer.append(batch)).droppedCount;
      }
      return offeredCount;
    }

    const countOf = (rows: readonly BufferedChange[], priority: Priority): number =>
      rows.filter((row) => (row.priority ?? 'normal') === priority).length;

    it.each(['drop-oldest', 'drop-newest'] as const)('drops the lowest class first (%s), counted', async (whenFull) => {
      const buffer = await opened({ limitBytes: 1_000_000, whenFull });
      const early = await offerMixed(buffer, 1);
      const firstRows = await buffer.read(EVERYTHING);
      expect(countOf(firstRows, 'normal')).toBe(early / 3);
      expect(countOf(firstRows, 'high')).toBe(early / 3);
      // More than there are low rows.
      const more = await offerMixed(buffer, early);
      const rows = await buffer.read(EVERYTHING);
      expect(countOf(rows, 'low')).toBe(0);
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
      expect(await buffer.losses()).toMatchObject([{ reason: 'buffer-full-newest', droppedCount }]);
      await buffer.confirm([{ firstRowId: 1, lastRowId: 1_000 }]);
      expect((await buffer.append(changesOf(offeredCount, 500))).droppedCount).toBe(0);
      await buffer.close();
    });

    it('refuses calls after it is closed, and may be closed twice', async () => {
      const buffer = await opened();
      await buffer.close();
      await buffer.close();
      await expect(buffer.append(changesOf(1, 1))).rejects.toThrow();
    });
  });
}

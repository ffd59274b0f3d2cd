/** The promises of the port, one list for every implementation of it. */
import { describe, expect, it } from 'vitest';
import type { MetricChange, MetricValue, Priority } from '../../shared/domain/metric.ts';
import { BASE_MS, changeOf, changesOf, EVERYTHING } from './change-ramp.ts';
import type { BufferedChange, ForwardBuffer, WhenFull } from './forward-buffer.ts';
import { describeLimit } from './limit-promises.ts';
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
  describeLimit(name, opened);

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

    it('moves rows that cannot be sent to the dead letters, with reason and time, and back again', async () => {
      const buffer = await opened();
      await buffer.append(changesOf(1, 5));
      await buffer.setAside([
        { rowId: 4, reason: 'too large' },
        { rowId: 2, reason: 'no code' },
        { rowId: 99, reason: 'was never there' },
      ]);
      await buffer.setAside([{ rowId: 2, reason: 'no code' }]);
      expect((await buffer.read(EVERYTHING)).map((row) => row.rowId)).toEqual([1, 3, 5]);
      const letters = (await buffer.deadLetters()).toSorted((a, b) => a.rowId - b.rowId);
      expect(letters).toMatchObject([
        { rowId: 2, reason: 'no code', timestampMs: BASE_MS + 2, isReadable: true },
        { rowId: 4, reason: 'too large', timestampMs: BASE_MS + 4, isReadable: true },
      ]);
      expect(letters.every((letter) => letter.foundAtMs > 0)).toBe(true);
      expect(await buffer.stats()).toMatchObject({ rowCount: 3, storedCount: 5, deadLetterCount: 2, damagedCount: 0 });
      expect(await buffer.retryDeadLetters()).toMatchObject({ retriedCount: 2, keptCount: 0 });
      expect(await buffer.stats()).toMatchObject({ rowCount: 5, storedCount: 5, deadLetterCount: 0, damagedCount: 0 });
      await buffer.close();
    });

    it('counts what arrives, what is queued and what was sent, so that nothing is unaccounted for', async () => {
      const buffer = await opened();
      await buffer.append(changesOf(1, 6));
      await buffer.append(changesOf(7, 4), false);
      await buffer.confirm([{ firstRowId: 1, lastRowId: 3 }], { replayedCount: 3, resentCount: 1 });
      await buffer.confirm([{ firstRowId: 2, lastRowId: 4 }], { replayedCount: 2, resentCount: 0 });
      await buffer.setAside([{ rowId: 5, reason: 'no code' }]);
      await buffer.purge({ beforeMs: BASE_MS + 8 });
      const stats = await buffer.stats();
      expect(stats).toMatchObject({
        queuedCount: 4,
        replayedCount: 5,
        resentCount: 1,
        confirmedCount: 4,
        deadLetterCount: 1,
        purgedCount: 2,
        rowCount: 3,
      });
      const { rowCount, confirmedCount, deadLetterCount, droppedCount, damagedCount } = stats;
      expect(rowCount + confirmedCount + deadLetterCount + droppedCount + damagedCount).toBe(10);
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

    it('refuses calls after it is closed, and may be closed twice', async () => {
      const buffer = await opened();
      await buffer.close();
      await buffer.close();
      await expect(buffer.append(changesOf(1, 1))).rejects.toThrow();
    });
  });
}

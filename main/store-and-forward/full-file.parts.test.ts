import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { BASE_MS, changeOf, changesOf } from './change-ramp.ts';
import type { WhenFull } from './forward-buffer.ts';
import { SqliteForwardBuffer } from './sqlite-forward-buffer.ts';

const root = mkdtempSync(join(tmpdir(), 'lineside-full-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const open = (limitBytes: number, whenFull: WhenFull = 'drop-oldest'): SqliteForwardBuffer =>
  new SqliteForwardBuffer({ folder: mkdtempSync(join(root, 'case-')), limitBytes, whenFull }, systemClock);

const longText = (letter: string, byteCount: number) =>
  changeOf(0, { datatype: 'String', value: letter.repeat(byteCount), priority: 'high' });

describe('a full file of the forward buffer', () => {
  it('moves a row aside that is larger than the room kept free', async () => {
    const buffer = open(24_000_000, 'drop-newest');
    await buffer.append([longText('x', 10_000_000)]);
    const others = Array.from({ length: 50 }, () => ({ ...longText('y', 20_000), priority: 'normal' as const }));
    while ((await buffer.append(others)).droppedCount === 0);
    await buffer.setAside([{ rowId: 1, reason: 'too large' }]);
    expect(await buffer.deadLetters()).toMatchObject([{ rowId: 1, reason: 'too large', isReadable: true }]);
    expect(await buffer.stats()).toMatchObject({ deadLetterCount: 1, diskFullSinceMs: null });
    await buffer.close();
  });

  it('names the oldest dead letters in the ledger when there are too many to keep', async () => {
    const buffer = open(20_000_000);
    await buffer.append(changesOf(1, 10_003));
    const rows = Array.from({ length: 10_003 }, (_, index) => ({ rowId: index + 1, reason: 'refused' }));
    await buffer.setAside(rows.slice(0, 5_000));
    await buffer.setAside(rows.slice(5_000));
    expect(await buffer.deadLetters()).toHaveLength(10_000);
    const loss = { metricName: 'Count', reason: 'dead-letters-full', droppedCount: 3 };
    const times = { firstTimestampMs: BASE_MS + 1, lastTimestampMs: BASE_MS + 3 };
    expect(await buffer.losses()).toMatchObject([{ ...loss, ...times }]);
    const { storedCount, droppedCount, deadLetterCount } = await buffer.stats();
    expect({ storedCount, droppedCount, deadLetterCount }).toEqual({
      storedCount: 10_003,
      droppedCount: 3,
      deadLetterCount: 10_000,
    });
    await buffer.close();
  });

  it.each([2_000_000, 10_000_000])('takes rows of thousands of tags and names them all (%d bytes)', async (limit) => {
    const buffer = open(limit);
    let offeredCount = 0;
    const rowOf = () =>
      changeOf(offeredCount, { metricName: `Station ${offeredCount++ % 6_000}/Temperature of the spindle` });
    for (let batch = 0; batch < limit / 200_000; batch++) await buffer.append(Array.from({ length: 5_000 }, rowOf));
    const { rowCount, droppedCount, byteCount, diskFullSinceMs } = await buffer.stats();
    expect(rowCount + droppedCount).toBe(offeredCount);
    expect(byteCount).toBeLessThanOrEqual(limit);
    expect(diskFullSinceMs).toBeNull();
    const losses = await buffer.losses();
    expect(losses.reduce((sum, loss) => sum + loss.droppedCount, 0)).toBe(droppedCount);
    expect(losses).toHaveLength(6_000);
    await buffer.close();
  });
});

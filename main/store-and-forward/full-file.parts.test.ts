import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { BASE_MS, changeOf, changesOf } from './change-ramp.ts';
import { SqliteForwardBuffer } from './sqlite-forward-buffer.ts';

const root = mkdtempSync(join(tmpdir(), 'lineside-full-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const open = (limitBytes: number): SqliteForwardBuffer =>
  new SqliteForwardBuffer(
    { folder: mkdtempSync(join(root, 'case-')), limitBytes, whenFull: 'drop-oldest' },
    systemClock,
  );

async function fill(buffer: SqliteForwardBuffer): Promise<void> {
  for (let from = 1, droppedCount = 0; droppedCount === 0; from += 500) {
    ({ droppedCount } = await buffer.append(changesOf(from, 500)));
  }
}

const longText = (letter: string, byteCount: number) =>
  changeOf(0, { datatype: 'String', value: letter.repeat(byteCount), priority: 'high' });

describe('a full file of the forward buffer', () => {
  it('moves a row aside that is larger than the room kept free', async () => {
    const buffer = open(2_000_000);
    await buffer.append([longText('x', 800_000)]);
    await fill(buffer);
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
});

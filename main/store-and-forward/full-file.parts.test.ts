import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { changeOf, changesOf } from './change-ramp.ts';
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
});

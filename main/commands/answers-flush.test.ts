import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { answersFlush } from './answers-flush.ts';

describe('answersFlush', () => {
  it('resolves when the disk has flushed, and leaves nothing behind', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lineside-flush-'));
    await answersFlush(folder);
    expect(readdirSync(folder)).toEqual([]);
    rmSync(folder, { recursive: true });
  });

  it('resolves when the disk refuses: that is an answer too', async () => {
    await expect(answersFlush(join(tmpdir(), 'lineside-no-such-folder'))).resolves.toBeUndefined();
  });
});

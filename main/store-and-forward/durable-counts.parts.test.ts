import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import type { ForwardBufferStats } from './forward-buffer.ts';
import { SqliteForwardBuffer } from './sqlite-forward-buffer.ts';

const root = mkdtempSync(join(tmpdir(), 'lineside-counts-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Runs the child until it has said so many lines, kills it, and returns its last word. */
async function countUntilKilled(folder: string, lineCount: number): Promise<ForwardBufferStats> {
  const script = fileURLToPath(new URL('./count-until-killed.ts', import.meta.url));
  const child = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  const seen: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    seen.push(line);
    if (seen.length === lineCount) child.kill('SIGKILL');
  }
  await ended;
  return JSON.parse(seen.at(-1) ?? '{}') as ForwardBufferStats;
}

describe('the counts of the forward buffer', () => {
  it('agree with the rows they count after each of several kills', { timeout: 60_000 }, async () => {
    const folder = mkdtempSync(join(root, 'case-'));
    for (const lineCount of [5, 17, 9]) {
      const said = await countUntilKilled(folder, lineCount);
      const buffer = new SqliteForwardBuffer({ folder, limitBytes: 50_000_000, whenFull: 'drop-oldest' }, systemClock);
      const stats = await buffer.stats();
      await buffer.close();
      const { storedCount, rowCount, confirmedCount, deadLetterCount, queuedCount } = stats;
      expect(rowCount + confirmedCount + deadLetterCount, 'every row is somewhere').toBe(storedCount);
      expect(stats.replayedCount, 'written with the rows that were sent').toBe(confirmedCount);
      expect(5 * stats.resentCount).toBe(2 * confirmedCount);
      for (const name of ['storedCount', 'confirmedCount', 'deadLetterCount', 'queuedCount'] as const) {
        expect(stats[name], name).toBeGreaterThanOrEqual(said[name]);
        expect(said[name], name).toBeGreaterThan(0);
      }
      // Of ten rows the last four are queued; a kill may fall between the two appends.
      expect(queuedCount).toBeLessThanOrEqual(0.4 * storedCount);
    }
  });
});

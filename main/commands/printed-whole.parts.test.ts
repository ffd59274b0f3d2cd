import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { changesOf } from '../store-and-forward/change-ramp.ts';
import { SqliteForwardBuffer } from '../store-and-forward/sqlite-forward-buffer.ts';

const folder = mkdtempSync(join(tmpdir(), 'lineside-printed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ROWS = 5_000;

it('a command does not end before a slow reader of its pipe has all that it prints', async () => {
  const options = { folder: join(folder, 'buffer'), limitBytes: 50_000_000, whenFull: 'drop-oldest' } as const;
  const buffer = new SqliteForwardBuffer(options, systemClock);
  await buffer.append(changesOf(1, ROWS));
  await buffer.close();

  const cli = fileURLToPath(new URL('../cli.ts', import.meta.url));
  const child = spawn(process.execPath, [cli, 'queue', 'export', '--json', '--data', folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    // More than the pipe holds is printed while nobody reads.
    child.stdout.pause();
    setTimeout(() => child.stdout.resume(), 20);
  });
  const [exitCode] = (await once(child, 'close')) as [number];
  expect(exitCode).toBe(0);
  expect(text.trimEnd().split('\n')).toHaveLength(ROWS);
});

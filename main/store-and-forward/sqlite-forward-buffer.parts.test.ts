import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { describeForwardBuffer } from './forward-buffer-promises.ts';
import { SqliteForwardBuffer } from './sqlite-forward-buffer.ts';
import { WorkerForwardBuffer } from './worker-forward-buffer.ts';

const root = mkdtempSync(join(tmpdir(), 'lineside-buffer-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const newFolder = (): string => mkdtempSync(join(root, 'case-'));

describeForwardBuffer('SQLite file', (options) =>
  Promise.resolve(new SqliteForwardBuffer({ folder: newFolder(), ...options }, systemClock)),
);

describeForwardBuffer('SQLite file in a thread of its own', (options) =>
  WorkerForwardBuffer.open({ folder: newFolder(), ...options }),
);

describe('the folder of a forward buffer', () => {
  it('is named, with what to do, when it cannot be made', () => {
    const file = join(root, 'not-a-folder');
    writeFileSync(file, '');
    const options = { folder: join(file, 'buffer'), limitBytes: 20_000_000, whenFull: 'drop-oldest' } as const;
    expect(() => new SqliteForwardBuffer(options, systemClock)).toThrow(
      expect.objectContaining({
        code: 'store-and-forward/no-folder',
        message: expect.stringMatching(/cannot be made: .*; name another data folder/),
      }),
    );
  });
});

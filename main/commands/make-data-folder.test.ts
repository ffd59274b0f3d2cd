import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { makeDataFolder } from './make-data-folder.ts';
import { EXIT, toExitCode } from './read-arguments.ts';

describe('the data folder', () => {
  it('is made with all folders above it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lineside-data-'));
    await makeDataFolder(join(folder, 'a', 'b'));
    expect((await stat(join(folder, 'a', 'b'))).isDirectory()).toBe(true);
    await rm(folder, { recursive: true });
  });

  it('is refused with exit code 3 where a file stands in its place', async () => {
    const refused: unknown = await makeDataFolder(fileURLToPath(import.meta.url)).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'store-and-forward/folder-unusable' });
    expect(toExitCode(refused)).toBe(EXIT.dataFolder);
  });
});

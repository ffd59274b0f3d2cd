import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cachedFolder, cacheRoot, recipeHash } from './build-cache.ts';

describe('cachedFolder', () => {
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'lineside-cache-'));
    vi.stubEnv('XDG_CACHE_HOME', home);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(home, { recursive: true, force: true });
  });

  it('builds once for callers at the same time and for those who come later', async () => {
    let builtCount = 0;
    const build = async (folder: string): Promise<void> => {
      builtCount++;
      await writeFile(join(folder, 'made'), 'whole');
    };
    const folders = await Promise.all([cachedFolder('a-1', build), cachedFolder('a-1', build)]);
    folders.push(await cachedFolder('a-1', build));
    expect(new Set(folders)).toEqual(new Set([join(home, 'lineside', 'a-1')]));
    expect(builtCount).toBe(1);
    expect(await readFile(join(cacheRoot(), 'a-1', 'made'), 'utf8')).toBe('whole');
  });

  it('leaves nothing behind when building fails, and builds again the next time', async () => {
    const failing = cachedFolder('b-1', async (folder) => {
      await writeFile(join(folder, 'half'), '');
      throw new Error('the line broke');
    });
    await expect(failing).rejects.toThrow('the line broke');
    expect(await readdir(cacheRoot())).toEqual([]);
    expect(existsSync(await cachedFolder('b-1', () => Promise.resolve()))).toBe(true);
  });

  it('takes away what a killed builder left, and nothing of one that lives', async () => {
    const ended = spawnSync(process.execPath, ['--version']).pid;
    await mkdir(join(cacheRoot(), `d-1.unfinished-${ended}-x`), { recursive: true });
    await mkdir(join(cacheRoot(), `d-1.unfinished-${process.ppid}-x`));
    await cachedFolder('d-1', () => Promise.resolve());
    expect((await readdir(cacheRoot())).sort()).toEqual(['d-1', `d-1.unfinished-${process.ppid}-x`]);
  });

  it('takes the folder that another process finished first', async () => {
    const folder = await cachedFolder('c-1', async () => {
      const other = join(cacheRoot(), 'c-1');
      await rm(other, { recursive: true, force: true });
      await mkdir(other);
      await writeFile(join(other, 'made'), 'by the other');
    });
    expect(await readFile(join(folder, 'made'), 'utf8')).toBe('by the other');
    expect(await readdir(cacheRoot())).toEqual(['c-1']);
  });
});

describe('recipeHash', () => {
  it('tells apart recipes whose parts only join to the same text', () => {
    expect(recipeHash('ab', 'c')).not.toBe(recipeHash('a', 'bc'));
  });
});

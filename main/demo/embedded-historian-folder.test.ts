import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimDataFolder } from './embedded-historian-folder.ts';

describe('claimDataFolder', () => {
  let parent: string;
  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'lineside-folder-'));
  });
  afterEach(() => rm(parent, { recursive: true }));

  it('makes the folder and refuses a second claim until the first is released', async () => {
    const folder = join(parent, 'new', 'historian');
    const claim = await claimDataFolder(folder);
    await expect(claimDataFolder(folder)).rejects.toMatchObject({ code: 'demo/historian-in-use' });
    await claim.release();
    await (await claimDataFolder(folder)).release();
  });

  it('lets two different folders be claimed at once', async () => {
    const claims = await Promise.all([claimDataFolder(join(parent, 'a')), claimDataFolder(join(parent, 'b'))]);
    await Promise.all(claims.map((claim) => claim.release()));
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { composeEngine } from './compose.ts';
import { readSiteFile } from './config/read-site-file.ts';
import { silentLog } from './platform/log.ts';

const DEMO_SITE = fileURLToPath(new URL('../resources/sites/demo.yaml', import.meta.url));

describe('composing the engine', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lineside-compose-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('leaves the data folder free when a later step fails', async () => {
    const site = await readSiteFile(DEMO_SITE);
    const identity = { type: 'user-name', userName: 'operator', passwordFile: 'missing' } as const;
    const opcuaServers = site.opcuaServers.map((server) => ({ ...server, identity }));
    const options = { siteFile: join(folder, 'site.yaml'), dataFolder: folder, isDemo: false, log: silentLog };
    const compose = () => composeEngine({ ...options, logFd: 2, site: { ...site, opcuaServers } });

    await expect(compose()).rejects.toMatchObject({ code: 'config/file-missing' });
    await expect(compose()).rejects.toMatchObject({ code: 'config/file-missing' });
  });
});

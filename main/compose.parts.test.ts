import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectAsync } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { composeEngine } from './compose.ts';
import { readSiteFile } from './config/read-site-file.ts';
import { startEmbeddedBroker } from './demo/embedded-broker.ts';
import { startLineServerThread } from './demo/line-server-thread.ts';
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

  it('sends to a host elsewhere when the site names no historian', async () => {
    const site = { ...(await readSiteFile(DEMO_SITE)), historian: undefined };
    const broker = await startEmbeddedBroker();
    const line = await startLineServerThread({ seed: 1, certificateFolder: join(folder, 'server') });
    const host = await connectAsync(broker.url);
    const dataTopic = `spBv1.0/${site.sparkplug.groupId}/DDATA/${site.sparkplug.edgeNodeId}/Filler`;
    const heard = new Promise<string>((resolve) => host.on('message', resolve));
    await host.subscribeAsync(dataTopic);
    await host.publishAsync('spBv1.0/STATE/lineside', JSON.stringify({ online: true, timestamp: Date.now() }), {
      retain: true,
    });
    const engine = await composeEngine({
      siteFile: join(folder, 'site.yaml'),
      dataFolder: join(folder, 'gateway'),
      isDemo: false,
      log: silentLog,
      logFd: 2,
      site: {
        ...site,
        brokers: [{ url: broker.url }],
        opcuaServers: site.opcuaServers.map((server) => ({ ...server, endpointUrl: line.endpointUrl })),
      },
    });
    try {
      await engine.start();
      expect(await heard).toBe(dataTopic);
      expect(engine.readSnapshot()).toMatchObject({ isIngestHere: false, oee: null });
    } finally {
      await engine.stop();
      await host.endAsync();
      await line.close();
      await broker.close();
    }
  });
});

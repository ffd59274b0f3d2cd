import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { composeEngine } from '../compose.ts';
import { CertificateDesk } from '../compose-certificates.ts';
import { configurationOf } from '../compose-configuration.ts';
import { SiteDesk } from '../compose-site-desk.ts';
import { readSiteFile } from '../config/read-site-file.ts';
import { systemClock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import { superviseEngine } from './engine-supervisor.ts';

const DEMO_SITE = fileURLToPath(new URL('../../resources/sites/demo.yaml', import.meta.url));
/** Nothing listens there: the engine needs neither server nor broker to run. */
const NOWHERE = '127.0.0.1:1';

describe('an engine whose buffer thread has ended', () => {
  let folder: string;
  const threads: Worker[] = [];
  const note = (thread: Worker): void => void threads.push(thread);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lineside-restart-'));
    process.on('worker', note);
  });
  afterEach(async () => {
    process.off('worker', note);
    await rm(folder, { recursive: true, force: true });
  });

  it('is started again on the same data folder, and shows its pictures', async () => {
    const demo = await readSiteFile(DEMO_SITE);
    const site = {
      ...demo,
      historian: undefined,
      brokers: [{ url: `mqtt://${NOWHERE}` }],
      opcuaServers: demo.opcuaServers.map((server) => ({ ...server, endpointUrl: `opc.tcp://${NOWHERE}` })),
    };
    const told = new EventTarget();
    const failures: { readonly code: string; readonly text: string }[] = [];
    const supervisor = superviseEngine({
      startEngine: async () => {
        const options = { siteFile: join(folder, 'site.yaml'), dataFolder: folder, isDemo: false };
        const engine = await composeEngine({ ...options, site, log: silentLog, logFd: 2 });
        await engine.start();
        return Object.assign(engine, {
          configuration: configurationOf(folder),
          certificates: new CertificateDesk({ ...options, readSnapshot: () => engine.readSnapshot() }),
          site: new SiteDesk({ ...options, changeSite: (request) => engine.changeSite(request) }),
        });
      },
      events: {
        onSnapshot: () => told.dispatchEvent(new Event('snapshot')),
        onStartFailed: () => told.dispatchEvent(new Event('start failed')),
        onShiftRevised: () => undefined,
        onFailed: (failure) => {
          failures.push(failure);
          told.dispatchEvent(new Event('failed'));
        },
      },
      clock: systemClock,
      log: silentLog,
      random: Math.random,
    });
    await once(told, 'snapshot');

    const failed = once(told, 'failed');
    // The first thread of an engine is that of its buffer.
    await threads[0]?.terminate();
    await failed;
    expect(failures).toMatchObject([{ code: 'store-and-forward/thread-ended' }]);
    expect(failures[0]?.text).toContain('The engine failed and is started again by itself');
    expect(supervisor.current().phase).toBe('restarting');

    await once(told, 'snapshot');
    expect(supervisor.current().phase).toBe('running');
    expect(failures).toHaveLength(1);
    await supervisor.stop();
  });
});

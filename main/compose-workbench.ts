import { join } from 'node:path';
import { readArguments, readCount } from './commands/read-arguments.ts';
import { composeEngine } from './compose.ts';
import { CertificateDesk } from './compose-certificates.ts';
import { configurationOf } from './compose-configuration.ts';
import { composeDemo } from './compose-demo.ts';
import { SiteDesk } from './compose-site-desk.ts';
import { readSiteFile } from './config/read-site-file.ts';
import type { Engine } from './engine/engine.ts';
import { createJsonLog } from './observability/json-log.ts';

const USAGE = 'lineside [--config FILE] [--data DIR] [--load N]';

/** An engine the window can show and stop. */
type RunningEngine = Pick<
  Engine,
  'readSnapshot' | 'onSnapshot' | 'onFailed' | 'queuePage' | 'losses' | 'tagPage' | 'hostModelPage' | 'oee' | 'stop'
> & {
  readonly configuration: ReturnType<typeof configurationOf>;
  readonly site: SiteDesk;
  readonly certificates: CertificateDesk;
};

/**
 * The engine behind the window: of the site file where one is named, else of the demo line. Log lines go to
 * standard error. `userFolder` is where this user's data lives.
 */
export async function startWorkbenchEngine(words: readonly string[], userFolder: string): Promise<RunningEngine> {
  const values = readArguments(
    words,
    { config: { type: 'string' }, data: { type: 'string' }, load: { type: 'string' } },
    USAGE,
  );
  const log = createJsonLog(2);
  if (values.config === undefined) {
    const { engine, gatewayFolder, siteFile, stop } = await composeDemo({
      dataFolder: values.data ?? join(userFolder, 'demo'),
      loadTagCount: readCount(values.load, 'load', 0) ?? 0,
      log,
      logFd: 2,
    });
    return bindEngine(engine, { siteFile, dataFolder: gatewayFolder }, stop);
  }
  const dataFolder = values.data ?? join(userFolder, 'gateway');
  const engine = await composeEngine({
    site: await readSiteFile(values.config),
    siteFile: values.config,
    dataFolder,
    isDemo: false,
    // They are made in the window; until then the buffer keeps the values.
    waitsForCertificates: true,
    log,
    logFd: 2,
  });
  await engine.start();
  return bindEngine(engine, { siteFile: values.config, dataFolder }, () => engine.stop());
}

interface Home {
  readonly siteFile: string;
  readonly dataFolder: string;
}

const bindEngine = (engine: Engine, home: Home, stop: () => Promise<void>): RunningEngine => ({
  readSnapshot: () => engine.readSnapshot(),
  onSnapshot: (listener) => engine.onSnapshot(listener),
  onFailed: (listener) => engine.onFailed(listener),
  queuePage: (query) => engine.queuePage(query),
  losses: () => engine.losses(),
  tagPage: (query) => engine.tagPage(query),
  hostModelPage: (query) => engine.hostModelPage(query),
  oee: engine.oee,
  configuration: configurationOf(home.dataFolder),
  certificates: new CertificateDesk({ ...home, readSnapshot: () => engine.readSnapshot() }),
  site: new SiteDesk({ ...home, changeSite: (request) => engine.changeSite(request) }),
  stop,
});

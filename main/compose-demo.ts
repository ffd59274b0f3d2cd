import { join } from 'node:path';
import type { SiteConfig } from '../shared/config/site.ts';
import { composeEngine } from './compose.ts';
import { composePlant } from './compose-plant.ts';
import { readSiteFile } from './config/read-site-file.ts';
import { writeSiteFile } from './config/write-site-file.ts';
import type { Engine } from './engine/engine.ts';
import { systemClock } from './platform/clock.ts';
import { Lifetime } from './platform/lifetime.ts';
import type { Log } from './platform/log.ts';

const LOAD_PER_S = 10;

export interface DemoOptions {
  readonly dataFolder: string;
  readonly loadTagCount: number;
  readonly log: Log;
  readonly logFd: 1 | 2;
}

interface RunningDemo {
  readonly engine: Engine;
  /** Of the gateway, beside that of the plant. */
  readonly gatewayFolder: string;
  readonly siteFile: string;
  stop(): Promise<void>;
}

/** The whole product on one computer: the simulated plant and the same engine that a real site runs. */
export async function composeDemo(options: DemoOptions): Promise<RunningDemo> {
  const lifetime = new Lifetime();
  const gatewayFolder = join(options.dataFolder, 'gateway');
  const plant = await composePlant({
    dataFolder: join(options.dataFolder, 'plant'),
    loadTagCount: options.loadTagCount,
    loadPerS: LOAD_PER_S,
    clock: systemClock,
  });
  lifetime.own('plant', () => plant.close());
  try {
    const siteFile = join(options.dataFolder, 'site.yaml');
    const site = await keepCalendar(siteFile, plant.site);
    await writeSiteFile(siteFile, site);
    const engine = await composeEngine({
      site,
      siteFile,
      dataFolder: gatewayFolder,
      isDemo: true,
      log: options.log,
      logFd: options.logFd,
    });
    lifetime.own('engine', () => engine.stop());
    await engine.start();
    return { engine, gatewayFolder, siteFile, stop: () => lifetime.end() };
  } catch (error) {
    await lifetime.end().catch(() => {});
    throw error;
  }
}

/** The plant has other addresses at each start; shifts and calendar are what people made of them. */
async function keepCalendar(siteFile: string, site: SiteConfig): Promise<SiteConfig> {
  const before = await readSiteFile(siteFile).catch(() => undefined);
  return before === undefined ? site : { ...site, shifts: before.shifts, calendar: before.calendar };
}

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HistorianConfig } from '../shared/config/historian.ts';
import type { SiteConfig } from '../shared/config/site.ts';
import { readSiteFile } from './config/read-site-file.ts';
import { type EmbeddedBroker, startEmbeddedBroker } from './demo/embedded-broker.ts';
import { startEmbeddedHistorian } from './demo/embedded-historian.ts';
import { type LineServerThread, startLineServerThread } from './demo/line-server-thread.ts';
import { loadTags } from './demo/packaging-line-tags.ts';
import type { Clock } from './platform/clock.ts';
import { Lifetime } from './platform/lifetime.ts';

/** `resources/` lies two folders above the built file and one above the source. */
const DEMO_SITE = fileURLToPath(
  new URL(
    import.meta.url.endsWith('.ts') ? '../resources/sites/demo.yaml' : '../../resources/sites/demo.yaml',
    import.meta.url,
  ),
);

/** Load tags hang on this machine of the demo line. */
const LOAD_MACHINE = 'Filler';
const DEMO_SEED = 20_260_105;

export interface PlantOptions {
  readonly dataFolder: string;
  readonly loadTagCount: number;
  /** Values a second of each load tag. */
  readonly loadPerS: number;
  /** A broker that is there already; without it the embedded one is started. */
  readonly brokerUrl?: string | undefined;
  readonly clock: Clock;
}

/** The simulated plant: line server, broker and historian, all on this computer and real. */
export interface Plant {
  readonly site: SiteConfig;
  readonly line: LineServerThread;
  readonly broker: EmbeddedBroker | undefined;
  readonly historianUrl: string;
  close(): Promise<void>;
}

/** Starts what the demo site names, on free ports, and gives the site with the addresses put in. */
export async function composePlant(options: PlantOptions): Promise<Plant> {
  await mkdir(options.dataFolder, { recursive: true, mode: 0o700 });
  const lifetime = new Lifetime();
  try {
    const historian = await startEmbeddedHistorian({ dataFolder: join(options.dataFolder, 'historian') });
    lifetime.own('historian', () => historian.close());
    const broker = options.brokerUrl === undefined ? await startEmbeddedBroker() : undefined;
    if (broker !== undefined) lifetime.own('broker', () => broker.close());
    const line = await startLineServerThread({
      seed: DEMO_SEED,
      speedFactor: 1,
      load: { tagCount: options.loadTagCount, changesPerSPerTag: options.loadPerS },
      certificateFolder: join(options.dataFolder, 'line-server'),
    });
    lifetime.own('line server', () => line.close());
    const brokerUrl = broker?.url ?? options.brokerUrl ?? '';
    const site = toPlantSite(await readSiteFile(DEMO_SITE), {
      endpointUrl: line.endpointUrl,
      brokerUrl,
      historianUrl: historian.url,
      loadTagCount: options.loadTagCount,
    });
    return { site, line, broker, historianUrl: historian.url, close: () => lifetime.end() };
  } catch (error) {
    await lifetime.end().catch(() => {});
    throw error;
  }
}

function toPlantSite(
  site: SiteConfig,
  plant: { endpointUrl: string; brokerUrl: string; historianUrl: string; loadTagCount: number },
): SiteConfig {
  return {
    ...site,
    brokers: [{ url: plant.brokerUrl }],
    historian: HistorianConfig.parse({ ...site.historian, url: plant.historianUrl }),
    opcuaServers: site.opcuaServers.map((server) => ({ ...server, endpointUrl: plant.endpointUrl })),
    machines: site.machines.map((machine) =>
      machine.id === LOAD_MACHINE ? { ...machine, tags: [...machine.tags, ...loadTags(plant.loadTagCount)] } : machine,
    ),
  };
}

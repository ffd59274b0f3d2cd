import { join } from 'node:path';
import { composeEngine } from './compose.ts';
import { composePlant } from './compose-plant.ts';
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
    const engine = await composeEngine({
      site: plant.site,
      siteFile: join(options.dataFolder, 'site.yaml'),
      dataFolder: gatewayFolder,
      isDemo: true,
      log: options.log,
      logFd: options.logFd,
    });
    lifetime.own('engine', () => engine.stop());
    await engine.start();
    return { engine, gatewayFolder, stop: () => lifetime.end() };
  } catch (error) {
    await lifetime.end().catch(() => {});
    throw error;
  }
}

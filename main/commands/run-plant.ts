import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { composePlant, type Plant } from '../compose-plant.ts';
import { writeSiteFile } from '../config/write-site-file.ts';
import { parseDemoFault } from '../demo/demo-faults.ts';
import { systemClock } from '../platform/clock.ts';
import { describeError } from '../platform/engine-error.ts';
import { EXIT, readArguments, readCount } from './read-arguments.ts';
import { demoDataFolder } from './run-demo.ts';
import { waitForStop } from './wait-for-stop.ts';

const USAGE = 'lineside plant [--data DIR] [--load N] [--load-rate N] [--broker URL]';

/** One line of input: `load` asks what the load tags count, anything else is a fault as JSON. */
async function answer(plant: Plant, line: string): Promise<unknown> {
  if (line !== 'load') await plant.line.command(parseDemoFault(line));
  return { ramps: await plant.line.rampCounts() };
}

/**
 * Starts only the simulated plant, writes a site file that points to it, and prints one JSON line with the
 * addresses. Faults are read from standard input: `{"kind":"jam","machine":"Filler","durationS":30}`.
 */
export async function runPlant(words: readonly string[], print: (text: string) => void): Promise<number> {
  const values = readArguments(
    words,
    {
      data: { type: 'string' },
      load: { type: 'string' },
      'load-rate': { type: 'string' },
      broker: { type: 'string' },
    },
    USAGE,
  );
  const dataFolder = values.data ?? demoDataFolder();
  const plant = await composePlant({
    dataFolder,
    loadTagCount: readCount(values.load, 'load', 0) ?? 0,
    loadPerS: readCount(values['load-rate'], 'load-rate', 1) ?? 10,
    brokerUrl: values.broker,
    clock: systemClock,
  });
  const siteFile = join(dataFolder, 'site.yaml');
  await writeSiteFile(siteFile, plant.site);
  print(
    JSON.stringify({
      siteFile,
      endpointUrl: plant.line.endpointUrl,
      brokerUrl: plant.site.brokers[0]?.url,
      historianUrl: plant.historianUrl,
    }),
  );
  const input = createInterface({ input: process.stdin });
  input.on('line', (line) => {
    answer(plant, line.trim()).then(
      (reply) => print(JSON.stringify(reply)),
      (error: unknown) => print(JSON.stringify({ error: describeError(error) })),
    );
  });
  await waitForStop(systemClock);
  input.close();
  await plant.close();
  return EXIT.ok;
}

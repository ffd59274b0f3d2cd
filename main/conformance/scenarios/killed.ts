import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Lifetime } from '../../platform/lifetime.ts';
import { RecordedBroker } from '../recorded-broker.ts';
import { Recorder } from '../recorder.ts';
import type { Recording } from '../recording.ts';
import { GROUP, HOST, NODE, startPlant, toSite } from './plant.ts';
import { untilClosed, untilPublished } from './steps.ts';

const SERVICE = fileURLToPath(new URL('../../service.ts', import.meta.url));

/** The service in a process of its own: killed without a word, started again on the same folder, then told to stop. */
export async function recordKilled(): Promise<Recording> {
  const recorder = new Recorder({ scenario: 'killed', groupId: GROUP, edgeNodeId: NODE, primaryHostId: HOST });
  const lifetime = new Lifetime();
  try {
    const folder = await mkdtemp(join(tmpdir(), 'lineside-conformance-'));
    lifetime.own('folder', () => rm(folder, { recursive: true, force: true }));
    const broker = await RecordedBroker.start(recorder);
    lifetime.own('broker', () => broker.close());
    const plant = await startPlant(lifetime);
    const siteFile = join(folder, 'site.yaml');
    // JSON is YAML.
    await writeFile(siteFile, JSON.stringify(toSite(plant, [broker])));
    await broker.sayState(HOST, { online: true, timestamp: Date.now() });
    const start = () => {
      const words = [SERVICE, '--config', siteFile, '--data', join(folder, 'data')];
      const child = spawn(process.execPath, words, { stdio: 'ignore' });
      lifetime.own('service', () => child.kill('SIGKILL'));
      return child;
    };
    const first = start();
    await untilPublished(recorder, { verb: 'DBIRTH', count: 2 });
    recorder.did('killed');
    first.kill('SIGKILL');
    await once(first, 'exit');
    const since = recorder.mark;
    const second = start();
    await untilPublished(recorder, { verb: 'DBIRTH', count: 2, since });
    recorder.did('stop-asked');
    const ended = once(second, 'exit');
    second.kill('SIGTERM');
    await ended;
    await untilClosed(recorder);
    return recorder.recording;
  } finally {
    await lifetime.end();
  }
}

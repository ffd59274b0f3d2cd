import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Lifetime } from '../../platform/lifetime.ts';
import { openGatewayRig } from '../../testing/gateway-rig.ts';
import { RecordedBroker } from '../recorded-broker.ts';
import { Recorder } from '../recorder.ts';
import type { Recording } from '../recording.ts';
import { fastClock, HOST, metric } from './rig-values.ts';
import { untilClosed, untilPublished, untilSubscribed } from './steps.ts';

const QUIET_MS = 300;

/** Two brokers: the edge node follows its host from one to the other, and stays where it is served. */
export async function recordWalk(): Promise<Recording> {
  const recorder = new Recorder({ scenario: 'walk', groupId: 'plant', edgeNodeId: 'line', primaryHostId: HOST });
  const lifetime = new Lifetime();
  try {
    const folder = await mkdtemp(join(tmpdir(), 'lineside-conformance-'));
    lifetime.own('folder', () => rm(folder, { recursive: true, force: true }));
    const [first, second] = [await RecordedBroker.start(recorder), await RecordedBroker.start(recorder)];
    lifetime.own('first broker', () => first.close());
    lifetime.own('second broker', () => second.close());
    const rig = await openGatewayRig({
      brokerUrl: [first.url, second.url],
      folder,
      metrics: [metric('speed', 0)],
      primaryHostId: HOST,
      historyRowsPerS: 20_000,
      edgeClock: fastClock,
    });
    lifetime.own('gateway', () => rig.close());
    const nowMs = Date.now();
    await first.sayState(HOST, { online: true, timestamp: nowMs });
    await second.sayState(HOST, { online: true, timestamp: nowMs });
    recorder.did('device-back', 'press');
    rig.edge.start();
    await untilPublished(recorder, { verb: 'DBIRTH' });
    let since = recorder.mark;
    await first.sayState(HOST, { online: false, timestamp: nowMs + 1 });
    await untilPublished(recorder, { verb: 'DBIRTH', since });
    // The host is back on the first broker; the second one still serves.
    await first.sayState(HOST, { online: true, timestamp: nowMs + 2 });
    await recorder.pause(QUIET_MS);
    // An old word, then a new one.
    await second.sayState(HOST, { online: false, timestamp: nowMs - 1 });
    await recorder.pause(QUIET_MS);
    since = recorder.mark;
    await second.sayState(HOST, { online: false, timestamp: nowMs + 1 });
    await untilPublished(recorder, { verb: 'DBIRTH', since });
    await untilSubscribed(recorder, since);
    recorder.did('stop-asked');
    await rig.edge.stop();
    await untilClosed(recorder);
    return recorder.recording;
  } finally {
    await lifetime.end();
  }
}

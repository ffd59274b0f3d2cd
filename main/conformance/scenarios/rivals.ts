import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Lifetime } from '../../platform/lifetime.ts';
import { openGatewayRig } from '../../testing/gateway-rig.ts';
import { RecordedBroker } from '../recorded-broker.ts';
import { Recorder } from '../recorder.ts';
import type { Recording } from '../recording.ts';
import { fastClock, metric } from './rig-values.ts';
import { untilPublished } from './steps.ts';

/**
 * Somebody starts a second edge node with the name of the first, and a third one of another name whose device is
 * called like theirs.
 */
export async function recordRivals(): Promise<Recording> {
  const recorder = new Recorder({
    scenario: 'rivals',
    groupId: 'plant',
    edgeNodeId: 'line',
    primaryHostId: null,
    namesakeCount: 2,
  });
  const lifetime = new Lifetime();
  try {
    const broker = await RecordedBroker.start(recorder);
    lifetime.own('broker', () => broker.close());
    const open = async (edgeNodeId: string): Promise<void> => {
      const folder = await mkdtemp(join(tmpdir(), 'lineside-conformance-'));
      lifetime.own('folder', () => rm(folder, { recursive: true, force: true }));
      const rig = await openGatewayRig({
        brokerUrl: broker.url,
        folder,
        edgeNodeId,
        metrics: [metric('speed', 0)],
        historyRowsPerS: 20_000,
        edgeClock: fastClock,
      });
      lifetime.own('gateway', () => rig.close());
      rig.edge.start();
    };
    recorder.did('device-back', 'press');
    await open('line');
    await untilPublished(recorder, { verb: 'DBIRTH' });
    await open('line2');
    await recorder.until('births of the other node', ({ heard }) =>
      heard.some(({ topic }) => topic.includes('/line2/')),
    );
    const since = recorder.mark;
    await open('line');
    // They throw each other out a few times.
    await untilPublished(recorder, { verb: 'DBIRTH', since, count: 4 });
    return recorder.recording;
  } finally {
    await lifetime.end();
  }
}

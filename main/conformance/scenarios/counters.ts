import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Lifetime } from '../../platform/lifetime.ts';
import { openGatewayRig } from '../../testing/gateway-rig.ts';
import { RecordedBroker } from '../recorded-broker.ts';
import { Recorder } from '../recorder.ts';
import type { Recording } from '../recording.ts';
import { change, fastClock, metric } from './rig-values.ts';
import { untilClosed, untilPublished } from './steps.ts';

/** Near the end, so that the counter begins anew while this is recorded. */
const LAST_BDSEQ = 245;
const CONNECTION_COUNT = 24;
/** More than 256: seq begins anew. */
const MESSAGE_COUNT = 300;

/** Edge node, buffer and link as the gateway has them: many connections, many messages, and metrics of the node itself. */
export async function recordCounters(): Promise<Recording> {
  const recorder = new Recorder({ scenario: 'counters', groupId: 'plant', edgeNodeId: 'line', primaryHostId: null });
  const lifetime = new Lifetime();
  try {
    const folder = await mkdtemp(join(tmpdir(), 'lineside-conformance-'));
    lifetime.own('folder', () => rm(folder, { recursive: true, force: true }));
    const broker = await RecordedBroker.start(recorder);
    lifetime.own('broker', () => broker.close());
    const rig = await openGatewayRig({
      brokerUrl: broker.url,
      folder,
      metrics: [metric('speed', 0), metric('count', 0)],
      nodeMetrics: [metric('load', 0), metric('heat', 0), { ...metric('spare', 0), value: null, quality: 'stale' }],
      devices: [{ deviceId: 'oven', isOnline: true, metrics: [metric('speed', 0)] }],
      historyRowsPerS: 20_000,
      edgeClock: fastClock,
    });
    lifetime.own('gateway', () => rig.close());
    await rig.buffer.writeSetting('sparkplug/bdSeq/plant/line', String(LAST_BDSEQ));
    for (const device of ['press', 'oven']) recorder.did('device-back', device);
    rig.edge.start();
    for (let index = 0; index < CONNECTION_COUNT; index += 1) {
      const since = recorder.mark;
      if (index > 0) {
        recorder.did('link-cut');
        broker.cut();
      }
      await untilPublished(recorder, { verb: 'DBIRTH', deviceId: 'oven', since });
    }
    for (let index = 1; index <= MESSAGE_COUNT / 3; index += 1) {
      const nowMs = Date.now();
      const since = recorder.mark;
      const changes = [
        change('press', 'speed', index, nowMs),
        change('press', 'count', index, nowMs - 2),
        change('oven', 'speed', index, nowMs - 1),
        change(null, 'load', index, nowMs),
        change(null, 'heat', index, nowMs - 1),
      ];
      for (const { deviceId, metricName } of changes) recorder.gave(deviceId ?? undefined, metricName, index);
      rig.commit.add(changes);
      await rig.commit.flush();
      await untilPublished(recorder, { verb: 'NDATA', since });
    }
    recorder.did('stop-asked');
    await rig.edge.stop();
    await untilClosed(recorder);
    return recorder.recording;
  } finally {
    await lifetime.end();
  }
}

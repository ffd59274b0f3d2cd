import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HistorianConfig } from '../../shared/config/historian.ts';
import { contract } from '../../shared/ipc/contract.ts';
import { readSiteFile } from '../config/read-site-file.ts';
import { openBrokerLink } from '../mqtt/broker-link.ts';
import { systemClock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import { EdgeNodeStream } from '../testing/edge-node-stream.ts';
import { type Mosquitto, startMosquitto } from '../testing/mosquitto.ts';
import { IngestThread } from './ingest-thread.ts';

const DEMO_SITE = fileURLToPath(new URL('../../resources/sites/demo.yaml', import.meta.url));

describe('the ingest thread', () => {
  let folder: string;
  let broker: Mosquitto;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lineside-ingest-thread-'));
    broker = await startMosquitto();
  });
  afterAll(async () => {
    await broker.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('answers what its host knows of a plant, in the form of the contract, and nothing after its end', async () => {
    const site = await readSiteFile(DEMO_SITE);
    const thread = new IngestThread(
      {
        site: { ...site, brokers: [{ url: broker.url }] },
        siteFile: join(folder, 'site.yaml'),
        historian: HistorianConfig.parse({ url: 'postgres://nobody@127.0.0.1:1/none' }),
        historianPassword: undefined,
        historianTls: undefined,
        settingFile: join(folder, 'settings.json'),
        configurationFile: join(folder, 'configuration.sqlite'),
        logFd: 2,
      },
      systemClock,
      silentLog,
    );
    await thread.start();
    await expect
      .poll(() => thread.snapshot().ingest.brokers.map(({ state }) => state.phase), { timeout: 20_000 })
      .toEqual(['connected']);
    const parts = { clock: systemClock, log: silentLog };
    const link = await openBrokerLink({ url: broker.url }, { clientId: 'edge', keepAliveS: 5 }, parts);
    const edge = new EdgeNodeStream(3);
    const query = { fromIndex: 0, maxRows: 10, search: 'speed', groupId: 'plant' };
    const ask = async () =>
      contract.host.page.output.parse(await thread.modelPage(contract.host.page.input.parse(query)));
    try {
      // The subscription may come a moment after the connection.
      await expect
        .poll(
          async () => {
            for (const { verb, bytes } of [edge.nodeBirth(), edge.deviceBirth('press')]) {
              const topic = `spBv1.0/plant/${verb}/line${verb === 'DBIRTH' ? '/press' : ''}`;
              await link.publish(topic, bytes, { qos: 0, retain: false });
            }
            return (await ask()).rows.map(({ deviceId, metricName }) => [deviceId, metricName]);
          },
          { timeout: 10_000 },
        )
        .toEqual([['press', 'speed']]);
      expect(await ask()).toMatchObject({
        nodeCount: 1,
        rowCount: 1,
        nodes: [{ edgeNodeId: 'line', broker: broker.url, isOnline: true, bdSeq: 3, deviceCount: 1 }],
      });
    } finally {
      await link.close();
      await thread.stop();
    }
    expect(await thread.modelPage({ ...query })).toMatchObject({ nodeCount: 0, rows: [] });
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { DataType, VariantArrayType } from 'node-opcua';
import { SiteConfig } from '../../shared/config/site.ts';
import { writeSiteFile } from '../config/write-site-file.ts';
import { systemClock } from '../platform/clock.ts';
import { Lifetime } from '../platform/lifetime.ts';
import { decodePayload } from '../sparkplug/decode-payload.ts';
import { type Mosquitto, startMosquitto } from './mosquitto.ts';
import { startValueServer, VALUE_NAMESPACE } from './value-server.ts';

const RAMP_EVERY_MS = 20;

/** A tag of a machine by its metric name; its node is `<machine>.<metric>` unless another one is named. */
export type TagSpec = string | { readonly metric: string; readonly node?: string; readonly datatype?: string };

/** One value as a subscriber that knows nothing of the gateway heard it. */
interface HeardValue {
  readonly device: string;
  readonly metric: string;
  readonly value: unknown;
  readonly isHistorical: boolean;
}

interface HeardMessage {
  /** `DBIRTH Filler`, `NBIRTH`. */
  readonly what: string;
  readonly seq: number | undefined;
  readonly metrics: readonly string[];
}

/** A plant of ramps that count together, a broker, a site file, and a subscriber that writes down what it hears. */
export interface ChangingSite {
  readonly broker: Mosquitto;
  readonly folder: string;
  readonly siteFile: string;
  readonly dataFolder: string;
  readonly messages: readonly HeardMessage[];
  readonly values: readonly HeardValue[];
  /** Resolves when this holds, looked at after each message. */
  until(holds: () => boolean): Promise<void>;
  /** The file with these machines, and with other settings of the whole site. */
  write(machines: Readonly<Record<string, readonly TagSpec[]>>, more?: object, file?: string): Promise<SiteConfig>;
  /** After the broker was away: the primary host is online there again, and the subscriber hears it. */
  greet(): Promise<void>;
  close(): Promise<void>;
}

const NODES = ['Filler', 'Capper', 'Packer'].flatMap((machine) =>
  ['A', 'B', 'C', 'D', 'E', 'F'].map((metric) => `${machine}.${metric}`),
);

export async function startChangingSite(): Promise<ChangingSite> {
  const lifetime = new Lifetime();
  const folder = await mkdtemp(join(tmpdir(), 'lineside-changing-site-'));
  lifetime.own('folder', () => rm(folder, { recursive: true, force: true }));
  const broker = await startMosquitto();
  lifetime.own('broker', () => broker.close());
  const plant = await startValueServer(
    NODES.map((name) => ({ name, dataType: DataType.Double, arrayType: VariantArrayType.Scalar })),
  );
  lifetime.own('plant', () => plant.close());
  let count = 0;
  const ramp = (): void => {
    count += 1;
    for (const name of NODES) plant.set(name, count, systemClock.nowMs());
  };
  ramp();
  lifetime.own('ramps', systemClock.every(RAMP_EVERY_MS, ramp));

  const messages: HeardMessage[] = [];
  const values: HeardValue[] = [];
  const names = new Map<string, string>();
  const looks = new Set<() => void>();
  const hear = (topic: string, payload: Buffer): void => {
    const [, , verb = '', , device = ''] = topic.split('/');
    const decoded = decodePayload(payload);
    if (decoded.kind === 'fault') throw new Error(decoded.reason);
    const told = decoded.payload.metrics.map((metric) => {
      const key = `${device} ${metric.alias}`;
      if (metric.name !== undefined) names.set(key, metric.name);
      return { name: metric.name ?? names.get(key) ?? '?', metric };
    });
    const what = device === '' ? verb : `${verb} ${device}`;
    messages.push({ what, seq: decoded.payload.seq, metrics: told.map(({ name }) => name) });
    if (verb === 'DDATA') {
      for (const { name, metric } of told) {
        values.push({ device, metric: name, value: metric.wireValue, isHistorical: metric.isHistorical });
      }
    }
    for (const look of [...looks]) look();
  };
  const subscriber: MqttClient = await connectAsync(broker.url, { reconnectPeriod: 100 });
  lifetime.own('subscriber', () => subscriber.endAsync(true));
  subscriber.on('message', hear);
  const greet = async (): Promise<void> => {
    if (!subscriber.connected) await new Promise<void>((resolve) => subscriber.once('connect', () => resolve()));
    await subscriber.subscribeAsync('spBv1.0/G/#', { qos: 1 });
    const state = JSON.stringify({ online: true, timestamp: systemClock.nowMs() });
    await subscriber.publishAsync('spBv1.0/STATE/lineside', state, { retain: true, qos: 1 });
  };
  await greet();

  const siteFile = join(folder, 'site.yaml');
  return {
    broker,
    folder,
    siteFile,
    dataFolder: join(folder, 'data'),
    messages,
    values,
    until: (holds) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!holds()) return;
          looks.delete(look);
          resolve();
        };
        looks.add(look);
        look();
      }),
    async write(machines, more = {}, file = siteFile) {
      const site = SiteConfig.parse({
        site: { enterprise: 'Acme', site: 'S', area: 'A', line: 'L', timeZone: 'Europe/Berlin' },
        sparkplug: { groupId: 'G', edgeNodeId: 'E', keepAliveS: 1 },
        brokers: [{ url: broker.url }],
        samplingClasses: { event: { samplingIntervalMs: 0, queueSize: 1_000, isExempt: true } },
        opcuaServers: [
          {
            id: 'plc',
            endpointUrl: plant.endpointUrl,
            securityMode: 'None',
            securityPolicy: 'None',
            publishingIntervalMs: 50,
          },
        ],
        machines: Object.entries(machines).map(([id, tags]) => ({
          id,
          server: 'plc',
          tags: tags.map((tag) => {
            const {
              metric,
              node = `${id}.${metric}`,
              datatype = 'Double',
            } = typeof tag === 'string' ? { metric: tag } : tag;
            return { metric, node: `nsu=${VALUE_NAMESPACE};s=${node}`, datatype, sampling: 'event' };
          }),
        })),
        ...more,
      });
      await writeSiteFile(file, site);
      return site;
    },
    greet,
    close: () => lifetime.end(),
  };
}

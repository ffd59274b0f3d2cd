import { openBrokerLink } from '../../mqtt/broker-link.ts';
import { systemClock } from '../../platform/clock.ts';
import { Lifetime } from '../../platform/lifetime.ts';
import { silentLog } from '../../platform/log.ts';
import { encodeNodeDeath } from '../../sparkplug/edge-node-births.ts';
import { encodeMessage } from '../../sparkplug/encode-message.ts';
import type { DataSet, PayloadMetric, Template, TemplateParameter } from '../../sparkplug/payload.ts';
import { RecordedBroker } from '../recorded-broker.ts';
import { Recorder } from '../recorder.ts';
import type { Recording } from '../recording.ts';
import { untilClosed, untilPublished } from './steps.ts';

const INT32 = 3;
const INT64 = 4;
const DOUBLE = 10;
const BOOLEAN = 11;
const STRING = 12;
const DATASET = 16;
const TEMPLATE = 19;

const BARE = {
  alias: undefined,
  isHistorical: false,
  isTransient: false,
  isNull: false,
  metadata: undefined,
  properties: undefined,
  hasBadProperties: false,
} as const;

type Value = Pick<PayloadMetric, 'datatype' | 'wireKind' | 'wireValue'>;
const metric = (name: string, value: Value): PayloadMetric => ({ ...BARE, name, timestampMs: Date.now(), ...value });
const aliased = (name: string, alias: number, value: Value): PayloadMetric => ({ ...metric(name, value), alias });
const double = (value: number): Value => ({ datatype: DOUBLE, wireKind: 'double', wireValue: value });

const table: DataSet = {
  columns: ['Größe', 'count', 'total', 'isOpen'],
  types: [DOUBLE, INT32, INT64, BOOLEAN],
  rows: [
    [1.5, -3, 2n ** 40n, true],
    [null, 7, -1n, false],
  ],
};
const parameter = (name: string, type: number, value: TemplateParameter['value']): TemplateParameter => ({
  name,
  type,
  value,
});
const definition: Template = {
  version: '1.0 β',
  templateRef: undefined,
  isDefinition: true,
  metrics: [metric('speed', double(0)), metric('label', { datatype: STRING, wireKind: 'string', wireValue: '' })],
  parameters: [parameter('serial', STRING, 'none'), parameter('size', INT32, -1)],
};
const instance = (members: readonly PayloadMetric[]): Template => ({
  version: '1.0 β',
  templateRef: 'Motor',
  isDefinition: false,
  metrics: members,
  parameters: [parameter('serial', STRING, 'X-17')],
});
const template = (value: Template): Value => ({ datatype: TEMPLATE, wireKind: 'template', wireValue: value });

/**
 * DataSets and templates, which no gateway of ours has: what our codec writes of them goes over our link to a real
 * broker, in the order in which an edge node would send it.
 */
export async function recordStructures(): Promise<Recording> {
  const recorder = new Recorder({ scenario: 'structures', groupId: 'plant', edgeNodeId: 'codec', primaryHostId: null });
  const lifetime = new Lifetime();
  try {
    const broker = await RecordedBroker.start(recorder);
    lifetime.own('broker', () => broker.close());
    const will = {
      topic: 'spBv1.0/plant/NDEATH/codec',
      payload: encodeNodeDeath(0, Date.now()),
      qos: 1,
      retain: false,
    } as const;
    const link = await openBrokerLink(
      { url: broker.url },
      { clientId: 'plant/codec', keepAliveS: 10, will },
      { clock: systemClock, log: silentLog },
    );
    lifetime.own('link', () => link.close());
    await link.subscribe(['spBv1.0/plant/NCMD/codec', 'spBv1.0/plant/DCMD/codec/+']);
    const definitions = new Map([['Motor', definition]]);
    const send = async (topic: string, seq: number, metrics: readonly PayloadMetric[]): Promise<void> => {
      const message = { timestampMs: Date.now(), seq, metrics, uuid: undefined, body: undefined };
      const encoded = encodeMessage(message, definitions);
      if (encoded.kind === 'fault') throw new Error(`${topic} cannot be encoded: ${encoded.reason} at ${encoded.at}`);
      await link.publish(`spBv1.0/plant/${topic}`, encoded.bytes, { qos: 0, retain: false });
    };
    await send('NBIRTH/codec', 0, [
      metric('bdSeq', { datatype: INT64, wireKind: 'long', wireValue: 0n }),
      metric('Node Control/Rebirth', { datatype: BOOLEAN, wireKind: 'boolean', wireValue: false }),
      aliased('Motor', 3, template(definition)),
      aliased('table', 1, { datatype: DATASET, wireKind: 'dataset', wireValue: table }),
    ]);
    const label = metric('label', { datatype: STRING, wireKind: 'string', wireValue: 'Öl' });
    await send('DBIRTH/codec/press', 1, [aliased('motor', 2, template(instance([metric('speed', double(5)), label])))]);
    const part: PayloadMetric = {
      ...aliased('', 2, template(instance([metric('speed', double(6))]))),
      name: undefined,
      datatype: undefined,
    };
    await send('DDATA/codec/press', 2, [part]);
    await untilPublished(recorder, { verb: 'DDATA' });
    await link.publish(will.topic, will.payload, { qos: 1, retain: false });
    await link.close();
    await untilClosed(recorder);
    return recorder.recording;
  } finally {
    await lifetime.end();
  }
}

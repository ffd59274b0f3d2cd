import { connectAsync, type MqttClient } from 'mqtt';
import type { Datatype, MetricValue } from '../../shared/domain/metric.ts';
import { decodePayload } from '../sparkplug/decode-payload.ts';
import { encodePayload, toWireMetric } from '../sparkplug/encode-payload.ts';
import { toMetricValue } from '../sparkplug/metric-value.ts';
import type { PayloadMetric } from '../sparkplug/payload.ts';

/** A plain MQTT client in the place of a SCADA host: what it hears of the device, by metric name. */
export class PlainHost {
  readonly heard: { readonly verb: string; readonly name: string; readonly value: unknown; readonly seq: number }[] =
    [];
  readonly #client: MqttClient;
  #names = new Map<number | bigint | undefined, { readonly name: string; readonly typeCode: number }>();

  private constructor(client: MqttClient) {
    this.#client = client;
    client.on('message', (topic, payload) => this.#hear(topic, payload));
  }

  static async connect(url: string): Promise<PlainHost> {
    const client = await connectAsync(url);
    const host = new PlainHost(client);
    await client.subscribeAsync('spBv1.0/plant/#', { qos: 1 });
    const online = JSON.stringify({ online: true, timestamp: Date.now() });
    await client.publishAsync('spBv1.0/STATE/scada', online, { qos: 1, retain: true });
    return host;
  }

  aliasOf(name: string): number {
    const found = [...this.#names].find(([, metric]) => metric.name === name)?.[0];
    if (typeof found !== 'number') throw new Error(`${name} has no alias`);
    return found;
  }

  /** DDATA values of a metric since the given place. */
  told(name: string, from = 0): unknown[] {
    return this.heard.slice(from).flatMap((one) => (one.verb === 'DDATA' && one.name === name ? [one.value] : []));
  }

  async command(topic: string, metrics: Uint8Array, retain = false): Promise<void> {
    await this.#client.publishAsync(topic, Buffer.from(metrics), { qos: 0, retain });
  }

  end(): Promise<void> {
    return this.#client.endAsync();
  }

  #hear(topic: string, payload: Uint8Array): void {
    const verb = topic.split('/')[2] ?? '';
    const result = decodePayload(payload);
    if (result.kind === 'fault' || verb.endsWith('CMD')) return;
    const { metrics, seq = -1 } = result.payload;
    if (verb === 'NBIRTH') this.#names = new Map();
    if (verb === 'NBIRTH' || verb === 'DBIRTH') this.#learn(metrics);
    if (metrics.length === 0) this.heard.push({ verb, name: '', value: undefined, seq });
    for (const metric of metrics) {
      const known = metric.name === undefined ? this.#names.get(metric.alias) : undefined;
      const name = metric.name ?? known?.name ?? '?';
      const typeCode = metric.datatype ?? known?.typeCode ?? 0;
      this.heard.push({ verb, name, value: toMetricValue(metric, typeCode), seq });
    }
  }

  #learn(metrics: readonly PayloadMetric[]): void {
    for (const { alias, name, datatype } of metrics) {
      if (alias !== undefined) this.#names.set(alias, { name: name ?? '?', typeCode: datatype ?? 0 });
    }
  }
}

/** A DCMD without timestamps of the metrics' own; names or aliases as given. */
export const toCommand = (
  ...metrics: readonly (readonly [head: { name?: string; alias?: number }, datatype: Datatype, value: MetricValue])[]
): Uint8Array =>
  encodePayload(
    Date.now(),
    null,
    metrics.map(([head, datatype, value]) =>
      toWireMetric(
        { ...head, hasDatatype: false, isHistorical: false },
        { datatype, value, quality: 'good', statusCode: 0, timestampMs: 0 },
      ),
    ),
  );

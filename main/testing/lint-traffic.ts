import sparkplugProto from 'sparkplug-payload/lib/sparkplugPayloadProto.js';
import { SparkplugLinter } from '../sparkplug/lint/linter.ts';
import type { TrafficMessage } from '../sparkplug/lint/traffic.ts';

const { Payload } = sparkplugProto.org.eclipse.tahu.protobuf;
type PayloadFields = Parameters<typeof Payload.encode>[0];
/** A metric with any fields, legal or not. */
export type AnyMetric = NonNullable<PayloadFields['metrics']>[number];

interface SendOptions {
  /** Null: no such field; undefined: the next, or the present one. */
  readonly seq?: number | null;
  readonly timestamp?: number | null;
  readonly qos?: number;
  readonly retain?: boolean;
  readonly topic?: string;
}

const START_MS = Date.UTC(2026, 0, 5, 6);

/** Traffic of one edge node and its host, correct where it is not told to be wrong. Each call sends the next message. */
export class LintTraffic {
  atMs = START_MS;
  seq = 0;
  readonly linter: SparkplugLinter;

  constructor(options: ConstructorParameters<typeof SparkplugLinter>[0] = {}) {
    this.linter = new SparkplugLinter(options);
  }

  /** Time passes. */
  wait(byMs: number): this {
    this.atMs += byMs;
    return this;
  }

  /** A metric of a birth. */
  born(name: string, fields: AnyMetric = {}): AnyMetric {
    return { name, datatype: 10, timestamp: this.atMs, ...(hasValue(fields) ? {} : { doubleValue: 1 }), ...fields };
  }

  /** A metric of data, by name. */
  changed(name: string, doubleValue: number, fields: AnyMetric = {}): AnyMetric {
    return { name, timestamp: this.atMs, doubleValue, ...fields };
  }

  bdSeq(value: number, fields: AnyMetric = {}): AnyMetric {
    return { name: 'bdSeq', datatype: 4, longValue: value, timestamp: this.atMs, ...fields };
  }

  rebirthMetric(fields: AnyMetric = {}): AnyMetric {
    return { name: 'Node Control/Rebirth', datatype: 11, booleanValue: false, timestamp: this.atMs, ...fields };
  }

  /** NBIRTH with bdSeq, Rebirth and these metrics. */
  nodeBirth(metrics: AnyMetric[] = [this.born('load')], bdSeq = 0, options: SendOptions = {}): this {
    this.seq = 0;
    return this.send('NBIRTH', null, [this.bdSeq(bdSeq), this.rebirthMetric(), ...metrics], options);
  }

  nodeDeath(bdSeq = 0, options: SendOptions = {}): this {
    return this.send('NDEATH', null, [this.bdSeq(bdSeq)], { seq: null, qos: 1, ...options });
  }

  deviceBirth(metrics: AnyMetric[] = [this.born('speed')], deviceId = 'press', options: SendOptions = {}): this {
    return this.send('DBIRTH', deviceId, metrics, options);
  }

  /** NBIRTH and the DBIRTH of `press`. */
  births(metrics?: AnyMetric[]): this {
    return this.nodeBirth().deviceBirth(metrics);
  }

  deviceDeath(deviceId = 'press', options: SendOptions = {}): this {
    return this.send('DDEATH', deviceId, [], options);
  }

  deviceData(metrics: AnyMetric[], options: SendOptions = {}): this {
    return this.send('DDATA', 'press', metrics, options);
  }

  askRebirth(metric: AnyMetric = this.rebirthMetric({ booleanValue: true }), options: SendOptions = {}): this {
    return this.send('NCMD', null, [metric], { seq: null, ...options });
  }

  send(verb: string, deviceId: string | null, metrics: AnyMetric[], options: SendOptions = {}): this {
    const seq = options.seq === undefined ? this.seq : options.seq;
    if (seq !== null) this.seq = (seq + 1) % 256;
    const timestamp = options.timestamp === undefined ? this.atMs : options.timestamp;
    return this.bytes(verb, deviceId, Payload.encode({ metrics, seq, timestamp }).finish(), options);
  }

  bytes(verb: string, deviceId: string | null, payload: Uint8Array, options: SendOptions = {}): this {
    const topic = options.topic ?? `spBv1.0/plant/${verb}/line${deviceId === null ? '' : `/${deviceId}`}`;
    return this.message({ topic, payload, qos: options.qos ?? 0, retain: options.retain ?? false });
  }

  state(json: unknown, options: SendOptions = {}): this {
    const text = typeof json === 'string' ? json : JSON.stringify(json);
    const { topic = 'spBv1.0/STATE/scada', qos = 1, retain = false } = options;
    return this.message({ topic, payload: new TextEncoder().encode(text), qos, retain });
  }

  message(message: Omit<TrafficMessage, 'atMs'>): this {
    this.linter.take({ ...message, atMs: this.atMs });
    this.atMs += 10;
    return this;
  }

  /** Rules found, each once. */
  found(): string[] {
    return [...new Set(this.linter.report().findings.map(({ rule }) => rule))];
  }
}

const hasValue = (fields: AnyMetric): boolean =>
  fields.isNull === true || Object.keys(fields).some((key) => key.endsWith('Value'));

/**
 * Changes by column, for the way into the buffer's thread: a structured clone of objects writes the name of every
 * field of every change. What a metric is called crosses once; from then on it is a number.
 */
import type { Datatype, MetricChange } from '../../shared/domain/metric.ts';
import { PRIORITIES } from '../../shared/domain/metric.ts';
import { type MetricIdentity, PRIORITY_CODE, QUALITIES } from './change-row.ts';

export interface PackedChanges {
  /** Those that have not crossed before; each takes the next number. */
  readonly newIdentities: readonly MetricIdentity[];
  readonly metrics: Uint32Array;
  readonly values: readonly MetricChange['value'][];
  readonly timestampsMs: Float64Array;
  readonly statusCodes: Uint32Array;
  readonly qualities: Uint8Array;
  readonly priorities: Uint8Array;
}

/** The sending side. Every packet must arrive, in order, at one and the same unpacker. */
export class ChangePacker {
  readonly #numbers = new Map<Datatype, Map<string | null, Map<string, number>>>();
  #identityCount = 0;

  pack(changes: readonly MetricChange[]): PackedChanges {
    const newIdentities: MetricIdentity[] = [];
    const packed = {
      newIdentities,
      metrics: new Uint32Array(changes.length),
      values: changes.map((change) => change.value),
      timestampsMs: new Float64Array(changes.length),
      statusCodes: new Uint32Array(changes.length),
      qualities: new Uint8Array(changes.length),
      priorities: new Uint8Array(changes.length),
    };
    for (let index = 0; index < changes.length; index++) {
      const change = changes[index];
      if (change === undefined) continue;
      packed.metrics[index] = this.#numberOf(change, newIdentities);
      packed.timestampsMs[index] = change.timestampMs;
      packed.statusCodes[index] = change.statusCode;
      packed.qualities[index] = QUALITIES.indexOf(change.quality);
      packed.priorities[index] = PRIORITY_CODE[change.priority ?? 'normal'];
    }
    return packed;
  }

  #numberOf({ deviceId, metricName, datatype }: MetricChange, newIdentities: MetricIdentity[]): number {
    const known = this.#numbers.get(datatype)?.get(deviceId)?.get(metricName);
    if (known !== undefined) return known;
    const ofType = this.#numbers.get(datatype) ?? new Map<string | null, Map<string, number>>();
    const ofDevice = ofType.get(deviceId) ?? new Map<string, number>();
    this.#numbers.set(datatype, ofType.set(deviceId, ofDevice.set(metricName, this.#identityCount)));
    newIdentities.push({ deviceId, metricName, datatype });
    return this.#identityCount++;
  }
}

/** The receiving side of one packer. */
export class ChangeUnpacker {
  readonly #identities: MetricIdentity[] = [];

  unpack(packed: PackedChanges): readonly MetricChange[] {
    for (const identity of packed.newIdentities) this.#identities.push(identity);
    const changes: MetricChange[] = [];
    for (let index = 0; index < packed.values.length; index++) {
      const identity = this.#identities[packed.metrics[index] ?? 0];
      if (identity === undefined) throw new Error('a packet of changes names a metric that has not crossed');
      const priority = PRIORITIES[packed.priorities[index] ?? PRIORITY_CODE.normal];
      const change = {
        deviceId: identity.deviceId,
        metricName: identity.metricName,
        datatype: identity.datatype,
        value: packed.values[index] ?? null,
        quality: QUALITIES[packed.qualities[index] ?? 0] ?? 'bad',
        statusCode: packed.statusCodes[index] ?? 0,
        timestampMs: packed.timestampsMs[index] ?? 0,
      };
      changes.push(priority === undefined || priority === 'normal' ? change : { ...change, priority });
    }
    return changes;
  }
}

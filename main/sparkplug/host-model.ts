import type { Quality } from '../../shared/domain/quality.ts';
import type { HostEffect, HostNode, HostScope, SeenMetric } from './host-node.ts';
import type { PayloadValue } from './payload.ts';
import { toJsonValue } from './payload-json.ts';

/** A longer value is not kept here: a plant has more metrics than this computer has memory for their files. */
const MAX_VALUE_SIZE = 16_384;
/** Offline devices beyond this are forgotten, the first known first. */
const MAX_DEVICE_COUNT = 5_000;

interface Presence {
  isOnline: boolean;
  sinceMs: number | null;
  because: string | null;
}

export interface ModelMetric {
  readonly alias: number | bigint | undefined;
  readonly typeCode: number;
  /** The last that was not historical. */
  last: LastValue | undefined;
  historicalCount: number;
}

interface LastValue {
  /** Structures as their JSON text; undefined where it could not be read, or is too long to be kept. */
  readonly value: Exclude<PayloadValue, object> | Uint8Array | undefined;
  readonly isTooLong: boolean;
  readonly quality: Quality;
  readonly timestampMs: number | null;
  readonly receivedAtMs: number;
}

export interface ModelDevice extends Presence {
  scope: HostScope | undefined;
  metrics: Map<string, ModelMetric>;
}

/**
 * What a person may ask about one edge node: its last births with the last values, also after its death, and what it
 * made the host count. A projection of the session's states and effects; nothing is decided by it.
 */
export class HostModel {
  /** Key null: the node itself. */
  readonly devices = new Map<string | null, ModelDevice>();
  readonly faultCounts = new Map<string, number>();
  readonly rebirthRequests = new Map<string, number>();
  messageCount = 0;
  /** Outlives the session, which forgets it. */
  seq: number | null = null;
  #scopes: HostNode['scopes'] | undefined;

  constructor() {
    this.#deviceOf(null);
  }

  /** To be told of each step, with the state after it. */
  note(node: HostNode, effects: readonly HostEffect[], receivedAtMs: number): void {
    if (node.scopes !== this.#scopes) this.#noteScopes(node);
    if (node.last !== undefined) this.seq = node.last.seq;
    for (const effect of effects) this.#noteEffect(effect, receivedAtMs);
  }

  #noteEffect(effect: HostEffect, receivedAtMs: number): void {
    switch (effect.type) {
      case 'metrics':
      case 'unstored':
        return this.#noteValues(effect.metrics, receivedAtMs);
      case 'node-online':
      case 'node-offline':
      case 'device-online':
      case 'device-offline': {
        const deviceId = 'deviceId' in effect ? effect.deviceId : null;
        const because = 'because' in effect ? effect.because : 'birth';
        const isOnline = effect.type.endsWith('online');
        Object.assign(this.#deviceOf(deviceId), { isOnline, because, sinceMs: effect.atMs });
        return;
      }
      case 'request-rebirth':
        return countUp(this.rebirthRequests, effect.because);
      case 'fault':
        return countUp(this.faultCounts, effect.reason);
      case 'settled':
      case 'duplicate-node':
        return;
    }
  }

  #noteScopes(node: HostNode): void {
    this.#scopes = node.scopes;
    for (const [deviceId, scope] of node.scopes) {
      const device = this.#deviceOf(deviceId);
      if (device.scope === scope) continue;
      device.scope = scope;
      const before = device.metrics;
      device.metrics = new Map();
      for (const [name, { alias, typeCode }] of scope.byName) {
        const known = before.get(name);
        const isSame = known !== undefined && known.typeCode === typeCode;
        const { last, historicalCount } = isSame ? known : { last: undefined, historicalCount: 0 };
        device.metrics.set(name, { alias, typeCode, last, historicalCount });
      }
    }
  }

  /** All of one message, and so of one device. Every value of a plant passes here. */
  #noteValues(metrics: readonly SeenMetric[], receivedAtMs: number): void {
    const device = this.devices.get(metrics[0]?.deviceId ?? null);
    if (device === undefined) return;
    for (const { metricName, value, quality, timestampMs, isHistorical } of metrics) {
      const known = device.metrics.get(metricName);
      if (known === undefined) continue;
      if (isHistorical) known.historicalCount += 1;
      else if (typeof value === 'number' || typeof value === 'boolean') {
        known.last = { value, isTooLong: false, quality, timestampMs, receivedAtMs };
      } else known.last = { ...toKept(value), quality, timestampMs, receivedAtMs };
    }
  }

  #deviceOf(deviceId: string | null): ModelDevice {
    let device = this.devices.get(deviceId);
    if (device === undefined) {
      if (this.devices.size >= MAX_DEVICE_COUNT) this.#forgetOne();
      device = { isOnline: false, sinceMs: null, because: null, scope: undefined, metrics: new Map() };
      this.devices.set(deviceId, device);
    }
    return device;
  }

  #forgetOne(): void {
    for (const [deviceId, { isOnline }] of this.devices) {
      if (isOnline || deviceId === null) continue;
      this.devices.delete(deviceId);
      return;
    }
  }
}

function countUp(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function toKept(value: SeenMetric['value']): Pick<LastValue, 'value' | 'isTooLong'> {
  if (value === undefined || value === null || typeof value !== 'object') {
    const isTooLong = typeof value === 'string' && value.length > MAX_VALUE_SIZE;
    return { value: isTooLong ? undefined : value, isTooLong };
  }
  if (value instanceof Uint8Array) {
    // A copy: the bytes are a window into the whole message.
    return value.length > MAX_VALUE_SIZE ? TOO_LONG : { value: Uint8Array.from(value), isTooLong: false };
  }
  if ('length' in value && value.length > MAX_VALUE_SIZE) return TOO_LONG;
  const text = JSON.stringify(toJsonValue(value));
  return text.length > MAX_VALUE_SIZE ? TOO_LONG : { value: text, isTooLong: false };
}

const TOO_LONG = { value: undefined, isTooLong: true } as const;

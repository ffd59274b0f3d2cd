import type { MetricChange } from '../../shared/domain/metric.ts';
import { ONLINE_METRIC } from '../mapping/tag-map.ts';

/**
 * Says, per device, since when its source is observed. Sparkplug's deaths tell what the host could hear; with
 * store-and-forward the edge goes on observing while the host hears nothing, and the time is known once the
 * stored rows arrive. So the edge historises the fact itself, as the Boolean metric `Connection/Online`:
 * false = from here on nothing is known, true = known again. OEE takes unknown time from it and nothing else.
 */
export class Observation {
  readonly #servers: ReadonlyMap<string, readonly string[]>;
  readonly #connected = new Set<string>();
  /** Devices that gave a value since their server was lost or first tried. */
  readonly #heard = new Set<string>();

  /** `servers`: device ids per OPC UA server id. */
  constructor(servers: ReadonlyMap<string, readonly string[]>) {
    this.#servers = servers;
  }

  /** What to store when the program starts and an earlier run was last alive at `lastAliveMs`. */
  resume(lastAliveMs: number | undefined): readonly MetricChange[] {
    if (lastAliveMs === undefined) return [];
    return [...this.#servers.values()].flat().map((deviceId) => toOnlineChange(deviceId, false, lastAliveMs));
  }

  /** A subscription's first values may come before the word that it stands: then its devices are online now. */
  serverConnected(serverId: string, atMs: number): readonly MetricChange[] {
    if (this.#connected.has(serverId)) return [];
    this.#connected.add(serverId);
    const heard = (this.#servers.get(serverId) ?? []).filter((deviceId) => this.#heard.has(deviceId));
    return heard.map((deviceId) => toOnlineChange(deviceId, true, atMs));
  }

  /** The devices of a server that is heard no more. */
  serverLost(serverId: string, atMs: number): readonly MetricChange[] {
    const wasConnected = this.#connected.delete(serverId);
    const lost = (this.#servers.get(serverId) ?? []).filter((deviceId) => this.#heard.delete(deviceId));
    return wasConnected ? lost.map((deviceId) => toOnlineChange(deviceId, false, atMs)) : [];
  }

  /** A device counts as observed from the first value after its server connected, so that its birth has values. */
  deviceHeard(serverId: string, deviceId: string, atMs: number): MetricChange | undefined {
    if (this.#heard.has(deviceId)) return undefined;
    this.#heard.add(deviceId);
    return this.#connected.has(serverId) ? toOnlineChange(deviceId, true, atMs) : undefined;
  }
}

function toOnlineChange(deviceId: string, isOnline: boolean, timestampMs: number): MetricChange {
  return {
    deviceId,
    metricName: ONLINE_METRIC,
    datatype: 'Boolean',
    value: isOnline,
    quality: 'good',
    statusCode: 0,
    timestampMs,
  };
}

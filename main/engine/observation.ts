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
  readonly #online = new Set<string>();

  /** `servers`: device ids per OPC UA server id. */
  constructor(servers: ReadonlyMap<string, readonly string[]>) {
    this.#servers = servers;
  }

  /** What to store when the program starts and an earlier run was last alive at `lastAliveMs`. */
  resume(lastAliveMs: number | undefined): readonly MetricChange[] {
    if (lastAliveMs === undefined) return [];
    return [...this.#servers.values()].flat().map((deviceId) => toOnlineChange(deviceId, false, lastAliveMs));
  }

  serverConnected(serverId: string): void {
    this.#connected.add(serverId);
  }

  /** The devices of a server that is heard no more. */
  serverLost(serverId: string, atMs: number): readonly MetricChange[] {
    this.#connected.delete(serverId);
    const lost = (this.#servers.get(serverId) ?? []).filter((deviceId) => this.#online.delete(deviceId));
    return lost.map((deviceId) => toOnlineChange(deviceId, false, atMs));
  }

  /** A device counts as observed from the first value after its server connected, so that its birth has values. */
  deviceHeard(serverId: string, deviceId: string, atMs: number): MetricChange | undefined {
    if (!this.#connected.has(serverId) || this.#online.has(deviceId)) return undefined;
    this.#online.add(deviceId);
    return toOnlineChange(deviceId, true, atMs);
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

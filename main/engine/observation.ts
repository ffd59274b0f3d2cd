import type { MetricChange } from '../../shared/domain/metric.ts';
import { ONLINE_METRIC } from '../mapping/tag-map.ts';

/**
 * Says, per device, since when its source is observed. Sparkplug's deaths tell what the host could hear; with
 * store-and-forward the edge goes on observing while the host hears nothing, and the time is known once the
 * stored rows arrive. So the edge historises the fact itself, as the Boolean metric `Connection/Online`:
 * false = from here on nothing is known, true = known again. OEE takes unknown time from it and nothing else.
 */
export class Observation {
  #servers: ReadonlyMap<string, readonly string[]>;
  readonly #connected = new Set<string>();
  /** Devices that gave a value since their server was lost or first tried. */
  readonly #heard = new Set<string>();
  /** When each device was last said to be online. */
  readonly #onlineAtMs = new Map<string, number>();

  /** `servers`: device ids per OPC UA server id. */
  constructor(servers: ReadonlyMap<string, readonly string[]>) {
    this.#servers = servers;
  }

  /** Goes on with other devices; of those that go nothing is known from now on, which is returned to be stored. */
  replaceDevices(servers: ReadonlyMap<string, readonly string[]>, nowMs: number): readonly MetricChange[] {
    const gone: MetricChange[] = [];
    for (const [serverId, deviceIds] of this.#servers) {
      const stay = servers.get(serverId) ?? [];
      for (const deviceId of deviceIds.filter((id) => !stay.includes(id))) {
        const isOnline = this.#heard.delete(deviceId) && this.#connected.has(serverId);
        if (isOnline) gone.push(toOnlineChange(deviceId, false, this.#lostAtMs(deviceId, nowMs, nowMs)));
      }
    }
    this.#servers = servers;
    return gone;
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
    return heard.map((deviceId) => this.#online(deviceId, atMs));
  }

  /**
   * The devices of a server that is heard no more: nothing is known since it was last heard, which may be many seconds
   * before that is noticed.
   *
   * @param heardUntilMs on our clock; undefined counts as now.
   */
  serverLost(serverId: string, nowMs: number, heardUntilMs: number | undefined): readonly MetricChange[] {
    const wasConnected = this.#connected.delete(serverId);
    const lost = (this.#servers.get(serverId) ?? []).filter((deviceId) => this.#heard.delete(deviceId));
    if (!wasConnected) return [];
    return lost.map((deviceId) => toOnlineChange(deviceId, false, this.#lostAtMs(deviceId, nowMs, heardUntilMs)));
  }

  /** A device counts as observed from the first value after its server connected, so that its birth has values. */
  deviceHeard(serverId: string, deviceId: string, atMs: number): MetricChange | undefined {
    if (this.#heard.has(deviceId)) return undefined;
    this.#heard.add(deviceId);
    return this.#connected.has(serverId) ? this.#online(deviceId, atMs) : undefined;
  }

  #online(deviceId: string, atMs: number): MetricChange {
    this.#onlineAtMs.set(deviceId, atMs);
    return toOnlineChange(deviceId, true, atMs);
  }

  /**
   * After the device's last `true`: the historian takes one row per metric and millisecond, and two rows in the wrong
   * order would say that the device is online. Not in the future, unless both fall into this very millisecond.
   */
  #lostAtMs(deviceId: string, nowMs: number, heardUntilMs = nowMs): number {
    const onlineAtMs = this.#onlineAtMs.get(deviceId) ?? -Infinity;
    const atMs = Math.min(nowMs, Math.max(heardUntilMs, onlineAtMs + 1));
    return atMs === onlineAtMs ? atMs + 1 : atMs;
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

import type { TagConfig } from '../../shared/config/equipment.ts';
import type { SiteConfig } from '../../shared/config/site.ts';
import type { Datatype, Priority, TagId } from '../../shared/domain/metric.ts';

/** A configured tag and the Sparkplug metric it is published as. */
export interface MappedTag {
  readonly tagId: TagId;
  readonly deviceId: string;
  readonly serverId: string;
  readonly metricName: string;
  readonly datatype: Datatype;
  readonly deadbandAbsolute: number | undefined;
  /** Of the EURange, which only the server knows: it alone judges this one. */
  readonly deadbandPercent?: number | undefined;
  readonly samplingIntervalMs: number;
  readonly queueSize: number;
  readonly isExempt: boolean;
  readonly priority: Priority;
  readonly config: TagConfig;
}

/** The metric by which a device says that its source is being observed (Boolean, one per device). */
export const ONLINE_METRIC = 'Connection/Online';

/** Tag ids are `<machine id>.<metric name>`: machine ids hold no `/`, metric names are unique in a machine. */
export const toTagId = (machineId: string, metricName: string): TagId => `${machineId}.${metricName}` as TagId;

/** Every tag of the site, in the order of the file. Cross references were checked by the site schema. */
export function toMappedTags(site: SiteConfig): readonly MappedTag[] {
  return site.machines.flatMap((machine) =>
    machine.tags.map((tag) => {
      const sampling = site.samplingClasses[tag.sampling];
      return {
        tagId: toTagId(machine.id, tag.metric),
        deviceId: machine.id,
        serverId: machine.server,
        metricName: tag.metric,
        datatype: tag.datatype,
        deadbandAbsolute: tag.deadband?.absolute,
        deadbandPercent: tag.deadband?.percent,
        samplingIntervalMs: sampling?.samplingIntervalMs ?? 250,
        queueSize: sampling?.queueSize ?? 10,
        isExempt: sampling?.isExempt ?? false,
        priority: tag.priority ?? 'normal',
        config: tag,
      };
    }),
  );
}

/** The values of both come from the same place in the same form: the last one of the one counts for the other. */
export const isSameSeries = (one: MappedTag, other: MappedTag): boolean =>
  one.config.node === other.config.node && one.datatype === other.datatype && one.serverId === other.serverId;

/** Device ids per OPC UA server id. */
export function devicesByServer(tags: readonly MappedTag[]): ReadonlyMap<string, readonly string[]> {
  const servers = new Map<string, Set<string>>();
  for (const { serverId, deviceId } of tags) {
    const devices = servers.get(serverId);
    if (devices === undefined) servers.set(serverId, new Set([deviceId]));
    else devices.add(deviceId);
  }
  return new Map([...servers].map(([serverId, devices]) => [serverId, [...devices]]));
}

/** The tags of each device, devices and tags in the order given. */
export function byDevice(tags: readonly MappedTag[]): ReadonlyMap<string, readonly MappedTag[]> {
  const devices = new Map<string, MappedTag[]>();
  for (const tag of tags) {
    const list = devices.get(tag.deviceId);
    if (list === undefined) devices.set(tag.deviceId, [tag]);
    else list.push(tag);
  }
  return devices;
}

import { isDeepStrictEqual } from 'node:util';
import type { OpcuaServerConfig } from '../../shared/config/connections.ts';
import type { SiteConfig } from '../../shared/config/site.ts';
import type { TagId } from '../../shared/domain/metric.ts';
import type { DeviceImpact, SiteChange } from '../../shared/domain/site-change.ts';
import { planServers, type ServerPlan } from './server-plan.ts';
import { findOeeFields, findRestartFields, type NeedsRestart } from './site-fields.ts';
import { byDevice, type MappedTag, toMappedTags } from './tag-map.ts';

/** What is to be done to a running gateway so that it runs a changed site file. */
export interface SitePlan {
  readonly changes: readonly SiteChange[];
  /** One message each; devices that are not named stay as they are. */
  readonly devices: readonly DeviceImpact[];
  /** All tags afterwards, in the order of the file. */
  readonly tags: readonly MappedTag[];
  readonly servers: ServerPlan;
}

/** What runs now; after earlier changes it is not what the process was started with. */
export interface RunningSite {
  readonly servers: readonly OpcuaServerConfig[];
  readonly tags: readonly MappedTag[];
}

/** How a field of a tag can change while the gateway runs; a field that is not named here needs a restart. */
const TAG_FIELDS: Readonly<Record<string, 'in-place' | 'in-birth'>> = {
  // Its values begin anew: until the first one the metric is stale, and hosts are told.
  node: 'in-birth',
  datatype: 'in-birth',
  sampling: 'in-place',
  deadband: 'in-place',
  priority: 'in-place',
  unit: 'in-place',
  role: 'in-place',
  counter: 'in-place',
  // Asked of the mapping with each command.
  writable: 'in-place',
};

/** The birth has `Connection/Online` beside the tags. */
const OWN_METRICS = 1;

const samplingOf = ({ samplingIntervalMs, queueSize, isExempt }: MappedTag) => ({
  samplingIntervalMs,
  queueSize,
  isExempt,
});

/** Names of the fields of the file that differ; the name of a sampling class counts for what it stands for. */
function changedFields(before: MappedTag, after: MappedTag): string[] {
  const [one, other]: [Record<string, unknown>, Record<string, unknown>] = [
    { ...before.config, sampling: samplingOf(before) },
    { ...after.config, sampling: samplingOf(after) },
  ];
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return names.filter((name) => !isDeepStrictEqual(one[name], other[name]));
}

const restart = (field: string, why: string): NeedsRestart => ({ kind: 'needs-restart', field, why });

/** Why a tag has to stay as it is until the next start, undefined when it can change now. */
function findObstacle(tag: MappedTag, fields: readonly string[], isForOee: boolean): NeedsRestart | undefined {
  const path = `machines[${tag.deviceId}].tags[${tag.metricName}]`;
  const unknown = fields.find((name) => TAG_FIELDS[name] === undefined);
  if (unknown !== undefined) {
    return restart(`${path}.${unknown}`, 'it cannot change while the gateway runs; all of the tag stays as it is');
  }
  if (!isForOee || !fields.includes('datatype')) return undefined;
  return restart(`${path}.datatype`, 'OEE reads the values of this tag; all of the tag stays as it is');
}

interface DevicePlan {
  readonly changes: readonly SiteChange[];
  readonly tags: readonly MappedTag[];
  readonly isReborn: boolean;
}

/** `isForOee` tells the tags that the running OEE takes its states and counts from. */
function planDevice(
  before: readonly MappedTag[],
  after: readonly MappedTag[],
  isForOee: (tagId: TagId) => boolean,
): DevicePlan {
  const changes: SiteChange[] = [];
  const tags: MappedTag[] = [];
  let isReborn = false;
  const known = new Map(before.map((tag) => [tag.tagId, tag]));
  for (const tag of after) {
    const { deviceId: machineId, metricName } = tag;
    const old = known.get(tag.tagId);
    if (old === undefined) {
      changes.push({ kind: 'tag-added', machineId, metricName });
      isReborn = true;
      tags.push(tag);
      continue;
    }
    const fields = changedFields(old, tag);
    const stayed = findObstacle(tag, fields, isForOee(tag.tagId));
    if (stayed !== undefined) changes.push(stayed);
    if (stayed === undefined && fields.length > 0) {
      const isInBirth = fields.some((name) => TAG_FIELDS[name] === 'in-birth');
      changes.push({ kind: 'tag-changed', machineId, metricName, fields, isReborn: isInBirth });
      isReborn ||= isInBirth;
    }
    tags.push(stayed === undefined ? tag : old);
  }
  const kept = new Set(after.map((tag) => tag.tagId));
  for (const tag of before.filter(({ tagId }) => !kept.has(tagId))) {
    const { deviceId: machineId, metricName } = tag;
    if (isForOee(tag.tagId)) {
      changes.push(
        restart(`machines[${machineId}].tags[${metricName}]`, 'OEE counts from this tag; it stays until then'),
      );
      tags.push(tag);
    } else {
      changes.push({ kind: 'tag-removed', machineId, metricName });
      isReborn = true;
    }
  }
  return { changes, tags, isReborn };
}

/** The values of all its tags come from another server from now on; one that has to stay as it is goes along. */
function planMove(present: readonly MappedTag[], wanted: readonly MappedTag[], plan: DevicePlan): DevicePlan {
  const [moved] = wanted;
  if (moved === undefined || present[0]?.serverId === moved.serverId) return plan;
  const { deviceId: machineId, serverId } = moved;
  const tags = plan.tags.map((tag) => ({ ...tag, serverId }));
  return {
    changes: [{ kind: 'machine-moved', machineId, serverId, tagCount: tags.length }, ...plan.changes],
    tags,
    isReborn: true,
  };
}

/**
 * Compares what runs with a changed site file. Pure.
 *
 * @param started the site that the process was started with: what is made of it once stays as it is.
 */
export function planSite(started: SiteConfig, running: RunningSite, next: SiteConfig): SitePlan {
  const servers = planServers(running, next);
  const changes: SiteChange[] = [...findRestartFields(started, next), ...servers.changes];
  const devices: DeviceImpact[] = [];
  const tags: MappedTag[] = [];
  const oeeTags = new Set(
    started.historian === undefined
      ? []
      : toMappedTags(started)
          .filter(({ config }) => config.role !== 'value')
          .map(({ tagId }) => tagId),
  );
  const reopened = new Set(servers.replaced.map(({ id }) => id));
  const before = byDevice(running.tags);
  const after = byDevice(toMappedTags(next));
  for (const [deviceId, wanted] of after) {
    const present = before.get(deviceId);
    if (present === undefined) {
      changes.push({ kind: 'machine-added', machineId: deviceId, tagCount: wanted.length });
      devices.push({ deviceId, message: 'DBIRTH', metricCount: wanted.length + OWN_METRICS });
      tags.push(...wanted);
      continue;
    }
    const inPlace = planDevice(present, wanted, (tagId) => oeeTags.has(tagId));
    const plan = planMove(present, wanted, inPlace);
    changes.push(...plan.changes);
    tags.push(...plan.tags);
    const isReborn = plan.isReborn || reopened.has(present[0]?.serverId ?? '');
    if (isReborn) devices.push({ deviceId, message: 'DBIRTH', metricCount: plan.tags.length + OWN_METRICS });
  }
  for (const [deviceId, present] of before) {
    if (after.has(deviceId)) continue;
    changes.push({ kind: 'machine-removed', machineId: deviceId, tagCount: present.length });
    devices.push({ deviceId, message: 'DDEATH', metricCount: 0 });
  }
  return { changes: [...changes, ...findOeeFields(started, next)], devices, tags, servers };
}

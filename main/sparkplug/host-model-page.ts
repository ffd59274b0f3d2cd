import type {
  HostDeviceRow,
  HostMetricRow,
  HostModelPage,
  HostModelQuery,
  HostNodeRow,
} from '../../shared/domain/host-model.ts';
import type { HostModel, ModelDevice, ModelMetric } from './host-model.ts';
import type { HostNode } from './host-node.ts';
import { describePayloadValue, nameDatatype } from './payload-json.ts';

const SHOWN_COUNT = 200;

/** One edge node on the broker that it was last born on. */
export interface ModelEntry {
  readonly broker: string;
  readonly node: HostNode;
  readonly model: HostModel;
}

const fits = (asked: string | null | undefined, is: string | null): boolean => asked === undefined || asked === is;

/** The part of the model that a query asks for. A search looks into node, device and metric names. */
export function toModelPage(entries: Iterable<ModelEntry>, query: HostModelQuery): HostModelPage {
  const search = query.search.trim().toLowerCase();
  const { fromIndex, maxRows } = query;
  const nodes: HostNodeRow[] = [];
  const rows: HostMetricRow[] = [];
  let nodeCount = 0;
  let rowCount = 0;
  for (const entry of entries) {
    const { groupId, edgeNodeId } = entry.node;
    if (!fits(query.groupId, groupId) || !fits(query.edgeNodeId, edgeNodeId)) continue;
    let hasMatch = `${groupId}/${edgeNodeId}`.toLowerCase().includes(search);
    for (const [deviceId, device] of entry.model.devices) {
      if (!fits(query.deviceId, deviceId)) continue;
      const path = `${groupId}/${edgeNodeId}/${deviceId === null ? '' : `${deviceId}/`}`.toLowerCase();
      hasMatch ||= path.includes(search);
      for (const [name, metric] of device.metrics) {
        if (search !== '' && !(path + name.toLowerCase()).includes(search)) continue;
        hasMatch = true;
        if (rowCount >= fromIndex && rows.length < maxRows)
          rows.push(toMetricRow(entry, deviceId, device, name, metric));
        rowCount += 1;
      }
    }
    if (!hasMatch) continue;
    nodeCount += 1;
    if (nodes.length < SHOWN_COUNT) nodes.push(toNodeRow(entry));
  }
  return { nodeCount, nodes, rowCount, rows };
}

const presenceOf = ({ isOnline, sinceMs, because }: ModelDevice) => ({ isOnline, sinceMs, because });

/** Facts of an edge node and its devices, without their metrics. */
function toNodeRow({ broker, node, model }: ModelEntry): HostNodeRow {
  const own = model.devices.get(null);
  const devices: HostDeviceRow[] = [];
  for (const [deviceId, device] of model.devices) {
    if (deviceId === null || devices.length >= SHOWN_COUNT) continue;
    devices.push({ deviceId, ...presenceOf(device), metricCount: device.metrics.size });
  }
  return {
    groupId: node.groupId,
    edgeNodeId: node.edgeNodeId,
    broker,
    ...(own === undefined ? { isOnline: false, sinceMs: null, because: null } : presenceOf(own)),
    alarm: node.duplicate.isFound ? 'duplicate-node' : null,
    bdSeq: node.bdSeq,
    seq: model.seq,
    messageCount: model.messageCount,
    metricCount: own?.metrics.size ?? 0,
    faultCounts: Object.fromEntries(model.faultCounts),
    rebirthRequests: Object.fromEntries(model.rebirthRequests),
    deviceCount: model.devices.size - 1,
    devices,
  };
}

/** One metric of a node (device null) or of a device. */
export function toMetricRow(
  { node: { groupId, edgeNodeId } }: ModelEntry,
  deviceId: string | null,
  device: ModelDevice,
  metricName: string,
  { alias, typeCode, last, historicalCount }: ModelMetric,
): HostMetricRow {
  return {
    groupId,
    edgeNodeId,
    deviceId,
    metricName,
    alias: alias === undefined ? null : String(alias),
    datatype: nameDatatype(typeCode),
    value: describeLast(last),
    quality: last?.quality ?? null,
    timestampMs: last?.timestampMs ?? null,
    receivedAtMs: last?.receivedAtMs ?? null,
    isStale: !device.isOnline || last?.quality === 'stale',
    historicalCount,
  };
}

function describeLast(last: ModelMetric['last']): string | null {
  if (last === undefined) return null;
  if (last.isTooLong) return '(too long to be kept)';
  return last.value === undefined ? '(cannot be read)' : describePayloadValue(last.value);
}

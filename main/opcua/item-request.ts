import {
  AttributeIds,
  DataChangeFilter,
  DataChangeTrigger,
  DeadbandType,
  type MonitoredItemCreateRequestOptions,
  MonitoringMode,
  type MonitoringParametersOptions,
  type NodeId,
} from 'node-opcua';
import type { OpcuaTag } from './opcua-source-options.ts';

export interface ResolvedTag {
  readonly tag: OpcuaTag;
  readonly nodeId: NodeId;
}

/** What is asked of the server for one tag, beside its node. */
export interface ItemParameters {
  readonly samplingIntervalMs: number;
  readonly queueSize: number;
  /** False when the server refused the filter. */
  readonly hasDeadband: boolean;
}

/** One value may fall on the edge of an interval, and the server's timers are not exact. */
const QUEUE_MARGIN = 2;

export interface QueueNeed {
  readonly publishingIntervalMs: number;
  /** Break of the network that is to be bridged. */
  readonly bridgeBreakMs: number;
  /** The server's own bound, Infinity where it tells none. */
  readonly mostValues: number;
}

/**
 * Values that must fit between two reports: as many as are sampled in a publishing interval and in a break that
 * is to be bridged. With sampling interval 0 every change counts, and how many there are nobody knows before:
 * the configured size stands, and a queue that was too small is seen by the overflow bit.
 */
export function queueSizeFor(configured: number, samplingIntervalMs: number, need: QueueNeed): number {
  if (samplingIntervalMs <= 0) return Math.min(configured, need.mostValues);
  const values = Math.ceil((need.publishingIntervalMs + need.bridgeBreakMs) / samplingIntervalMs) + QUEUE_MARGIN;
  return Math.min(Math.max(configured, values), need.mostValues);
}

/** Interval asked for: slowed tags never become faster than they are configured. */
export function samplingIntervalFor(tag: OpcuaTag, isSlow: boolean, slowSamplingIntervalMs: number): number {
  const isSlowed = isSlow && !tag.isExempt;
  return isSlowed ? Math.max(tag.samplingIntervalMs, slowSamplingIntervalMs) : tag.samplingIntervalMs;
}

export const hasDeadband = (tag: OpcuaTag): boolean =>
  tag.deadbandAbsolute !== undefined || tag.deadbandPercent !== undefined;

function toFilter(tag: OpcuaTag): DataChangeFilter | null {
  const percent = tag.deadbandPercent;
  const value = percent ?? tag.deadbandAbsolute;
  if (value === undefined) return null;
  return new DataChangeFilter({
    trigger: DataChangeTrigger.StatusValue,
    deadbandType: percent === undefined ? DeadbandType.Absolute : DeadbandType.Percent,
    deadbandValue: value,
  });
}

/** The monitoring parameters as the service wants them (OPC 10000-4, 7.21). */
export const toMonitoringParameters = (
  tag: OpcuaTag,
  clientHandle: number,
  asked: ItemParameters,
): MonitoringParametersOptions => ({
  clientHandle,
  samplingInterval: asked.samplingIntervalMs,
  queueSize: asked.queueSize,
  discardOldest: true,
  filter: asked.hasDeadband ? toFilter(tag) : null,
});

/** One item of a CreateMonitoredItems call. */
export const toItemRequest = (
  { tag, nodeId }: ResolvedTag,
  clientHandle: number,
  asked: ItemParameters,
): MonitoredItemCreateRequestOptions => ({
  itemToMonitor: { nodeId, attributeId: AttributeIds.Value },
  monitoringMode: MonitoringMode.Reporting,
  requestedParameters: toMonitoringParameters(tag, clientHandle, asked),
});

import { z } from 'zod';
import { PageQuery } from './listings.ts';
import { Quality } from './quality.ts';

/** What is asked of the host's model: every field that is given narrows; `deviceId` null is the node itself. */
export const HostModelQuery = PageQuery.extend({
  groupId: z.string().optional(),
  edgeNodeId: z.string().optional(),
  deviceId: z.string().nullable().optional(),
});
export type HostModelQuery = z.infer<typeof HostModelQuery>;

/** Since when and why a node or device is online or not; before the first word of it, `because` is null. */
const presence = {
  isOnline: z.boolean(),
  sinceMs: z.number().nullable(),
  because: z.string().nullable(),
};

export const HostDeviceRow = z.object({ deviceId: z.string(), ...presence, metricCount: z.number() });
export type HostDeviceRow = z.infer<typeof HostDeviceRow>;

/** An edge node as the host sees it. */
export const HostNodeRow = z.object({
  groupId: z.string(),
  edgeNodeId: z.string(),
  /** URL of the broker that the node was last born on. */
  broker: z.string(),
  ...presence,
  alarm: z.enum(['duplicate-node']).nullable(),
  bdSeq: z.number().nullable(),
  /** Of the last message taken in its order. */
  seq: z.number().nullable(),
  messageCount: z.number(),
  metricCount: z.number().describe('Of the node itself.'),
  faultCounts: z.record(z.string(), z.number()).describe('Messages that could not be used, by reason.'),
  rebirthRequests: z.record(z.string(), z.number()).describe('Births asked for, by cause.'),
  deviceCount: z.number(),
  devices: z.array(HostDeviceRow).describe('At most 200.'),
});
export type HostNodeRow = z.infer<typeof HostNodeRow>;

/** A metric of the last birth with its last value that was not historical. */
export const HostMetricRow = z.object({
  groupId: z.string(),
  edgeNodeId: z.string(),
  deviceId: z.string().nullable(),
  metricName: z.string(),
  /** As text: an alias has 64 bits. */
  alias: z.string().nullable(),
  datatype: z.string(),
  /** As text for people; a DataSet or Template as JSON; null where there is none. */
  value: z.string().nullable(),
  /** Null before the first value. */
  quality: Quality.nullable(),
  timestampMs: z.number().nullable(),
  receivedAtMs: z.number().nullable(),
  isStale: z.boolean().describe('Its node or device is offline, or it says so itself.'),
  historicalCount: z.number(),
});
export type HostMetricRow = z.infer<typeof HostMetricRow>;

export const HostModelPage = z.object({
  nodeCount: z.number(),
  nodes: z.array(HostNodeRow).describe('Those that fit the query, at most 200.'),
  rowCount: z.number(),
  rows: z.array(HostMetricRow),
});
export type HostModelPage = z.infer<typeof HostModelPage>;

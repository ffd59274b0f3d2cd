import { z } from 'zod';
import { Priority } from './metric.ts';

/** Which rows of the buffer are meant; every part that is given narrows it, none at all means every row. */
export const RowFilter = z.strictObject({
  /** Null is the edge node itself. */
  deviceId: z.string().max(200).nullable().optional(),
  metricName: z.string().max(500).optional(),
  /** Source times before this one, milliseconds since 1970 UTC. */
  beforeMs: z.number().optional(),
  /** Source times from this one on, milliseconds since 1970 UTC. */
  fromMs: z.number().optional(),
  priority: Priority.optional(),
});
export type RowFilter = z.infer<typeof RowFilter>;

/** Which rows of the buffer a purge takes. */
export const PurgeFilter = RowFilter.extend({
  /** Looked for in `device/metric` names, whatever the case. */
  search: z.string().min(1).max(200).optional(),
});
export type PurgeFilter = z.infer<typeof PurgeFilter>;

/** A row that was set aside instead of being sent: it cannot be read, or nobody takes it. */
export const DeadLetter = z.object({
  rowId: z.number(),
  deviceId: z.string().nullable(),
  metricName: z.string(),
  timestampMs: z.number(),
  foundAtMs: z.number(),
  reason: z.string(),
  /** Its checksum is right, so it can be put back into the queue. */
  isReadable: z.boolean(),
});
export type DeadLetter = z.infer<typeof DeadLetter>;

/** What became of the dead letters when they were to be put back. */
export const RetryResult = z.object({
  retriedCount: z.number(),
  /** Still set aside: damaged, or without room in the file. */
  keptCount: z.number(),
  /** The newest row id, for whoever sends. */
  lastRowId: z.number(),
});
export type RetryResult = z.infer<typeof RetryResult>;

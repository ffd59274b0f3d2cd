import { z } from 'zod';
import { Priority } from './metric.ts';
import { RowFilter } from './purge.ts';
import { Quality } from './quality.ts';

/** A page of a list that may be very long; `fromIndex` counts from 0. */
export const PageQuery = z.strictObject({
  fromIndex: z.number().int().min(0),
  maxRows: z.number().int().min(1).max(500),
  search: z.string().max(200).default(''),
});
export type PageQuery = z.infer<typeof PageQuery>;

const RowState = z.enum(['waiting', 'sent']);

/** A page of the forward buffer, oldest first. */
export const QueueQuery = PageQuery.extend({ filter: RowFilter.default({}), state: RowState.optional() });
export type QueueQuery = z.infer<typeof QueueQuery>;

/** A row of the forward buffer as people see it; `value` is text, null is no value. */
export const QueueRow = z.object({
  rowId: z.number(),
  state: RowState,
  priority: Priority,
  deviceId: z.string().nullable(),
  metricName: z.string(),
  datatype: z.string(),
  value: z.string().nullable(),
  quality: Quality,
  timestampMs: z.number(),
  storedAtMs: z.number(),
});
export type QueueRow = z.infer<typeof QueueRow>;

export const QueuePage = z.object({ rowCount: z.number(), rows: z.array(QueueRow) });
export type QueuePage = z.infer<typeof QueuePage>;

/** A configured tag with its last value. */
export const TagRow = z.object({
  tagId: z.string(),
  machineId: z.string(),
  metricName: z.string(),
  datatype: z.string(),
  unit: z.string().nullable(),
  role: z.string(),
  node: z.string(),
  /** Null before the first value. */
  last: z
    .object({
      value: z.string().nullable(),
      quality: Quality,
      sourceTimestampMs: z.number(),
      receivedAtMs: z.number(),
    })
    .nullable(),
});
export type TagRow = z.infer<typeof TagRow>;

export const TagPage = z.object({ rowCount: z.number(), rows: z.array(TagRow) });
export type TagPage = z.infer<typeof TagPage>;

/** What was dropped or purged, with its reason: never in silence. */
export const LossEntry = z.object({
  deviceId: z.string().nullable(),
  metricName: z.string(),
  reason: z.string(),
  droppedCount: z.number(),
  firstTimestampMs: z.number(),
  lastTimestampMs: z.number(),
});
export type LossEntry = z.infer<typeof LossEntry>;

import type { PageQuery, QueuePage, QueueRow, TagPage, TagRow } from '../../shared/domain/listings.ts';
import { type ArrayValue, isArrayValue, type MetricValue } from '../../shared/domain/metric.ts';
import type { Mapping } from '../mapping/mapping.ts';
import type { MappedTag } from '../mapping/tag-map.ts';
import type { StoredChange } from './ports.ts';

/** Longer texts show their beginning: a page of rows goes to the window twice a second. */
const SHOWN_TEXT = 200;
/** So many items of an array, and characters of each, fit into a line. */
const SHOWN_ITEMS = 4;
const SHOWN_CHARACTERS = 20;

function describeItem(item: ArrayValue[number]): string {
  if (typeof item !== 'string') return Object.is(item, -0) ? '-0' : String(item);
  return JSON.stringify(shorten(item, SHOWN_CHARACTERS));
}

const shorten = (text: string, characters: number): string =>
  text.length > characters ? `${text.slice(0, characters)}…` : text;

function describeArray(items: ArrayValue): string {
  const shown = Array.from<ArrayValue[number], string>(items.slice(0, SHOWN_ITEMS), describeItem).join(', ');
  return items.length <= SHOWN_ITEMS ? `[${shown}]` : `[${shown}, …] ${items.length} items`;
}

/** A value as text for people: exact for numbers, bytes as their count, long texts and arrays shortened, null stays null. */
export function describeValue(value: MetricValue): string | null {
  if (value === null) return null;
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (isArrayValue(value)) return describeArray(value);
  if (typeof value === 'string') return shorten(value, SHOWN_TEXT);
  return Object.is(value, -0) ? '-0' : String(value);
}

/** One page of the configured tags with their last values; `isConnected` tells whether a server is heard. */
export function toTagPage(mapping: Mapping, query: PageQuery, isConnected: (serverId: string) => boolean): TagPage {
  const search = query.search.trim().toLowerCase();
  const matches = (tag: MappedTag): boolean => `${tag.tagId} ${tag.config.node}`.toLowerCase().includes(search);
  const found = search === '' ? mapping.tags : mapping.tags.filter(matches);
  const page = found.slice(query.fromIndex, query.fromIndex + query.maxRows);
  return { rowCount: found.length, rows: page.map((tag) => toTagRow(mapping, tag, isConnected(tag.serverId))) };
}

function toTagRow(mapping: Mapping, tag: MappedTag, isConnected: boolean): TagRow {
  const last = mapping.lastValue(tag.tagId);
  return {
    tagId: tag.tagId,
    machineId: tag.deviceId,
    metricName: tag.metricName,
    datatype: tag.datatype,
    unit: tag.config.unit ?? null,
    role: tag.config.role,
    node: tag.config.node,
    last:
      last === undefined
        ? null
        : {
            value: describeValue(last.sample.value),
            // Report by exception: a value holds while its server is heard, and is stale from then on.
            quality: isConnected ? last.sample.quality : 'stale',
            sourceTimestampMs: last.sample.sourceTimestampMs,
            receivedAtMs: last.receivedAtMs,
          },
  };
}

/** Rows of the buffer as the queue screen shows them. */
export function toQueuePage(
  page: { readonly rowCount: number; readonly rows: readonly StoredChange[] },
  stateOf: (rowId: number) => QueueRow['state'],
): QueuePage {
  const rows = page.rows.map((row): QueueRow => ({
    rowId: row.rowId,
    state: stateOf(row.rowId),
    priority: row.priority ?? 'normal',
    deviceId: row.deviceId,
    metricName: row.metricName,
    datatype: row.datatype,
    value: describeValue(row.value),
    quality: row.quality,
    timestampMs: row.timestampMs,
    storedAtMs: row.storedAtMs,
  }));
  return { rowCount: page.rowCount, rows };
}

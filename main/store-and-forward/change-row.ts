/**
 * How a change lies in a row, exact for every value: SQLite has no NaN (it becomes NULL), no negative zero, no
 * unsigned 64 bits and no boolean, so a row says which kind of value it holds. Every row carries a checksum over
 * all its columns, its metric's name and its own id: `integrity_check` does not see a flipped byte in a value.
 */
import { crc32 } from 'node:zlib';
import { type ItemKind, type JsonItem, parseJsonItems, toJsonItems } from '../../shared/domain/array-json.ts';
import type { ArrayValue, Datatype } from '../../shared/domain/metric.ts';
import { isArrayValue, type MetricChange, type MetricValue, PRIORITIES } from '../../shared/domain/metric.ts';
import type { Quality } from '../../shared/domain/quality.ts';

/** A value as SQLite stores it: NULL, REAL or INTEGER, TEXT, BLOB. */
type StoredValue = null | number | string | Uint8Array;

export interface MetricIdentity {
  readonly deviceId: string | null;
  readonly metricName: string;
  readonly datatype: Datatype;
}

/** The columns of table `change`, in the file's own names. */
export interface ChangeColumns {
  readonly row_id: number;
  readonly metric_id: number;
  readonly value_kind: number;
  readonly value: StoredValue;
  readonly quality: number;
  readonly status_code: number;
  readonly timestamp_ms: number;
  readonly stored_at_ms: number;
  readonly crc32: number;
  /** Place in `PRIORITIES`. */
  readonly priority: number;
}

const KIND = { none: 0, number: 1, numberBits: 2, bigint: 3, boolean: 4, text: 5, bytes: 6 } as const;
/** Arrays are JSON text; the kind says what the items are. Files of before have none of these kinds. */
const ARRAY_KIND = { number: 7, bigint: 8, boolean: 9, string: 10 } as const;
const ITEM_KINDS = new Map<number, ItemKind>(
  (['number', 'bigint', 'boolean', 'string'] as const).map((kind) => [ARRAY_KIND[kind], kind]),
);
const arrayText = (value: ArrayValue): string => JSON.stringify(toJsonItems(value));
export const QUALITIES: readonly Quality[] = ['good', 'uncertain', 'bad', 'stale'];

function toStoredArray(value: ArrayValue): { readonly kind: number; readonly stored: string } {
  // An empty array reads back the same whatever its items would be.
  const itemKind = typeof (value[0] ?? 0) as ItemKind;
  return { kind: ARRAY_KIND[itemKind], stored: arrayText(value) };
}

function toStored(value: MetricValue): { readonly kind: number; readonly stored: StoredValue } {
  switch (typeof value) {
    case 'number':
      return Number.isNaN(value) || Object.is(value, -0)
        ? { kind: KIND.numberBits, stored: new Uint8Array(Float64Array.of(value).buffer) }
        : { kind: KIND.number, stored: value };
    case 'bigint':
      return { kind: KIND.bigint, stored: value.toString() };
    case 'boolean':
      return { kind: KIND.boolean, stored: value ? 1 : 0 };
    case 'string':
      return { kind: KIND.text, stored: value };
    default:
      if (value === null) return { kind: KIND.none, stored: null };
      return isArrayValue(value) ? toStoredArray(value) : { kind: KIND.bytes, stored: value };
  }
}

/** Only for columns whose checksum is right, so the kind and the stored class agree. */
function toValue({ value_kind: kind, value }: ChangeColumns): MetricValue {
  if (typeof value === 'number') return kind === KIND.boolean ? value !== 0 : value;
  if (typeof value === 'string') {
    const itemKind = ITEM_KINDS.get(kind);
    if (itemKind !== undefined) return parseJsonItems(itemKind, JSON.parse(value) as JsonItem[]);
    return kind === KIND.bigint ? BigInt(value) : value;
  }
  if (value === null) return null;
  const bytes = Uint8Array.from(value);
  return kind === KIND.numberBits ? (new Float64Array(bytes.buffer)[0] ?? null) : bytes;
}

/** The classes as they lie in the file. */
export const PRIORITY_CODE = { low: 0, normal: 1, high: 2 } as const;

/** Start value of the row checksum: a damaged metric name then shows in every row that uses it. */
export const identityCrc = (identity: MetricIdentity): number =>
  crc32(JSON.stringify([identity.deviceId, identity.metricName, identity.datatype]));

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0xedb8_8320 ^ (crc >>> 1) : crc >>> 1;
  return crc;
});

const NUMBERS_BYTES = 56;
const numbers = new DataView(new ArrayBuffer(NUMBERS_BYTES));
const numberBytes = new Uint8Array(numbers.buffer);

/** What kind of thing the value is in the file: 7 as a number is not '7'. */
const storedKind = (value: StoredValue): number =>
  value === null ? 0 : typeof value === 'number' ? 1 : typeof value === 'string' ? 2 : 3;

/**
 * CRC-32 over all columns as 56 bytes, and over the text or bytes of the value after them. Run over a few bytes at
 * a time, the call into zlib costs more than this loop (0.6 against 0.1 microseconds a row).
 */
function rowCrc(columns: Omit<ChangeColumns, 'crc32'>, metricCrc: number): number {
  const { value } = columns;
  numbers.setFloat64(0, columns.row_id);
  numbers.setFloat64(8, columns.metric_id);
  numbers.setFloat64(16, columns.timestamp_ms);
  numbers.setFloat64(24, columns.stored_at_ms);
  numbers.setFloat64(32, columns.status_code);
  numbers.setUint16(40, columns.value_kind);
  numbers.setUint16(42, columns.quality);
  numbers.setUint16(44, columns.priority);
  numbers.setUint16(46, storedKind(value));
  numbers.setFloat64(48, typeof value === 'number' ? value : 0);
  let crc = ~metricCrc;
  for (let index = 0; index < NUMBERS_BYTES; index++) {
    crc = (CRC_TABLE[(crc ^ (numberBytes[index] ?? 0)) & 255] ?? 0) ^ (crc >>> 8);
  }
  const overNumbers = ~crc >>> 0;
  return typeof value === 'string' || (typeof value === 'object' && value !== null)
    ? crc32(value, overNumbers)
    : overNumbers;
}

/** The checksum of rows of version 1, over the columns as text; they were all of normal priority. */
function rowCrcOfVersion1(columns: ChangeColumns, metricCrc: number): number {
  const { value } = columns;
  if (columns.priority !== PRIORITY_CODE.normal) return -1;
  const text = `${columns.row_id},${columns.metric_id},${columns.value_kind},${columns.quality},${columns.status_code},${columns.timestamp_ms},${columns.stored_at_ms}`;
  if (value === null) return crc32(text, metricCrc);
  if (typeof value === 'object') return crc32(value, crc32(`${text},b`, metricCrc));
  return crc32(`${text},${typeof value === 'number' ? 'n' : 't'}${value}`, metricCrc);
}

const isWhole = (columns: ChangeColumns, metricCrc: number): boolean =>
  rowCrc(columns, metricCrc) === columns.crc32 || rowCrcOfVersion1(columns, metricCrc) === columns.crc32;

export function toColumns(
  change: MetricChange,
  row: { readonly rowId: number; readonly metricId: number; readonly metricCrc: number; readonly storedAtMs: number },
): ChangeColumns {
  const { kind, stored } = toStored(change.value);
  const columns = {
    row_id: row.rowId,
    metric_id: row.metricId,
    value_kind: kind,
    value: stored,
    quality: QUALITIES.indexOf(change.quality),
    status_code: change.statusCode,
    timestamp_ms: change.timestampMs,
    stored_at_ms: row.storedAtMs,
    priority: PRIORITY_CODE[change.priority ?? 'normal'],
    crc32: 0,
  };
  columns.crc32 = rowCrc(columns, row.metricCrc);
  return columns;
}

/** Undefined for a value that its own kind cannot hold: one row must not end the reading of all. */
function tryValue(columns: ChangeColumns): MetricValue | undefined {
  try {
    return toValue(columns);
  } catch {
    return undefined;
  }
}

/** The change of a row, or undefined when the row is damaged: its checksum says so, or its value. */
export function parseColumns(
  columns: ChangeColumns,
  identity: MetricIdentity,
  metricCrc: number,
): (MetricChange & { readonly rowId: number; readonly storedAtMs: number }) | undefined {
  const quality = QUALITIES[columns.quality];
  const priority = PRIORITIES[columns.priority];
  if (quality === undefined || priority === undefined || !isWhole(columns, metricCrc)) return undefined;
  const value = tryValue(columns);
  if (value === undefined) return undefined;
  return {
    rowId: columns.row_id,
    deviceId: identity.deviceId,
    metricName: identity.metricName,
    datatype: identity.datatype,
    value,
    quality,
    statusCode: columns.status_code,
    timestampMs: columns.timestamp_ms,
    storedAtMs: columns.stored_at_ms,
    ...(priority === 'normal' ? {} : { priority }),
  };
}

/** Columns other than the value, with the b-tree's own bytes; measured 34 to 52. */
const ROW_OVERHEAD_BYTES = 56;
/** From here on a row may leave up to half of a page empty, because the next one does not fit beside it. */
const WIDE_VALUE_BYTES = 1_000;

function valueBytes(value: MetricValue): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (value instanceof Uint8Array) return value.byteLength;
  if (value !== null && isArrayValue(value)) return Buffer.byteLength(arrayText(value));
  return typeof value === 'bigint' ? 20 : 8;
}

/** Upper estimate of what a change takes in the file. */
export function estimateRowBytes(value: MetricValue): number {
  const bytes = ROW_OVERHEAD_BYTES + valueBytes(value);
  return bytes > WIDE_VALUE_BYTES ? 2 * bytes : bytes;
}

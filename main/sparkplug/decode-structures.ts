import type { ScalarValue } from '../../shared/domain/metric.ts';
import { toCell } from './metric-value.ts';
import type { DataSet, MetaData, PropertySet, PropertyValue, WireKind, WireValue } from './payload.ts';
import { WireFault, type WireReader } from './wire-reader.ts';

/** Structures nested deeper than this are refused: no real template or property set comes near. */
export const MAX_DEPTH = 24;

/** The bytes of a field tag: field number and wire type (0 varint, 1 eight bytes, 2 length-delimited, 5 four bytes). */
export const field = (number: number, wireType: 0 | 1 | 2 | 5): number => (number << 3) | wireType;

export function checkDepth(depth: number): void {
  if (depth > MAX_DEPTH) throw new WireFault('too-deep');
}

/** A scalar field of a cell, parameter or property, not yet read under its type. */
export interface RawCell {
  kind: WireKind;
  value: WireValue;
}

/**
 * Reads one of the six scalar fields that cells, parameters and properties have in common, in this order from field
 * `first`: int, long, float, double, boolean, string. False when `tag` is none of them.
 */
export function readScalarField(reader: WireReader, tag: number, first: number, into: RawCell): boolean {
  switch (tag - (first << 3)) {
    case 0:
      into.kind = 'int';
      into.value = reader.uint32();
      return true;
    case field(1, 0):
      into.kind = 'long';
      into.value = reader.uint64();
      return true;
    case field(2, 5):
      into.kind = 'float';
      into.value = reader.float();
      return true;
    case field(3, 1):
      into.kind = 'double';
      into.value = reader.double();
      return true;
    case field(4, 0):
      into.kind = 'boolean';
      into.value = reader.boolean();
      return true;
    case field(5, 2):
      into.kind = 'string';
      into.value = reader.string();
      return true;
    default:
      return false;
  }
}

export function readMetaData(reader: WireReader, end: number): MetaData {
  reader.spend(4);
  const meta: { -readonly [K in keyof MetaData]: MetaData[K] } = {
    isMultiPart: undefined,
    contentType: undefined,
    sizeBytes: undefined,
    seq: undefined,
    fileName: undefined,
    fileType: undefined,
    md5: undefined,
    description: undefined,
  };
  while (reader.at < end) {
    const tag = reader.tag();
    if (tag === field(1, 0)) meta.isMultiPart = reader.boolean();
    else if (tag === field(2, 2)) meta.contentType = reader.string();
    else if (tag === field(3, 0)) meta.sizeBytes = reader.uint53();
    else if (tag === field(4, 0)) meta.seq = reader.uint53();
    else if (tag === field(5, 2)) meta.fileName = reader.string();
    else if (tag === field(6, 2)) meta.fileType = reader.string();
    else if (tag === field(7, 2)) meta.md5 = reader.string();
    else if (tag === field(8, 2)) meta.description = reader.string();
    else reader.skip(tag);
  }
  reader.finish(end);
  return meta;
}

function readRow(reader: WireReader, end: number): RawCell[] {
  reader.spend(2);
  const cells: RawCell[] = [];
  while (reader.at < end) {
    const tag = reader.tag();
    if (tag !== field(1, 2)) {
      reader.skip(tag);
      continue;
    }
    reader.spend(2);
    const cell: RawCell = { kind: 'none', value: undefined };
    const cellEnd = reader.nestedEnd(end);
    while (reader.at < cellEnd) {
      const cellTag = reader.tag();
      if (!readScalarField(reader, cellTag, 1, cell)) reader.skip(cellTag);
    }
    reader.finish(cellEnd);
    cells.push(cell);
  }
  reader.finish(end);
  return cells;
}

function toRow(cells: readonly RawCell[], types: readonly number[]): ScalarValue[] | undefined {
  const row: ScalarValue[] = [];
  for (const [index, type] of types.entries()) {
    const cell = cells[index];
    const value = cell === undefined ? undefined : toCell(type, cell.kind, cell.value);
    if (value === undefined) return undefined;
    row.push(value);
  }
  return row;
}

function readType(reader: WireReader): number {
  reader.spend(1);
  return reader.uint32();
}

/** Undefined when columns, types and rows contradict one another (tck-id-payloads-dataset-column-num-headers). */
export function readDataSet(reader: WireReader, end: number): DataSet | undefined {
  reader.spend(4);
  let columnCount: number | undefined;
  const columns: string[] = [];
  const types: number[] = [];
  const rawRows: RawCell[][] = [];
  while (reader.at < end) {
    const tag = reader.tag();
    if (tag === field(1, 0)) columnCount = reader.uint53();
    else if (tag === field(2, 2)) columns.push(reader.string());
    else if (tag === field(3, 0)) types.push(readType(reader));
    else if (tag === field(3, 2)) {
      const packedEnd = reader.nestedEnd(end);
      while (reader.at < packedEnd) types.push(readType(reader));
      reader.finish(packedEnd);
    } else if (tag === field(4, 2)) rawRows.push(readRow(reader, reader.nestedEnd(end)));
    else reader.skip(tag);
  }
  reader.finish(end);
  if ((columnCount ?? columns.length) !== columns.length || types.length !== columns.length) return undefined;
  const rows: ScalarValue[][] = [];
  for (const cells of rawRows) {
    const row = cells.length === types.length ? toRow(cells, types) : undefined;
    if (row === undefined) return undefined;
    rows.push(row);
  }
  return { columns, types, rows };
}

/** A property set as it could be read, and whether something in it could not. */
export interface ReadProperties {
  readonly properties: PropertySet;
  readonly hasBad: boolean;
}

function readPropertySetList(reader: WireReader, end: number, depth: number): ReadProperties[] {
  checkDepth(depth);
  reader.spend(2);
  const sets: ReadProperties[] = [];
  while (reader.at < end) {
    const tag = reader.tag();
    if (tag === field(1, 2)) sets.push(readPropertySet(reader, reader.nestedEnd(end), depth + 1));
    else reader.skip(tag);
  }
  reader.finish(end);
  return sets;
}

function toUntypedScalar(raw: WireValue): ScalarValue | undefined {
  return typeof raw === 'object' ? undefined : (raw ?? null);
}

/** Undefined when the value does not go with its type; nested sets report their own faults through `hasBad`. */
function readPropertyValue(reader: WireReader, end: number, depth: number): [PropertyValue | undefined, boolean] {
  checkDepth(depth);
  reader.spend(2);
  const cell: RawCell = { kind: 'none', value: undefined };
  let type: number | undefined;
  let isNull = false;
  let nested: ReadProperties | readonly ReadProperties[] | undefined;
  while (reader.at < end) {
    const tag = reader.tag();
    if (tag === field(1, 0)) type = reader.uint32();
    else if (tag === field(2, 0)) isNull = reader.boolean();
    else if (tag === field(9, 2)) nested = readPropertySet(reader, reader.nestedEnd(end), depth + 1);
    else if (tag === field(10, 2)) nested = readPropertySetList(reader, reader.nestedEnd(end), depth + 1);
    else if (!readScalarField(reader, tag, 3, cell)) reader.skip(tag);
  }
  reader.finish(end);
  if (isNull) return [{ type, value: null }, false];
  if (nested !== undefined) {
    if ('hasBad' in nested) return [{ type, value: nested.properties }, nested.hasBad];
    return [{ type, value: nested.map((set) => set.properties) }, nested.some((set) => set.hasBad)];
  }
  const value = type === undefined ? toUntypedScalar(cell.value) : toCell(type, cell.kind, cell.value);
  return value === undefined ? [undefined, true] : [{ type, value }, false];
}

/** Keys and values are two lists of equal length (tck-id-payloads-propertyset-keys-array-size). */
export function readPropertySet(reader: WireReader, end: number, depth: number): ReadProperties {
  checkDepth(depth);
  reader.spend(4);
  const keys: string[] = [];
  const values: (PropertyValue | undefined)[] = [];
  let hasBad = false;
  while (reader.at < end) {
    const tag = reader.tag();
    if (tag === field(1, 2)) keys.push(reader.string());
    else if (tag === field(2, 2)) {
      const [value, isBad] = readPropertyValue(reader, reader.nestedEnd(end), depth + 1);
      values.push(value);
      hasBad ||= isBad;
    } else reader.skip(tag);
  }
  reader.finish(end);
  // Which value belongs to which key is unknown then, so none is believed.
  if (keys.length !== values.length) return { properties: new Map(), hasBad: true };
  const properties = new Map<string, PropertyValue>();
  for (const [index, key] of keys.entries()) {
    const value = values[index];
    if (value !== undefined) properties.set(key, value);
  }
  return { properties, hasBad };
}

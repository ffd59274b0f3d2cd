import type sparkplugProto from 'sparkplug-payload/lib/sparkplugPayloadProto.js';
import { isArrayDatatype, type ScalarValue } from '../../shared/domain/metric.ts';
import { MAX_DEPTH } from './decode-structures.ts';
import { EncodeFault, within } from './encode-fault.ts';
import { isWritableText, type ScalarFields, setScalar, toHalves } from './encode-scalar.ts';
import type { DataSet, MetaData, PropertySet, PropertyValue } from './payload.ts';
import { PAYLOAD_DATATYPES, toDatatype } from './payload.ts';

type Metric = sparkplugProto.org.eclipse.tahu.protobuf.Payload.IMetric;
type GeneratedDataSet = NonNullable<Metric['datasetValue']>;
type GeneratedMetaData = NonNullable<Metric['metadata']>;
type GeneratedProperties = NonNullable<Metric['properties']>;
type GeneratedProperty = NonNullable<GeneratedProperties['values']>[number];

const TWO_POW_64 = 2 ** 64;

export function checkEncodeDepth(depth: number): void {
  if (depth > MAX_DEPTH) throw new EncodeFault('too-deep', '');
}

export function toText(text: string, place: string): string {
  if (!isWritableText(text)) throw new EncodeFault('no-utf8', place);
  return text;
}

/** A uint64 of the wire: timestamps, counts and aliases. */
export function toUint64(value: number | bigint, place: string): number | ReturnType<typeof toHalves> {
  const isOne =
    typeof value === 'bigint'
      ? BigInt.asUintN(64, value) === value
      : Number.isInteger(value) && value >= 0 && value < TWO_POW_64;
  if (!isOne) throw new EncodeFault('number-out-of-range', place);
  return typeof value === 'bigint' ? toHalves(value) : value;
}

/** A cell, parameter or property: no value means null there; arrays and bytes have no field there. */
export function setCell(fields: ScalarFields, typeCode: number, value: ScalarValue, place: string): void {
  const datatype = toDatatype(typeCode);
  if (datatype === undefined || isArrayDatatype(datatype) || datatype === 'Bytes') {
    throw new EncodeFault('unknown-datatype', place);
  }
  if (value !== null && !setScalar(fields, datatype, value)) throw new EncodeFault('value-not-of-type', place);
}

/** Row by row as the decoder gives it; `numOfColumns` is always written (tck-id-payloads-dataset-column-size). */
export function toGeneratedDataSet({ columns, types, rows }: DataSet): GeneratedDataSet {
  if (types.length !== columns.length) throw new EncodeFault('rows-do-not-fit-columns', 'types');
  const checked = columns.map((column, index) => {
    setCell({}, types[index] ?? 0, null, `column ${index}`);
    return toText(column, `column ${index}`);
  });
  return {
    numOfColumns: columns.length,
    columns: checked,
    types: [...types],
    rows: rows.map((cells, row) => {
      if (cells.length !== types.length) throw new EncodeFault('rows-do-not-fit-columns', `row ${row}`);
      const elements = cells.map((cell, column) => {
        const fields: ScalarFields = {};
        setCell(fields, types[column] ?? 0, cell, `row ${row}, column ${column}`);
        return fields;
      });
      return { elements };
    }),
  };
}

export function toGeneratedMetaData(meta: MetaData): GeneratedMetaData {
  const { isMultiPart, sizeBytes, seq } = meta;
  const generated: GeneratedMetaData = {};
  if (isMultiPart !== undefined) generated.isMultiPart = isMultiPart;
  if (sizeBytes !== undefined) generated.size = toUint64(sizeBytes, 'size');
  if (seq !== undefined) generated.seq = toUint64(seq, 'seq');
  for (const key of ['contentType', 'fileName', 'fileType', 'md5', 'description'] as const) {
    const text = meta[key];
    if (text !== undefined) generated[key] = toText(text, key);
  }
  return generated;
}

/** Of a DATA message nobody knows the datatype: the field of the kind that JavaScript sees. */
function setUntyped(fields: ScalarFields, value: ScalarValue): void {
  if (typeof value === 'number') {
    const isUint32 = value >>> 0 === value && !Object.is(value, -0);
    if (isUint32) fields.intValue = value;
    else fields.doubleValue = value;
  } else if (typeof value === 'bigint') fields.longValue = toUint64(value, '');
  else if (typeof value === 'boolean') fields.booleanValue = value;
  else if (typeof value === 'string') fields.stringValue = toText(value, '');
  else throw new EncodeFault('unknown-datatype', '');
}

const isSet = (value: PropertyValue['value']): value is PropertySet => value instanceof Map;
const isSetList = (value: PropertyValue['value']): value is readonly PropertySet[] => Array.isArray(value);

function toGeneratedProperty({ type, value }: PropertyValue, depth: number): GeneratedProperty {
  checkEncodeDepth(depth);
  const generated: GeneratedProperty = {};
  if (type !== undefined) generated.type = type;
  const typeName = PAYLOAD_DATATYPES[type ?? 0];
  if (type !== undefined && (typeName === undefined || typeName === 'Unknown')) {
    throw new EncodeFault('unknown-datatype', '');
  }
  if (value === null) generated.isNull = true;
  else if (isSet(value) || isSetList(value)) {
    const wanted = isSet(value) ? 'PropertySet' : 'PropertySetList';
    if (type !== undefined && typeName !== wanted) throw new EncodeFault('value-not-of-type', '');
    if (isSet(value)) generated.propertysetValue = toGeneratedProperties(value, depth + 1);
    else {
      checkEncodeDepth(depth + 1);
      const sets = value.map((set, index) => within(`set ${index}`, () => toGeneratedProperties(set, depth + 2)));
      generated.propertysetsValue = { propertyset: sets };
    }
  } else if (type === undefined) setUntyped(generated, value);
  else setCell(generated, type, value, '');
  return generated;
}

/** Keys and values stand in one Map, so they are equal in number (tck-id-payloads-propertyset-keys-array-size). */
export function toGeneratedProperties(set: PropertySet, depth: number): GeneratedProperties {
  checkEncodeDepth(depth);
  const keys: string[] = [];
  const values: GeneratedProperty[] = [];
  for (const [key, value] of set) {
    within(`property "${key}"`, () => {
      keys.push(toText(key, ''));
      values.push(toGeneratedProperty(value, depth + 1));
    });
  }
  return { keys, values };
}

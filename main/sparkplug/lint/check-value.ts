import { isArrayDatatype } from '../../../shared/domain/metric.ts';
import { toMetricValue } from '../metric-value.ts';
import { PAYLOAD_DATATYPES, type PayloadMetric, toDatatype, type WireKind } from '../payload.ts';
import type { Report } from './finding-log.ts';

// prettier-ignore
const WIRE_KINDS: Readonly<Partial<Record<(typeof PAYLOAD_DATATYPES)[number], WireKind>>> = {
  Int8: 'int', Int16: 'int', Int32: 'int', UInt8: 'int', UInt16: 'int', UInt32: 'int',
  Int64: 'long', UInt64: 'long', DateTime: 'long', Float: 'float', Double: 'double', Boolean: 'boolean',
  String: 'string', Text: 'string', UUID: 'string', DataSet: 'dataset', Bytes: 'bytes', File: 'bytes',
  Template: 'template',
};

const BOOLEAN_ARRAY = 32;
const COUNT_BYTES = 4;

export const nameType = (code: number): string => PAYLOAD_DATATYPES[code] ?? `unknown (${code})`;

/** The field that a value of this datatype belongs into; undefined for codes that no metric may have. */
export function toWireKind(code: number): WireKind | undefined {
  const datatype = toDatatype(code);
  if (datatype !== undefined && isArrayDatatype(datatype)) return 'bytes';
  const name = PAYLOAD_DATATYPES[code];
  return name === undefined ? undefined : WIRE_KINDS[name];
}

/** A value that is there, against the datatype of its birth. Structures are looked into elsewhere. */
export function checkValue(metric: PayloadMetric, typeCode: number, name: string, report: Report): void {
  const { wireKind, wireValue, isNull } = metric;
  const required = toWireKind(typeCode);
  if (required === undefined || isNull || wireKind === 'none') return;
  const type = nameType(typeCode);
  if (wireKind !== required) {
    const rule = required === 'int' && wireKind === 'long' ? 'uint32-long' : 'wire-kind';
    report(rule, `${name}, a ${type}, stands in ${wireKind}_value, required is ${required}_value`, name);
    return;
  }
  if (required === 'dataset' || required === 'template') return;
  const isBytes = wireValue instanceof Uint8Array;
  if (toMetricValue(metric, typeCode) === undefined) {
    if (isBytes) report('array-bytes', `the ${wireValue.length} bytes of ${name} are no ${type}`, name);
    else report('value-range', `${name} is ${String(wireValue)}, which no ${type} can be`, name);
  } else if (isBytes && typeCode === BOOLEAN_ARRAY) checkBits(wireValue, name, report);
}

/** Our decoder forgives bytes behind the last bit; the specification does not know any. */
function checkBits(bytes: Uint8Array, name: string, report: Report): void {
  const itemCount = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
  const required = COUNT_BYTES + Math.ceil(itemCount / 8);
  if (bytes.length === required) return;
  report(
    'array-bytes',
    `${name}, a BooleanArray of ${itemCount}, has ${bytes.length} bytes, required are ${required}`,
    name,
  );
}

import type { Report } from './finding-log.ts';
import { fieldsOf, lastOf, type RawField, readRawFields, textOf, uint32Of } from './raw-fields.ts';
import { findScalarFault, isBasicType } from './scalar-fields.ts';

const INT32 = 3;
const PROPERTY_SET = 20;
const PROPERTY_SET_LIST = 21;
const QUALITIES: readonly number[] = [0, 192, 500];
const MAX_DEPTH = 8;

/** The property set of a metric, from its bytes. */
export function checkProperties(bytes: Uint8Array, isInBirth: boolean, name: string, report: Report, depth = 0): void {
  if (depth > MAX_DEPTH) return;
  const fields = readRawFields(bytes);
  const keys = fieldsOf(fields, 1).map(textOf);
  const values = fieldsOf(fields, 2).map((value) => readRawFields(value.bytes));
  if (keys.length !== values.length) {
    report(
      'property-count',
      `${name} has ${keys.length} property keys and ${values.length} values, required are as many`,
      name,
    );
    return;
  }
  for (const [index, value] of values.entries()) {
    const key = keys[index] ?? '';
    checkProperty(value, isInBirth, `property ${key} of ${name}`, name, report);
    if (key === 'Quality') checkQuality(value, name, report);
    for (const set of fieldsOf(value, 9)) checkProperties(set.bytes, isInBirth, name, report, depth + 1);
    for (const list of fieldsOf(value, 10)) {
      for (const set of fieldsOf(readRawFields(list.bytes), 1)) {
        checkProperties(set.bytes, isInBirth, name, report, depth + 1);
      }
    }
  }
}

function checkProperty(
  value: readonly RawField[],
  isInBirth: boolean,
  title: string,
  name: string,
  report: Report,
): void {
  const typeField = lastOf(value, 1);
  if (typeField === undefined) {
    if (isInBirth) report('property-type', `${title} has no type, required is one in a birth`, name);
    return;
  }
  const type = uint32Of(typeField);
  const isNested = type === PROPERTY_SET || type === PROPERTY_SET_LIST;
  if (typeField.wireType !== 0 || !(isNested || isBasicType(type))) {
    report('property-type', `${title} has type ${type}, required is 1 to 14, 20 or 21`, name);
    return;
  }
  const nullField = lastOf(value, 2);
  if (nullField !== undefined && nullField.varint !== 0n) return;
  if (isNested) {
    const required = type === PROPERTY_SET ? 9 : 10;
    if (lastOf(value, required) === undefined)
      report('property-value', `${title} has no value of its type ${type}`, name);
    return;
  }
  const fault = findScalarFault(value, 3, type);
  if (fault !== undefined) report('property-value', `${title} ${fault}`, name);
}

function checkQuality(value: readonly RawField[], name: string, report: Report): void {
  const typeField = lastOf(value, 1);
  const type = typeField === undefined ? undefined : uint32Of(typeField);
  const valueField = lastOf(value, 3);
  if ((type !== undefined && type !== INT32) || valueField === undefined) {
    const seen = valueField === undefined ? 'no int_value' : `type ${type ?? 'none'}`;
    report('quality-type', `the Quality of ${name} has ${seen}, required is Int32 (3) in int_value`, name);
    return;
  }
  const code = uint32Of(valueField);
  if (!QUALITIES.includes(code)) {
    report('quality-value', `the Quality of ${name} is ${code}, required is 0, 192 or 500`, name);
  }
}

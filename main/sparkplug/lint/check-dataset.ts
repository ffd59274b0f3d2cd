import { WireFault, WireReader } from '../wire-reader.ts';
import type { Report } from './finding-log.ts';
import { fieldsOf, lastOf, type RawField, readRawFields } from './raw-fields.ts';
import { findScalarFault, isBasicType } from './scalar-fields.ts';

/** A data set, from its bytes. */
export function checkDataSet(bytes: Uint8Array, name: string, report: Report): void {
  const fields = readRawFields(bytes);
  const columnCount = fieldsOf(fields, 2).length;
  const countField = lastOf(fields, 1);
  if (countField === undefined) report('dataset-columns', `${name} has no num_of_columns, required is one`, name);
  else if (countField.varint !== BigInt(columnCount)) {
    const seen = `num_of_columns ${countField.varint} and ${columnCount} column names`;
    report('dataset-columns', `${name} has ${seen}, required are as many`, name);
  }
  const types = fieldsOf(fields, 3).flatMap(readTypes);
  if (types.length !== columnCount) {
    report('dataset-types', `${name} has ${columnCount} columns and ${types.length} types, required are as many`, name);
  }
  const badType = types.find((type) => !isBasicType(type));
  if (badType !== undefined)
    report('dataset-types', `${name} has a column of type ${badType}, required is 1 to 14`, name);
  for (const row of fieldsOf(fields, 4)) checkRow(fieldsOf(readRawFields(row.bytes), 1), types, name, report);
}

function checkRow(cells: readonly RawField[], types: readonly number[], name: string, report: Report): void {
  if (cells.length !== types.length) {
    report('dataset-rows', `a row of ${name} has ${cells.length} cells, required are ${types.length}`, name);
  }
  for (const [index, cell] of cells.entries()) {
    const type = types[index];
    const fields = readRawFields(cell.bytes);
    // A cell without a value is how senders write null.
    if (type === undefined || !isBasicType(type) || fields.length === 0) continue;
    const fault = findScalarFault(fields, 1, type);
    if (fault !== undefined) report('dataset-cell', `a cell of column ${index + 1} of ${name} ${fault}`, name);
  }
}

/** One number, or many in the packed form. */
function readTypes(field: RawField): number[] {
  if (field.wireType !== 2) return [Number(field.varint)];
  const reader = new WireReader(field.bytes);
  const types: number[] = [];
  try {
    while (reader.at < field.bytes.length) types.push(reader.uint32());
  } catch (error) {
    if (!(error instanceof WireFault)) throw error;
  }
  return types;
}

import { lastOf, type RawField } from './raw-fields.ts';

/** Int8 to Text: the types that cells, parameters and properties may have. */
export const isBasicType = (code: number): boolean => Number.isInteger(code) && code >= 1 && code <= 14;

/** Place of the field among the six scalar ones, by type code; index 0 is no type. */
const PLACES = [-1, 0, 0, 0, 1, 0, 0, 0, 1, 2, 3, 4, 5, 1, 5];
const FIELD_NAMES = ['int_value', 'long_value', 'float_value', 'double_value', 'boolean_value', 'string_value'];
const WIRE_TYPES = [0, 0, 5, 1, 0, 2];

/** Which of the six scalar fields, the first of them numbered `first`, stands in the message; −1 for none. */
export const findScalarPlace = (fields: readonly RawField[], first: number): number =>
  FIELD_NAMES.findIndex((_name, place) => lastOf(fields, first + place)?.wireType === WIRE_TYPES[place]);

/** What is wrong with a scalar of a cell, parameter or property under its type; undefined when nothing is. */
export function findScalarFault(fields: readonly RawField[], first: number, type: number): string | undefined {
  const place = findScalarPlace(fields, first);
  const required = PLACES[type] ?? -1;
  if (place === required) return undefined;
  return `stands in ${FIELD_NAMES[place] ?? 'none of the six scalar fields'}, required is ${FIELD_NAMES[required] ?? 'one of them'}`;
}

import type { ArrayDatatype, ArrayValue } from './metric.ts';

/** What an array's items are inside the engine; all are of the same kind. */
export type ItemKind = 'number' | 'bigint' | 'boolean' | 'string';

export type JsonItem = number | boolean | string;

/** JSON has no such number: they go as text, in the words of `Number()`. */
const hasNoJson = (value: number): boolean => !Number.isFinite(value) || Object.is(value, -0);

/** One value in the form of `toJsonItems`; scalars take it too. */
export function toJsonItem(item: number | bigint | boolean | string): JsonItem {
  if (typeof item === 'bigint') return item.toString();
  if (typeof item === 'number' && hasNoJson(item)) return Object.is(item, -0) ? '-0' : String(item);
  return item;
}

/**
 * The items in a form that JSON and jsonb keep exactly: 64-bit integers as decimal text, NaN, Infinity, -Infinity and
 * -0 as text, everything else as itself. `parseJsonItems` is the inverse.
 */
export const toJsonItems = (value: ArrayValue): JsonItem[] =>
  Array.from<ArrayValue[number], JsonItem>(value, toJsonItem);

export function toItemKind(datatype: ArrayDatatype): ItemKind {
  if (datatype === 'Int64Array' || datatype === 'UInt64Array') return 'bigint';
  if (datatype === 'BooleanArray') return 'boolean';
  return datatype === 'StringArray' ? 'string' : 'number';
}

/** The array that `toJsonItems` wrote; the kind is not in the items (`"1"` may be an integer or a text). */
export function parseJsonItems(kind: ItemKind, items: readonly JsonItem[]): ArrayValue {
  switch (kind) {
    case 'number':
      return items.map(Number);
    case 'bigint':
      return items.map(BigInt);
    case 'boolean':
      return items.map(Boolean);
    case 'string':
      return items.map(String);
  }
}

import { Buffer } from 'node:buffer';
import type { ArrayDatatype, ArrayValue } from '../../shared/domain/metric.ts';
import { isWithin } from './integer-limits.ts';

type Item = ArrayValue[number];
type Write = (view: DataView, at: number, item: Item) => boolean;

const LARGEST_FLOAT = 3.4028234663852886e38;
/** Alone it is half a character, which UTF-8 cannot write. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Items of equal width one after the other; undefined when one does not fit. */
function packItems(items: readonly Item[], widthBytes: number, write: Write): Uint8Array | undefined {
  const bytes = new Uint8Array(items.length * widthBytes);
  const view = new DataView(bytes.buffer);
  return items.every((item, index) => write(view, index * widthBytes, item)) ? bytes : undefined;
}

/** Checks the range before the item is written: a DataView would cut it in silence. */
function integerOf(
  datatype: Parameters<typeof isWithin>[0],
  write: (view: DataView, at: number, item: number) => void,
): Write {
  return (view, at, item) => {
    if (!isWithin(datatype, item)) return false;
    write(view, at, item);
    return true;
  };
}

const writeInt64: Write = (view, at, item) => {
  if (typeof item !== 'bigint' || BigInt.asIntN(64, item) !== item) return false;
  view.setBigInt64(at, item, true);
  return true;
};

const writeUInt64: Write = (view, at, item) => {
  if (typeof item !== 'bigint' || BigInt.asUintN(64, item) !== item) return false;
  view.setBigUint64(at, item, true);
  return true;
};

const writeFloat: Write = (view, at, item) => {
  if (typeof item !== 'number' || (Number.isFinite(item) && Math.abs(item) > LARGEST_FLOAT)) return false;
  view.setFloat32(at, item, true);
  return true;
};

const writeDouble: Write = (view, at, item) => {
  if (typeof item !== 'number') return false;
  view.setFloat64(at, item, true);
  return true;
};

/** Signed, as for the scalar: an instant before 1970 survives. */
const writeInstant: Write = (view, at, item) => {
  if (typeof item !== 'number' || !Number.isSafeInteger(item)) return false;
  view.setBigInt64(at, BigInt(item), true);
  return true;
};

/** A little-endian count of 4 bytes, then the bits, most significant first, the rest of the last byte 0. */
function packBooleans(items: readonly Item[]): Uint8Array | undefined {
  const bytes = new Uint8Array(4 + Math.ceil(items.length / 8));
  new DataView(bytes.buffer).setUint32(0, items.length, true);
  for (const [index, item] of items.entries()) {
    if (typeof item !== 'boolean') return undefined;
    const at = 4 + (index >>> 3);
    if (item) bytes[at] = (bytes[at] ?? 0) | (0x80 >>> (index & 7));
  }
  return bytes;
}

/** Each text ended by a zero byte, so none may hold one. */
function packTexts(items: readonly Item[]): Uint8Array | undefined {
  const isWritable = (item: Item): boolean =>
    typeof item === 'string' && !item.includes('\0') && !LONE_SURROGATE.test(item);
  return items.every(isWritable) ? Buffer.from(items.map((item) => `${String(item)}\0`).join('')) : undefined;
}

/**
 * Bytes of an array (Sparkplug 3.0, section 6.4.17), the inverse of `decodeArray`; undefined when an item is none of
 * the datatype.
 */
export function encodeArray(datatype: ArrayDatatype, items: ArrayValue): Uint8Array | undefined {
  switch (datatype) {
    case 'Int8Array':
      return packItems(
        items,
        1,
        integerOf('Int8', (view, at, item) => view.setInt8(at, item)),
      );
    case 'Int16Array':
      return packItems(
        items,
        2,
        integerOf('Int16', (view, at, item) => view.setInt16(at, item, true)),
      );
    case 'Int32Array':
      return packItems(
        items,
        4,
        integerOf('Int32', (view, at, item) => view.setInt32(at, item, true)),
      );
    case 'Int64Array':
      return packItems(items, 8, writeInt64);
    case 'UInt8Array':
      return packItems(
        items,
        1,
        integerOf('UInt8', (view, at, item) => view.setUint8(at, item)),
      );
    case 'UInt16Array':
      return packItems(
        items,
        2,
        integerOf('UInt16', (view, at, item) => view.setUint16(at, item, true)),
      );
    case 'UInt32Array':
      return packItems(
        items,
        4,
        integerOf('UInt32', (view, at, item) => view.setUint32(at, item, true)),
      );
    case 'UInt64Array':
      return packItems(items, 8, writeUInt64);
    case 'FloatArray':
      return packItems(items, 4, writeFloat);
    case 'DoubleArray':
      return packItems(items, 8, writeDouble);
    case 'BooleanArray':
      return packBooleans(items);
    case 'StringArray':
      return packTexts(items);
    case 'DateTimeArray':
      return packItems(items, 8, writeInstant);
  }
}

import { isUtf8 } from 'node:buffer';
import type { ArrayDatatype, ArrayValue } from '../../shared/domain/metric.ts';

/** 16 MB of single bits would become a gigabyte of memory; more items than this are no value of a machine. */
const MAX_ITEM_COUNT = 1_048_576;

function readItems<T>(bytes: Uint8Array, widthBytes: number, read: (view: DataView, at: number) => T): T[] | undefined {
  if (bytes.length % widthBytes !== 0 || bytes.length / widthBytes > MAX_ITEM_COUNT) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / widthBytes }, (_item, index) => read(view, index * widthBytes));
}

/** A little-endian count of 4 bytes, then the bits, most significant first. */
function readBooleans(bytes: Uint8Array): boolean[] | undefined {
  if (bytes.length < 4) return undefined;
  const itemCount = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  if (itemCount > (bytes.length - 4) * 8 || itemCount > MAX_ITEM_COUNT) return undefined;
  return Array.from({ length: itemCount }, (_item, index) => {
    const byte = bytes[4 + (index >>> 3)] ?? 0;
    return ((byte >>> (7 - (index & 7))) & 1) === 1;
  });
}

/** UTF-8 strings, each ended by a zero byte. */
function readStrings(bytes: Uint8Array): string[] | undefined {
  if (bytes.length === 0) return [];
  if (bytes.at(-1) !== 0 || !isUtf8(bytes)) return undefined;
  const texts = new TextDecoder('utf-8', { ignoreBOM: true })
    .decode(bytes.subarray(0, -1))
    .split('\0', MAX_ITEM_COUNT + 1);
  return texts.length > MAX_ITEM_COUNT ? undefined : texts;
}

/**
 * Array datatypes 22 … 34 (Sparkplug 3.0, section 6.4.17): packed, little endian. Undefined where the bytes are no such
 * array: no whole number of items, fewer bits than the count says, a text without its end or not in UTF-8.
 */
export function decodeArray(datatype: ArrayDatatype, bytes: Uint8Array): ArrayValue | undefined {
  switch (datatype) {
    case 'Int8Array':
      return readItems(bytes, 1, (view, at) => view.getInt8(at));
    case 'Int16Array':
      return readItems(bytes, 2, (view, at) => view.getInt16(at, true));
    case 'Int32Array':
      return readItems(bytes, 4, (view, at) => view.getInt32(at, true));
    case 'Int64Array':
      return readItems(bytes, 8, (view, at) => view.getBigInt64(at, true));
    case 'UInt8Array':
      return readItems(bytes, 1, (view, at) => view.getUint8(at));
    case 'UInt16Array':
      return readItems(bytes, 2, (view, at) => view.getUint16(at, true));
    case 'UInt32Array':
      return readItems(bytes, 4, (view, at) => view.getUint32(at, true));
    case 'UInt64Array':
      return readItems(bytes, 8, (view, at) => view.getBigUint64(at, true));
    case 'FloatArray':
      return readItems(bytes, 4, (view, at) => view.getFloat32(at, true));
    case 'DoubleArray':
      return readItems(bytes, 8, (view, at) => view.getFloat64(at, true));
    case 'BooleanArray':
      return readBooleans(bytes);
    case 'StringArray':
      return readStrings(bytes);
    case 'DateTimeArray':
      return readItems(bytes, 8, (view, at) => Number(view.getBigInt64(at, true)));
  }
}

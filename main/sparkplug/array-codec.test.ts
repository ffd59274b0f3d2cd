import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ArrayDatatype, ArrayValue } from '../../shared/domain/metric.ts';
import { Datatype, DATATYPE_CODES, isArrayDatatype } from '../../shared/domain/metric.ts';
import { decodeArray } from './array-value.ts';
import { encodeArray } from './encode-array.ts';
import { PAYLOAD_DATATYPES } from './payload.ts';

const ARRAYS = Datatype.options.filter(isArrayDatatype);
const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('hex');

describe('arrays on the wire', () => {
  it('have the codes of the specification', () => {
    expect(ARRAYS.map((datatype) => PAYLOAD_DATATYPES[DATATYPE_CODES[datatype]])).toEqual(ARRAYS);
  });

  // Bytes made with Python's struct by section 6.4.17: little endian; the bits by hand, the most significant first.
  it.each<[ArrayDatatype, ArrayValue, string]>([
    ['Int8Array', [-23, 123], 'e97b'],
    ['Int16Array', [-30_000, 30_000], 'd08a3075'],
    ['Int32Array', [123_456_789, 987_654_321], '15cd5b07b168de3a'],
    ['Int64Array', [-4_270_929_666_821_191_986n, -2_222_222_222_222_222_222n], 'ce0672ac189cbac4721c77a8a91429e1'],
    ['UInt8Array', [23, 250], '17fa'],
    ['UInt16Array', [30, 52_360], '1e0088cc'],
    ['UInt32Array', [52, 3_293_969_225], '3400000049fb55c4'],
    ['UInt64Array', [52n, 16_444_743_074_749_521_625n], '3400000000000000d99e02d1b27637e4'],
    ['FloatArray', [1.23, 89.341].map(Math.fround), 'a4709d3f98aeb242'],
    ['DoubleArray', [-1.5, 0.25], '000000000000f8bf000000000000d03f'],
    ['BooleanArray', [false, false, true, true, false, true, false, false, true, true, false, true], '0c00000034d0'],
    ['StringArray', ['ABC', 'hello'], '4142430068656c6c6f00'],
    ['DateTimeArray', [1_256_102_875_335, -1], 'c7d0907524010000ffffffffffffffff'],
    ['BooleanArray', [], '00000000'],
    ['StringArray', [], ''],
    ['StringArray', [''], '00'],
    ['DoubleArray', [], ''],
  ])('%s %o lies as the specification says', (datatype, items, bytes) => {
    expect(hex(encodeArray(datatype, items))).toBe(bytes);
    expect(decodeArray(datatype, Buffer.from(bytes, 'hex'))).toStrictEqual(items);
  });

  it.each<[ArrayDatatype, readonly number[]]>([
    ['Int16Array', [1]],
    ['UInt32Array', [1, 2, 3, 4, 5]],
    ['Int64Array', [1, 2, 3, 4, 5, 6, 7]],
    ['DateTimeArray', [1]],
    ['BooleanArray', []],
    ['BooleanArray', [1, 0, 0]],
    ['BooleanArray', [9, 0, 0, 0, 0xff]],
    ['BooleanArray', [0xff, 0xff, 0xff, 0xff, 0xff]],
    ['StringArray', [0x41]],
    ['StringArray', [0x41, 0, 0x42]],
    ['StringArray', [0xc3, 0]],
    ['StringArray', [0xed, 0xa0, 0x80, 0]],
  ])('%s of the bytes %j is none', (datatype, bytes) => {
    expect(decodeArray(datatype, Uint8Array.from(bytes))).toBeUndefined();
  });

  it('refuses more items than a machine can mean, before they take memory', () => {
    const bits = new Uint8Array(4 + 1_048_584 / 8);
    new DataView(bits.buffer).setUint32(0, 1_048_577, true);
    expect(decodeArray('BooleanArray', bits)).toBeUndefined();
    expect(decodeArray('StringArray', new Uint8Array(1_048_577))).toBeUndefined();
    expect(decodeArray('Int8Array', new Uint8Array(1_048_577))).toBeUndefined();
    expect(decodeArray('Int8Array', new Uint8Array(1_048_576))).toHaveLength(1_048_576);
  });

  it('are an array or none for any bytes, and every array comes back as it was', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ARRAYS), fc.uint8Array({ maxLength: 40 }), (datatype, bytes) => {
        const items = decodeArray(datatype, bytes);
        if (items === undefined) return;
        const again = encodeArray(datatype, items);
        // DateTime beyond the exact integers and spare bits of a BooleanArray have no second form.
        if (again !== undefined) expect(decodeArray(datatype, again)).toStrictEqual(items);
      }),
      { numRuns: 3_000 },
    );
  });
});

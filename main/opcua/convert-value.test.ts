import fc from 'fast-check';
import { DataType, VariantArrayType } from 'node-opcua';
import { describe, expect, it } from 'vitest';
import type { ArrayDatatype, Datatype, MetricValue } from '../../shared/domain/metric.ts';
import { Datatype as DatatypeSchema, isArrayDatatype } from '../../shared/domain/metric.ts';
import { convertValue } from './convert-value.ts';

const array = (dataType: DataType, value: unknown) => ({ dataType, arrayType: VariantArrayType.Array, value });
const scalar = (dataType: DataType, value: unknown) => ({ dataType, arrayType: VariantArrayType.Scalar, value });
const toWords = (value: bigint): number[] => [Number((value >> 32n) & 0xffffffffn), Number(value & 0xffffffffn)];
const EARLIEST = new Date(Date.UTC(1601, 0, 1));
const LATEST = new Date(Date.UTC(9999, 11, 31, 23, 59, 59));

describe('an array of OPC UA', () => {
  it.each<[ArrayDatatype, DataType, unknown, MetricValue]>([
    ['Int8Array', DataType.SByte, Int8Array.of(-128, -1, 127), [-128, -1, 127]],
    ['UInt8Array', DataType.Byte, Uint8Array.of(0, 255), [0, 255]],
    ['Int16Array', DataType.Int16, Int16Array.of(-32_768, 32_767), [-32_768, 32_767]],
    ['UInt16Array', DataType.UInt16, Uint16Array.of(0, 65_535), [0, 65_535]],
    ['Int32Array', DataType.Int32, Int32Array.of(-(2 ** 31), 2 ** 31 - 1), [-(2 ** 31), 2 ** 31 - 1]],
    ['UInt32Array', DataType.UInt32, Uint32Array.of(0, 2 ** 32 - 1), [0, 2 ** 32 - 1]],
    ['Int64Array', DataType.Int64, [toWords(-(2n ** 63n)), toWords(-1n)], [-(2n ** 63n), -1n]],
    ['UInt64Array', DataType.UInt64, [toWords(0n), toWords(2n ** 64n - 1n)], [0n, 2n ** 64n - 1n]],
    ['FloatArray', DataType.Float, Float32Array.of(Number.NaN, -0, 0.1), [Number.NaN, -0, Math.fround(0.1)]],
    ['DoubleArray', DataType.Double, Float64Array.of(5e-324, -Infinity, -0), [5e-324, -Infinity, -0]],
    ['BooleanArray', DataType.Boolean, [true, false], [true, false]],
    ['StringArray', DataType.String, ['', 'Läuft 🏭'], ['', 'Läuft 🏭']],
    ['StringArray', DataType.LocalizedText, [{ text: 'Läuft', locale: 'de' }], ['Läuft']],
    ['StringArray', DataType.QualifiedName, [{ name: 'Execute', namespaceIndex: 1 }], ['Execute']],
    ['StringArray', DataType.Guid, ['72962B91-FA75-4AE6-8D28-B404DC7DAF63'], ['72962B91-FA75-4AE6-8D28-B404DC7DAF63']],
    [
      'DateTimeArray',
      DataType.DateTime,
      [EARLIEST, new Date(-1), LATEST],
      [-11_644_473_600_000, -1, 253_402_300_799_000],
    ],
    ['UInt32Array', DataType.StatusCode, [{ value: 0x808c0000 }], [0x808c0000]],
    ['UInt8Array', DataType.ByteString, Buffer.from([0, 255]), [0, 255]],
    ['Int64Array', DataType.Int32, Int32Array.of(-7), [-7n]],
    ['Int32Array', DataType.Double, Float64Array.of(3), [3]],
    ['DoubleArray', DataType.Variant, [scalar(DataType.Int32, 5), scalar(DataType.Float, 0.5)], [5, 0.5]],
    ['DoubleArray', DataType.Double, new Float64Array(0), []],
    ['StringArray', DataType.String, [], []],
    ['DoubleArray', DataType.Double, null, null],
  ])('is taken as %s from %i', (datatype, dataType, value, expected) => {
    const isScalar = dataType === DataType.ByteString;
    const conversion = convertValue((isScalar ? scalar : array)(dataType, value), datatype);
    expect(conversion).toStrictEqual({ isFit: true, value: expected });
  });

  it.each<[Datatype, ReturnType<typeof array>, string]>([
    ['Double', array(DataType.Double, Float64Array.of(1)), 'is an array'],
    ['String', array(DataType.String, ['a']), 'is an array'],
    ['DoubleArray', scalar(DataType.Double, 1), 'is no array'],
    ['StringArray', scalar(DataType.String, 'abc'), 'is no array'],
    ['Int64Array', scalar(DataType.Int64, [0, 1]), 'is no array'],
    [
      'DoubleArray',
      { ...array(DataType.Double, Float64Array.of(1)), arrayType: VariantArrayType.Matrix },
      'is a matrix',
    ],
    ['Double', { ...array(DataType.Double, Float64Array.of(1)), arrayType: VariantArrayType.Matrix }, 'is a matrix'],
    ['StringArray', array(DataType.String, ['a', null]), 'has an item that is null'],
    ['StringArray', array(DataType.LocalizedText, [{ text: null, locale: null }]), 'has an item that is null'],
    ['StringArray', array(DataType.LocalizedText, [null]), 'has an item that is null'],
    ['StringArray', array(DataType.String, ['Held\0\0']), 'has an item with a NUL character'],
    ['StringArray', array(DataType.ExtensionObject, [{}]), 'is a structure'],
    ['StringArray', array(DataType.ByteString, [Buffer.of(1)]), 'has another datatype'],
    ['StringArray', array(DataType.Double, Float64Array.of(1)), 'has another datatype'],
    ['Int8Array', array(DataType.Int16, Int16Array.of(1, 128)), 'is out of range'],
    ['UInt64Array', array(DataType.Int64, [toWords(-1n)]), 'is out of range'],
    ['DoubleArray', array(DataType.Int64, [toWords(2n ** 53n + 1n)]), 'is out of range'],
    ['FloatArray', array(DataType.Double, Float64Array.of(1e39)), 'is out of range'],
    ['DateTimeArray', array(DataType.DateTime, [new Date(Number.NaN)]), 'is out of range'],
    ['UInt8Array', array(DataType.Byte, new Uint8Array(600_000)), 'is too large'],
    ['StringArray', array(DataType.String, ['x'.repeat(5_000_000)]), 'is too large'],
    ['String', scalar(DataType.String, 'x'.repeat(5_000_000)), 'is too large'],
    ['DoubleArray', array(DataType.Variant, [array(DataType.Double, Float64Array.of(1))]), 'has another datatype'],
  ])('is refused as %s where it does not fit: %o, it %s', (datatype, variant, refusal) => {
    expect(convertValue(variant, datatype)).toEqual({ isFit: false, refusal });
  });

  it('takes an array of Byte and a byte string as the same bytes, and copies them', () => {
    const bytes = Buffer.from([0, 7, 255]);
    const conversions = [array(DataType.Byte, bytes), scalar(DataType.ByteString, bytes)].map((variant) => [
      convertValue(variant, 'Bytes'),
      convertValue(variant, 'UInt8Array'),
    ]);
    bytes.fill(9);
    const both = [
      { isFit: true, value: Uint8Array.of(0, 7, 255) },
      { isFit: true, value: [0, 7, 255] },
    ];
    expect(conversions).toStrictEqual([both, both]);
    expect(convertValue(scalar(DataType.ByteString, Buffer.alloc(0)), 'Bytes')).toStrictEqual({
      isFit: true,
      value: new Uint8Array(0),
    });
  });

  it('reads the most ticks that a DateTime can have as the end of the year 9999', () => {
    expect(convertValue(scalar(DataType.DateTime, new Date(910_692_730_085_477)), 'DateTime')).toEqual({
      isFit: true,
      value: LATEST.getTime(),
    });
    // Negative ticks, which the driver reads without their sign.
    expect(convertValue(scalar(DataType.DateTime, new Date(1_833_029_933_770_955)), 'DateTime').isFit).toBe(false);
  });

  it('leaves out what a DateTime holds below the millisecond', () => {
    const fine = Object.assign(new Date(-1), { picoseconds: 999_900_000 });
    expect(convertValue(scalar(DataType.DateTime, fine), 'DateTime')).toEqual({ isFit: true, value: -1 });
    expect(convertValue(array(DataType.DateTime, [fine]), 'DateTimeArray')).toEqual({ isFit: true, value: [-1] });
  });

  it('has each item exactly as the same value would be alone, or is refused', () => {
    const types = [DataType.Int16, DataType.UInt32, DataType.Double, DataType.Float, DataType.Boolean, DataType.String];
    const item = fc.oneof(fc.double(), fc.integer(), fc.boolean(), fc.string(), fc.constant(null));
    const datatypes = DatatypeSchema.options.filter(isArrayDatatype);
    fc.assert(
      fc.property(
        fc.array(item, { minLength: 1 }),
        fc.constantFrom(...types),
        fc.constantFrom(...datatypes),
        (items, dataType, datatype) => {
          const whole = convertValue(array(dataType, items), datatype);
          const alone = items.map((one) => convertValue(array(dataType, [one]), datatype));
          expect(whole.isFit).toBe(alone.every(({ isFit }) => isFit));
          if (whole.isFit) {
            expect(whole.value).toStrictEqual(alone.map((one) => (one.isFit ? (one.value as number[])[0] : undefined)));
          }
        },
      ),
    );
  });

  it('never throws, whatever the driver would hand over', () => {
    const dataTypes = Object.values(DataType).filter((code) => typeof code === 'number');
    fc.assert(
      fc.property(
        fc.constantFrom(...dataTypes),
        fc.constantFrom(VariantArrayType.Scalar, VariantArrayType.Array, VariantArrayType.Matrix),
        fc.anything({ withTypedArray: true, withDate: true, withBigInt: true }),
        fc.constantFrom(...DatatypeSchema.options),
        (dataType, arrayType, value, datatype) => {
          expect(convertValue({ dataType, arrayType, value }, datatype).isFit).toBeTypeOf('boolean');
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
